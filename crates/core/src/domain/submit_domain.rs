//! `POST /domain/{domain_id}/validation`

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::DomainId,
    json::{decode_json, decode_no_content, encode_json},
    order::DcvMethod,
};

/// Submits a domain for validation, ahead of the end of the one that counts.
///
/// See DigiCert's page
/// [Submit domain for validation](https://dev.digicert.com/certcentral-apis/services-api/domains/submit-for-validation.html).
/// The earlier validation counts until the new one is complete, so nothing breaks meanwhile. What to
/// publish is in [`DomainInfo`](super::DomainInfo). Then send
/// [`CheckDomainDcv`](super::CheckDomainDcv), or wait.
///
/// The call is not repeatable. If [`Error::may_have_taken_effect`] is true, look at
/// [`is_pending_validation`](super::Domain::is_pending_validation).
///
/// ```
/// use certcentral_core::{Api, ApiKey, DcvMethod, DomainId, domain::SubmitDomain};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let submit = SubmitDomain::new(DomainId(90210), ["ov"]).dcv_method(DcvMethod::DnsTxt);
/// let body = r#"{"validations":[{"type":"ov"}],"dcv_method":"dns-txt-token"}"#;
/// assert_eq!(api.build_request(&submit)?.body(), body);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct SubmitDomain {
    #[serde(skip)]
    domain_id: DomainId,
    validations: Vec<ValidationType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dcv_method: Option<DcvMethod>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_array: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct ValidationType {
    #[serde(rename = "type")]
    kind: String,
}

impl SubmitDomain {
    /// Returns a request that submits `domain_id` for validations of these types, such as `ov`.
    pub fn new(domain_id: DomainId, types: impl IntoIterator<Item: Into<String>>) -> Self {
        let validations = types.into_iter().map(|kind| ValidationType { kind: kind.into() });
        let validations = validations.collect();
        Self { domain_id, validations, dcv_method: None, email_array: Vec::new() }
    }

    /// Sets how control is shown. Left out unless set, which may mean `email`, as for a new domain.
    pub fn dcv_method(self, dcv_method: impl Into<DcvMethod>) -> Self {
        Self { dcv_method: Some(dcv_method.into()), ..self }
    }

    /// Sets further addresses for the method `email`. Default: none.
    pub fn email_array(self, emails: impl IntoIterator<Item: Into<String>>) -> Self {
        Self { email_array: emails.into_iter().map(Into::into).collect(), ..self }
    }
}

impl Endpoint for SubmitDomain {
    type Output = ();

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/domain/{}/validation", self.domain_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        if self.validations.iter().all(|one| one.kind.trim().is_empty()) {
            return Err(InvalidInputError::new("there is no type of validation; name one, as ov"));
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<(), DecodeError> {
        // 204, or 201 with the random value.
        decode_no_content(response)
            .or_else(|_| decode_json::<Map<String, Value>>(response).map(drop))
    }
}
