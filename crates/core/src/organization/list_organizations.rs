//! `GET /organization`

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Organization;
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    id::ContainerId,
    json::list::{Page, list},
    paging::{Paging, paging_setters},
};

/// Lists the organizations of the account, page by page: by which id is one ordered for?
///
/// See DigiCert's page
/// [List organizations](https://dev.digicert.com/en/certcentral-apis/services-api/organizations/list-organizations.html).
/// The pages follow each other as those of [`ListOrders`](crate::order::ListOrders#pages). A key that
/// is restricted to orders is refused (assumed).
///
/// ```
/// use certcentral_core::{Api, ApiKey, organization::ListOrganizations};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let list = ListOrganizations::new().filter("search", "%Example").include_validation(true);
/// let query = "filters%5Bsearch%5D=%25Example&include_validation=true";
/// assert_eq!(api.build_request(&list)?.uri().query(), Some(query));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListOrganizations {
    include_validation: bool,
    container_id: Option<ContainerId>,
    paging: Paging,
}

impl ListOrganizations {
    /// Returns a request for the first page of all organizations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether rows have their validations. Default: no; pending ones were there anyway
    /// (observed).
    pub fn include_validation(self, include_validation: bool) -> Self {
        Self { include_validation, ..self }
    }

    /// Lists the organizations of one container only (observed).
    pub fn container_id(self, id: impl Into<ContainerId>) -> Self {
        Self { container_id: Some(id.into()), ..self }
    }

    /// Adds the filter `filters[name]`: `status`, or `search` for an id, a name, or a part of a name
    /// if `%` is in front.
    pub fn filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.paging.filters.push((name.into(), value.into()));
        self
    }

    paging_setters!();
}

impl Endpoint for ListOrganizations {
    type Output = Organizations;

    fn path(&self) -> String {
        "/organization".to_owned()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let included =
            self.include_validation.then(|| ("include_validation".into(), "true".to_owned()));
        let container = self.container_id.map(|id| ("container_id".into(), id.to_string()));
        self.paging.query().chain(included).chain(container).collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.paging.check()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Organizations, DecodeError> {
        self.paging.read(response, Organizations::rows)
    }
}

impl Paged for ListOrganizations {
    fn next_page(&self, page: &Organizations) -> Option<Self> {
        Some(Self { paging: self.paging.after(&page.rows())?, ..self.clone() })
    }
}

/// One page of organizations, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `organizations` is empty if it begins at its
/// total, or if it has no fields (assumed, as in other lists).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Organizations {
    /// One row for each organization.
    pub organizations: Vec<Organization>,
    /// Which page this is.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Organizations { organizations: Organization } in pages, |one| one.id.0);
