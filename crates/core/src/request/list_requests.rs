//! `GET /request`

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{RequestStatus, RequestSummary, RequestType};
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    json::list::{Page, list},
    paging::{Paging, paging_setters},
};

/// Lists the requests of the account, page by page: which wait for an approval?
///
/// See DigiCert's page
/// [List requests](https://dev.digicert.com/services-api/requests/list-requests/).
/// The pages follow each other as those of [`ListOrders`](crate::order::ListOrders#pages).
///
/// What needs no approval makes no request. In an account that skips this step the list is empty
/// whatever was ordered.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, http::Response,
///     request::{ListRequests, RequestStatus},
/// };
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let waiting = ListRequests::new().status(RequestStatus::Pending);
/// let query = "filters%5Bstatus%5D=pending";
/// assert_eq!(api.build_request(&waiting)?.uri().query(), Some(query));
///
/// let body = r#"{"requests": [{"id": 55021, "status": "pending", "order": {"id": 112233}}]}"#;
/// let page = api.parse_response(&waiting, Response::new(body.into()))?;
/// assert_eq!(page.requests[0].order.as_ref().map(|order| order.id.0), Some(112233));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListRequests {
    paging: Paging,
}

impl ListRequests {
    /// Returns a request for the first page of all requests.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the filter `filters[name]`, such as `container_id`. A request is listed if it passes every
    /// one. `search` finds a common name, or a part of one if `%` is in front.
    pub fn filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.paging.filters.push((name.into(), value.into()));
        self
    }

    /// Sets the filter `filters[status]`.
    pub fn status(self, status: impl Into<RequestStatus>) -> Self {
        self.filter("status", status.into().as_str())
    }

    /// Sets the filter `filters[type]`.
    pub fn kind(self, kind: impl Into<RequestType>) -> Self {
        self.filter("type", kind.into().as_str())
    }

    paging_setters!();
}

impl Endpoint for ListRequests {
    type Output = Requests;

    fn path(&self) -> String {
        "/request".to_owned()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        self.paging.query().collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.paging.check()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Requests, DecodeError> {
        self.paging.read(response, Requests::rows)
    }
}

impl Paged for ListRequests {
    fn next_page(&self, page: &Requests) -> Option<Self> {
        Some(Self { paging: self.paging.after(&page.rows())? })
    }
}

/// One page of requests, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `requests` is empty if it begins at its total,
/// or if it has no fields (assumed, as in other lists).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Requests {
    /// One row for each request.
    pub requests: Vec<RequestSummary>,
    /// Which page this is.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Requests { requests: RequestSummary } in pages, |request| request.id.0);
