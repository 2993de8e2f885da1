//! `GET /order/certificate`

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Order, OrderStatus};
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    json::list::{Page, list},
    paging::{Paging, paging_setters},
};

/// Lists the orders of the account, page by page. A row is enough for
/// [`Order::next_step`] and [`Reissuance::for_order`](crate::reissuance::Reissuance::for_order).
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
    statuses: Vec<String>,
    paging: Paging,
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
            name => self.paging.filters.push((name, value.into())),
        }
        self
    }

    /// Adds a status to the filter `filters[status]`: an order passes it with any of them.
    /// [`OrderStatus::Issued`] finds expired orders too.
    pub fn status(self, status: impl Into<OrderStatus>) -> Self {
        self.filter("status", status.into().as_str())
    }

    paging_setters!();
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
        query.extend(self.paging.query());
        query
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.paging.check()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Orders, DecodeError> {
        self.paging.read(response, Orders::rows)
    }
}

impl Paged for ListOrders {
    fn next_page(&self, page: &Orders) -> Option<Self> {
        Some(Self { paging: self.paging.after(&page.rows())?, statuses: self.statuses.clone() })
    }
}

/// One page of orders, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `orders` is empty if it begins at its total, or if
/// it has no fields (observed).
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

list!(Orders { orders: Order } in pages, |order| order.id.0);
