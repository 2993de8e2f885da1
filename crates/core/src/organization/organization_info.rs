//! `GET /organization/{organization_id}`

use bytes::Bytes;

use super::Organization;
use crate::{endpoint::Endpoint, error::DecodeError, id::OrganizationId, json::decode_json};

/// Gets an organization, with its contacts.
///
/// See DigiCert's page
/// [Organization info](https://dev.digicert.com/services-api/organizations/organization-info/).
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, OrganizationId, http::Response, organization::OrganizationInfo,
/// };
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let info = OrganizationInfo::new(OrganizationId(31));
/// let body = r#"{"id": 31, "name": "Example Ltd", "organization_contact": {"id": 61}}"#;
/// let organization = api.parse_response(&info, Response::new(body.into()))?;
/// assert_eq!(organization.extra["organization_contact"]["id"], 61);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct OrganizationInfo {
    organization_id: OrganizationId,
}

impl OrganizationInfo {
    /// Returns a request for the details of `organization_id`.
    pub fn new(organization_id: OrganizationId) -> Self {
        Self { organization_id }
    }
}

impl Endpoint for OrganizationInfo {
    type Output = Organization;

    fn path(&self) -> String {
        format!("/organization/{}", self.organization_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Organization, DecodeError> {
        decode_json(response)
    }
}
