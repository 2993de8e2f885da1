//! `GET /order/certificate`

use std::{borrow::Cow, collections::HashSet};

use bytes::Bytes;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Order, OrderStatus};
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    json::{
        decode_json,
        list::{Page, list, says_more},
    },
};

/// Lists the orders of the account, page by page.
///
/// See DigiCert's page
/// [List orders](https://dev.digicert.com/en/certcentral-apis/services-api/orders/list-orders.html).
///
/// ```
/// use certcentral_core::{Api, ApiKey, Paged, http::Response, order::ListOrders};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let first = ListOrders::new().filter("common_name", "shop.example.net").limit(1);
/// let query = "filters%5Bcommon_name%5D=shop.example.net&limit=1";
/// assert_eq!(api.build_request(&first)?.uri().query(), Some(query));
///
/// let body = r#"{"orders": [{"id": 7, "status": "issued"}], "page": {"total": 2, "limit": 1}}"#;
/// let orders = api.parse_response(&first, Response::new(body.into()))?;
/// assert_eq!(first.next_page(&orders), Some(first.offset(1)));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// # Pages
///
/// The clients' `pages` method follows the pages until one has no rows, or fewer than its limit and
/// neither `page.total` nor a field such as `has_more` says that it goes on. The total has been
/// observed to be too small, and alone ends nothing.
///
/// Pages are cut by number of rows. An order that is placed meanwhile moves the rows behind it, so
/// that one can come twice; an order that no longer passes the filters moves them the other way, so
/// that one can be missed. To see every order, [sort](Self::sort) by `order_id`, so that new orders
/// come last, and use no filter whose result can change, such as the [status](Self::status).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListOrders {
    filters: Vec<(String, String)>,
    statuses: Vec<String>,
    sort: Option<String>,
    limit: Option<u32>,
    offset: u32,
}

impl ListOrders {
    /// Returns a request for the first page of all orders.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the filter `filters[name]`. An order is listed if it passes every one.
    ///
    /// Of a name that is given twice the service would read one value only, so that is refused; but
    /// [`status`](Self::status) can be given several times.
    ///
    /// A date can be compared, as in `>2026-01-31`, or be a range, as in `2026-01-01...2026-01-31`
    /// (both observed). `search` finds a part of a name or email address if `%` is in front.
    pub fn filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        match name.into() {
            name if name == "status" => self.statuses.push(value.into()),
            name => self.filters.push((name, value.into())),
        }
        self
    }

    /// Adds a status to the filter `filters[status]`: an order passes it with any of them.
    /// [`OrderStatus::Issued`] finds expired orders too.
    pub fn status(self, status: impl Into<OrderStatus>) -> Self {
        self.filter("status", status.into().as_str())
    }

    /// Sets the properties to sort by, separated by commas; `-` in front is for descending order.
    pub fn sort(self, sort: impl Into<String>) -> Self {
        Self { sort: Some(sort.into()), ..self }
    }

    /// Sets the number of orders on a page. Default: the service's, 1000 (observed).
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Sets how many orders are passed over. Default: 0.
    pub fn offset(self, offset: u32) -> Self {
        Self { offset, ..self }
    }
}

impl Endpoint for ListOrders {
    type Output = Orders;

    fn path(&self) -> String {
        "/order/certificate".to_owned()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let mut query = Vec::new();
        if let [status] = self.statuses.as_slice() {
            query.push(("filters[status]".into(), status.clone()));
        } else {
            let statuses = self.statuses.iter().enumerate();
            query.extend(statuses.map(|(index, status)| {
                (format!("filters[status][{index}]").into(), status.clone())
            }));
        }
        let filters = self.filters.iter();
        query.extend(
            filters.map(|(name, value)| (format!("filters[{name}]").into(), value.clone())),
        );
        query.extend(self.sort.clone().map(|sort| ("sort".into(), sort)));
        query.extend(self.limit.map(|limit| ("limit".into(), limit.to_string())));
        query.extend((self.offset > 0).then(|| ("offset".into(), self.offset.to_string())));
        query
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        if self.limit == Some(0) {
            return Err(InvalidInputError::new("a limit of 0 lists nothing; leave it out"));
        }
        let mut names = HashSet::new();
        for (name, _) in &self.filters {
            let problem = if name.is_empty() {
                "a filter needs a name, such as common_name"
            } else if name.contains(['[', ']']) {
                "the name of a filter has no brackets: common_name, not filters[common_name]"
            } else if !names.insert(name) {
                "only the status can be given twice: of another filter the service reads one value"
            } else {
                continue;
            };
            return Err(InvalidInputError::new(problem));
        }
        Ok(())
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Orders, DecodeError> {
        decode_json(response)
    }
}

impl Paged for ListOrders {
    fn next_page(&self, page: &Orders) -> Option<Self> {
        let rows = u32::try_from(page.len()).ok()?;
        let offset = self.offset.checked_add(rows)?;
        let may_go_on =
            page.is_full(self.limit) || page.total() > offset.into() || page.says_more();
        (rows > 0 && may_go_on).then(|| Self { offset, ..self.clone() })
    }
}

/// One page of orders, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `orders` is empty if its total is 0, or if it
/// has no fields (observed).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Orders {
    /// One row for each order.
    pub orders: Vec<Order>,
    /// Which page this is.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

impl Orders {
    /// Whether there are as many rows as a page can have, if `asked` was the limit.
    fn is_full(&self, asked: Option<u32>) -> bool {
        // 0 says that no limit was given. The service may lower a great limit without saying so.
        let said = self.page.as_ref().and_then(|page| page.limit).filter(|&limit| limit > 0);
        let limits = [asked.map(u64::from), said, Some(USUAL_LIMIT)];
        limits.into_iter().flatten().any(|limit| self.len() as u64 >= limit)
    }

    /// Whether the page says that it is not the last one.
    fn says_more(&self) -> bool {
        let page = self.page.iter().map(|page| &page.extra);
        page.chain([&self.extra]).any(|fields| says_more(fields).is_some())
    }

    fn total(&self) -> u64 {
        self.page.as_ref().and_then(|page| page.total).unwrap_or_default()
    }
}

/// The number of rows on a page if nobody says it (observed).
const USUAL_LIMIT: u64 = 1000;

list!(Orders { orders: Order }, |_| Ok(()));
