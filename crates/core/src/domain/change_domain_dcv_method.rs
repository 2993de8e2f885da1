//! `PUT /domain/{domain_id}/dcv/method`

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DcvToken;
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error},
    id::DomainId,
    json::{decode_json, encode_json},
    order::DcvMethod,
};

/// Changes how control of a domain is shown.
///
/// See DigiCert's page
/// [Change DCV method](https://dev.digicert.com/services-api/domains/change-dcv-method/).
/// The random value stays the same, whatever the method (observed).
///
/// ```
/// use certcentral_core::{Api, ApiKey, DcvMethod, DomainId, domain::ChangeDomainDcvMethod};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let change = ChangeDomainDcvMethod::new(DomainId(90210), DcvMethod::DnsCname);
/// assert_eq!(api.build_request(&change)?.body(), r#"{"dcv_method":"dns-cname-token"}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct ChangeDomainDcvMethod {
    #[serde(skip)]
    domain_id: DomainId,
    dcv_method: DcvMethod,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_dcv_email_flag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_array: Vec<String>,
}

impl ChangeDomainDcvMethod {
    /// Returns a request that sets the method of `domain_id`.
    pub fn new(domain_id: DomainId, dcv_method: impl Into<DcvMethod>) -> Self {
        let dcv_method = dcv_method.into();
        let (send_dcv_email_flag, locale, email_array) = (None, None, Vec::new());
        Self { domain_id, dcv_method, send_dcv_email_flag, locale, email_array }
    }

    /// Sets whether a change to `email` sends emails. Default: the service's, yes.
    pub fn send_dcv_email_flag(self, send: bool) -> Self {
        Self { send_dcv_email_flag: Some(send), ..self }
    }

    /// Sets the language of the emails, such as `en`. Left out unless set.
    pub fn locale(self, locale: impl Into<String>) -> Self {
        Self { locale: Some(locale.into()), ..self }
    }

    /// Sets further addresses for the method `email`. Default: none.
    pub fn email_array(self, emails: impl IntoIterator<Item: Into<String>>) -> Self {
        Self { email_array: emails.into_iter().map(Into::into).collect(), ..self }
    }
}

impl Endpoint for ChangeDomainDcvMethod {
    type Output = DomainDcv;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/domain/{}/dcv/method", self.domain_id)
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<DomainDcv, DecodeError> {
        decode_json(response)
    }
}

/// What follows a change of the method. It is empty if the method was set already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DomainDcv {
    /// The random value; absent for `email`.
    pub dcv_token: Option<DcvToken>,
    /// Every other field, such as `validation_emails`.
    pub extra: Map<String, Value>,
}
