//! `GET /order/certificate`

use std::{borrow::Cow, collections::HashSet};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Order, OrderStatus};
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    id::OrderId,
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
/// let second = first.next_page(&orders).ok_or("the last page")?;
/// let query = "filters%5Bcommon_name%5D=shop.example.net&limit=1&offset=1";
/// assert_eq!(api.build_request(&second)?.uri().query(), Some(query));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Pages
///
/// The clients' `pages` method follows the pages until one has fewer rows than its limit, and neither
/// `page.total` nor a field such as `has_more` says that it goes on. The total has been observed to be
/// too small, and alone ends nothing. An empty page is passed over while the total is beyond it. A page
/// with another offset than was asked for is an error, and so is one that comes for the third time.
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
    /// The first and the last order of each page before.
    earlier: Vec<(OrderId, OrderId)>,
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
        let page: Orders = decode_json(response)?;
        match page.page.as_ref().and_then(|page| page.offset) {
            Some(offset) if offset != u64::from(self.offset) => {
                let message = format!("the page has offset {offset}, and not {}", self.offset);
                Err(DecodeError::new(response, "page.offset", message))
            }
            _ if self.was_given_twice(&page) => {
                let message = "the service sends the same page again and again";
                Err(DecodeError::new(response, "orders", message))
            }
            _ => Ok(page),
        }
    }
}

impl ListOrders {
    /// Whether the page has come twice before. Once it may, if orders are placed meanwhile.
    fn was_given_twice(&self, page: &Orders) -> bool {
        let ends = page.ends();
        self.earlier.iter().filter(|&&earlier| Some(earlier) == ends).count() >= 2
    }
}

impl Paged for ListOrders {
    fn next_page(&self, page: &Orders) -> Option<Self> {
        // The rows of an empty page may be hidden from the key.
        let rows = if page.is_empty() { page.limit(self.limit) } else { page.len() as u64 };
        let offset = u32::try_from(rows).ok().and_then(|rows| self.offset.checked_add(rows))?;
        let may_go_on = if page.is_empty() {
            page.total() > offset.into()
        } else {
            page.is_full(self.limit) || page.total() > offset.into() || page.says_more()
        };
        let earlier = self.earlier.iter().copied().chain(page.ends()).collect();
        may_go_on.then(|| Self { offset, earlier, ..self.clone() })
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
        // The service may lower a great limit without saying so.
        let limits = [asked.map(u64::from), self.said_limit(), Some(USUAL_LIMIT)];
        limits.into_iter().flatten().any(|limit| self.len() as u64 >= limit)
    }

    /// How many rows a page can have, if `asked` was the limit.
    fn limit(&self, asked: Option<u32>) -> u64 {
        self.said_limit().or(asked.map(u64::from)).unwrap_or(USUAL_LIMIT)
    }

    fn said_limit(&self) -> Option<u64> {
        // 0 says that no limit was given.
        self.page.as_ref().and_then(|page| page.limit).filter(|&limit| limit > 0)
    }

    fn ends(&self) -> Option<(OrderId, OrderId)> {
        Some((self.orders.first()?.id, self.orders.last()?.id))
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
