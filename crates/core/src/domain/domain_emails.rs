//! `GET /domain/{domain_id}/dcv/emails`

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    endpoint::Endpoint,
    error::{DecodeError, InvalidInputError},
    id::DomainId,
    json::decode_json,
};

/// Lists the addresses that get the validation emails of a domain, or of a name of an order.
///
/// See DigiCert's page
/// [Domain emails](https://dev.digicert.com/services-api/domains/domain-emails/).
///
/// ```
/// use certcentral_core::{Api, ApiKey, domain::DomainEmails};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let emails = DomainEmails::for_name("shop.example.net");
/// let path = "/services/v2/domain/shop.example.net/dcv/emails";
/// assert_eq!(api.build_request(&emails)?.uri().path(), path);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct DomainEmails {
    subject: Subject,
    consider_dcv_email_preferences: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Domain(DomainId),
    Name(String),
}

impl DomainEmails {
    /// Returns a request for the addresses of `domain_id`.
    pub fn new(domain_id: DomainId) -> Self {
        let subject = Subject::Domain(domain_id);
        Self { subject, consider_dcv_email_preferences: false }
    }

    /// Returns a request for the addresses of a whole name, which needs no domain.
    pub fn for_name(name: impl Into<String>) -> Self {
        let subject = Subject::Name(name.into());
        Self { subject, consider_dcv_email_preferences: false }
    }

    /// Sets whether the account's preferences count. Default: no.
    pub fn consider_dcv_email_preferences(self, consider: bool) -> Self {
        Self { consider_dcv_email_preferences: consider, ..self }
    }
}

impl Endpoint for DomainEmails {
    type Output = DcvEmails;

    fn path(&self) -> String {
        match &self.subject {
            Subject::Domain(id) => format!("/domain/{id}/dcv/emails"),
            Subject::Name(name) => format!("/domain/{name}/dcv/emails"),
        }
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let name = "consider_dcv_email_preferences";
        let consider = self.consider_dcv_email_preferences;
        consider.then(|| (name.into(), "true".to_owned())).into_iter().collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        let Subject::Name(name) = &self.subject else { return Ok(()) };
        let is_label = |label: &str| {
            let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            !label.is_empty() && label.bytes().all(is_one)
        };
        // Without a dot, digits would be an id.
        if !name.contains('.') || !name.split('.').all(is_label) {
            return Err(InvalidInputError::new(
                "this is no whole name, such as shop.example.net; leave out `*.` and a final dot",
            ));
        }
        Ok(())
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<DcvEmails, DecodeError> {
        decode_json(response)
    }
}

/// The addresses that get the validation emails of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DcvEmails {
    /// The name that they validate.
    pub name_scope: Option<String>,
    /// Made from the name, such as `admin@example.net`.
    pub base_emails: Vec<String>,
    /// From a TXT record at `_validation-contactemail.<name>`.
    pub dns_txt_emails: Vec<String>,
    /// From settings of the account.
    pub email_array: Vec<String>,
    /// Every other field. `whois_emails` is among them, which have not counted since May 2025.
    pub extra: Map<String, Value>,
}
