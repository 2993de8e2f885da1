//! `GET /domain/{domain_id}`

use std::borrow::Cow;

use bytes::Bytes;

use super::Domain;
use crate::{endpoint::Endpoint, error::DecodeError, id::DomainId, json::decode_json};

/// Gets a domain: until when it is validated, and what shows control of it.
///
/// See DigiCert's page
/// [Domain info](https://dev.digicert.com/en/certcentral-apis/services-api/domains/domain-info.html).
///
/// ```
/// use certcentral_core::{Api, ApiKey, DomainId, domain::DomainInfo};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let info = DomainInfo::new(DomainId(90210)).include_dcv(true);
/// assert_eq!(api.build_request(&info)?.uri().query(), Some("include_dcv=true"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct DomainInfo {
    domain_id: DomainId,
    include_dcv: bool,
    include_validation: bool,
}

impl DomainInfo {
    /// Returns a request for the details of `domain_id`.
    pub fn new(domain_id: DomainId) -> Self {
        Self { domain_id, include_dcv: false, include_validation: false }
    }

    /// Sets whether the method, the random value and the dates are included. Default: no.
    pub fn include_dcv(self, include_dcv: bool) -> Self {
        Self { include_dcv, ..self }
    }

    /// Sets whether the validations by type are included. Default: no.
    pub fn include_validation(self, include_validation: bool) -> Self {
        Self { include_validation, ..self }
    }
}

impl Endpoint for DomainInfo {
    type Output = Domain;

    fn path(&self) -> String {
        format!("/domain/{}", self.domain_id)
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let flags =
            [("include_dcv", self.include_dcv), ("include_validation", self.include_validation)];
        let flags = flags.into_iter().filter(|(_, is_set)| *is_set);
        flags.map(|(name, _)| (name.into(), "true".to_owned())).collect()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Domain, DecodeError> {
        decode_json(response)
    }
}
