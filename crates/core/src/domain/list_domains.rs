//! `GET /domain`

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Domain;
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    json::list::{Page, list},
    paging::{Paging, paging_setters},
};

/// Lists the domains of the account, page by page: which validations end soon?
///
/// See DigiCert's page
/// [List domains](https://dev.digicert.com/services-api/domains/list-domains/).
/// The pages follow each other as those of [`ListOrders`](crate::order::ListOrders#pages).
///
/// ```
/// use certcentral_core::{Api, ApiKey, domain::ListDomains};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let soon = ListDomains::new().filter("validation", "ov_expiring_within_30_days").limit(500);
/// let query = "filters%5Bvalidation%5D=ov_expiring_within_30_days&limit=500";
/// assert_eq!(api.build_request(&soon)?.uri().query(), Some(query));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListDomains {
    paging: Paging,
}

impl ListDomains {
    /// Returns a request for the first page of all domains.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the filter `filters[name]`, each name once. A domain is listed if it passes every one.
    ///
    /// `validation` takes `ov_` or `ev_` with `expired_in_last_7_days`, `expiring_within_7_days`,
    /// `expiring_within_30_days` and the like; `search` finds a part of a name if `%` is in front.
    pub fn filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.paging.filters.push((name.into(), value.into()));
        self
    }

    paging_setters!();
}

impl Endpoint for ListDomains {
    type Output = Domains;

    fn path(&self) -> String {
        "/domain".to_owned()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        self.paging.query().collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.paging.check()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Domains, DecodeError> {
        self.paging.read(response, Domains::rows)
    }
}

impl Paged for ListDomains {
    fn next_page(&self, page: &Domains) -> Option<Self> {
        Some(Self { paging: self.paging.after(&page.rows())? })
    }
}

/// One page of domains, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `domains` is empty if it begins at its total, or if
/// it has no fields (observed).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Domains {
    /// One row for each domain. A row has no random value.
    pub domains: Vec<Domain>,
    /// Which page this is.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Domains { domains: Domain } in pages, |domain| domain.id.0);
