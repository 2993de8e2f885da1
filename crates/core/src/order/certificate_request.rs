//! What is sent for a certificate that is ordered, reissued or duplicated.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DcvMethod, csr};
use crate::error::InvalidInputError;

/// The body: JSON as it is sent, so that any field can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificateRequest(Map<String, Value>);

impl CertificateRequest {
    pub(super) fn new(csr: String) -> Self {
        let mut request = Self(Map::new());
        request.set(CSR, csr::read(&csr).unwrap_or(csr));
        request.set("certificate.signature_hash", "sha256");
        request
    }

    /// Sets a field, whose name is behind those of the objects that it is in. `null`, and a list or
    /// an object of nothing, leave it out.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        set(&mut self.0, name, value.into());
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let mut names = name.split('.');
        let value = names.next().and_then(|name| self.0.get(name));
        names.fold(value, |value, name| value?.get(name))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn csr(&self) -> &str {
        self.text(CSR).unwrap_or_default()
    }

    pub(crate) fn set_csr(&mut self, csr: &str) {
        self.set(CSR, csr);
    }

    /// Returns the names, the common name first.
    pub(crate) fn names(&self) -> Vec<String> {
        let others = self.get(DNS_NAMES).and_then(Value::as_array);
        let others = others.into_iter().flatten().filter_map(Value::as_str);
        self.text(COMMON_NAME).into_iter().chain(others).map(str::to_owned).collect()
    }

    /// Sets the names, of which the first is the common name.
    pub(crate) fn set_names(&mut self, names: &[String]) {
        self.set(COMMON_NAME, names.first().cloned());
        self.set(DNS_NAMES, names);
    }

    pub(crate) fn dcv_method(&self) -> Option<DcvMethod> {
        self.text(DCV_METHOD).map(DcvMethod::from)
    }

    pub(super) fn check(&self) -> Result<(), InvalidInputError> {
        csr::read(self.csr())?;
        if self.names().iter().any(|name| name.trim().is_empty()) {
            return Err(InvalidInputError::new(
                "a name for the certificate is empty; leave it out",
            ));
        }
        Ok(())
    }
}

fn set(object: &mut Map<String, Value>, name: &str, value: Value) {
    let (name, value) = match name.split_once('.') {
        None => (name, value),
        Some((outer, inner)) => {
            let mut object = match object.remove(outer) {
                Some(Value::Object(object)) => object,
                _ => Map::new(),
            };
            set(&mut object, inner, value);
            (outer, object.into())
        }
    };
    let is_left_out = match &value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    if is_left_out {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
}

const CSR: &str = "certificate.csr";
pub(super) const COMMON_NAME: &str = "certificate.common_name";
pub(super) const DNS_NAMES: &str = "certificate.dns_names";
pub(super) const DCV_METHOD: &str = "dcv_method";

/// Implements the setters that a new order, a reissue and a duplicate share.
macro_rules! certificate_setters {
    () => {
        /// Sets the common name. Left out unless set; every known client sends one.
        pub fn common_name(self, common_name: impl Into<String>) -> Self {
            self.field(super::certificate_request::COMMON_NAME, common_name.into())
        }

        /// Sets the other names. Left out unless set.
        pub fn dns_names(self, dns_names: impl IntoIterator<Item: Into<String>>) -> Self {
            let dns_names = dns_names.into_iter().map(Into::into).collect::<Vec<String>>();
            self.field(super::certificate_request::DNS_NAMES, dns_names)
        }

        /// Sets the hash of the signature. Default: SHA-256.
        pub fn signature_hash(self, signature_hash: impl Into<super::SignatureHash>) -> Self {
            self.field("certificate.signature_hash", signature_hash.into().as_str())
        }

        /// Sets the id of the server platform, -1 for any other. Left out unless set.
        pub fn server_platform(self, id: i64) -> Self {
            self.field("certificate.server_platform.id", id)
        }

        /// Sets the authority that is to issue the certificate. Default: the product's.
        pub fn ca_cert_id(self, ca_cert_id: impl Into<String>) -> Self {
            self.field("certificate.ca_cert_id", ca_cert_id.into())
        }

        /// Sets how long the certificate is to be valid, at most until the order ends. Default: as
        /// long as can be. For reissues and duplicates, that the field is the same is assumed.
        pub fn certificate_validity(self, validity: super::Validity) -> Self {
            self.field("certificate.cert_validity", validity)
        }

        /// Sets whether no approval is needed; the key must be allowed to skip it. Left out unless
        /// set.
        pub fn skip_approval(self, skip_approval: bool) -> Self {
            self.field("skip_approval", skip_approval)
        }

        /// Sets the comment for the person who approves the request (observed). Default: none.
        pub fn comments(self, comments: impl Into<String>) -> Self {
            self.field("comments", comments.into())
        }

        /// Sets any field of the request, by its name behind those of the objects that it is in:
        /// `container.id`, `certificate.profile_option`. `null` leaves it out.
        pub fn field(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
            self.body.set(name, value);
            self
        }
    };
}
pub(super) use certificate_setters;
