//! `GET /order/alternate/{alternative_order_id}`

use std::{borrow::Cow, fmt::Write as _};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::OrderSummary;
use crate::{
    endpoint::{Endpoint, Paged},
    error::{DecodeError, InvalidInputError},
    json::list::{Page, list},
    paging::{Paging, paging_setters},
};

/// Lists the orders that were placed with an alternative order id.
///
/// See DigiCert's page
/// [Get orders by alternative order ID](https://dev.digicert.com/services-api/orders/get-orders-alternative-order-id/).
/// Several orders can have the same one; a page has at most 1000. If none has it, the list is empty, or the service responds
/// with 404 (observed by a client): then [`Error::is_not_found`](crate::Error::is_not_found) is true.
/// [`NewOrder`](super::NewOrder#a-lost-response) shows both.
///
/// ```
/// use certcentral_core::{Api, ApiKey, http::Response, order::OrdersByAlternativeId};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let look = OrdersByAlternativeId::new("PO 7/3");
/// assert!(api.build_request(&look)?.uri().path().ends_with("/order/alternate/PO%207%2F3"));
///
/// let body = r#"{"orders": [{"order_id": 7, "certificate_id": 8, "status": "pending"}]}"#;
/// let found = api.parse_response(&look, Response::new(body.into()))?;
/// assert_eq!(found.orders[0].status.as_str(), "pending");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct OrdersByAlternativeId {
    alternative_order_id: String,
    paging: Paging,
}

impl OrdersByAlternativeId {
    /// Returns a request for the first page of the orders with this reference.
    pub fn new(alternative_order_id: impl Into<String>) -> Self {
        Self { alternative_order_id: alternative_order_id.into(), paging: Paging::default() }
    }

    paging_setters!(unsorted);
}

impl Endpoint for OrdersByAlternativeId {
    type Output = OrderSummaries;

    fn path(&self) -> String {
        let mut path = "/order/alternate/".to_owned();
        for byte in self.alternative_order_id.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                path.push(byte.into());
            } else {
                let _ = write!(path, "%{byte:02X}");
            }
        }
        path
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        self.paging.query().collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        // Dots alone are another path.
        if self.alternative_order_id.trim().trim_matches('.').is_empty() {
            return Err(InvalidInputError::new(
                "this alternative order id finds nothing; name one",
            ));
        }
        self.paging.check()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<OrderSummaries, DecodeError> {
        self.paging.read(response, OrderSummaries::rows)
    }
}

impl Paged for OrdersByAlternativeId {
    fn next_page(&self, page: &OrderSummaries) -> Option<Self> {
        Some(Self { paging: self.paging.after(&page.rows())?, ..self.clone() })
    }
}

/// One page of orders, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `orders` is empty if it begins at its total,
/// or if it has no fields (assumed, as in other lists).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OrderSummaries {
    /// One row for each order.
    pub orders: Vec<OrderSummary>,
    /// Which page this is.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(OrderSummaries { orders: OrderSummary } in pages, |order| order.order_id.0);
