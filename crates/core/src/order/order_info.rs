//! `GET /order/certificate/{order_id}`

use bytes::Bytes;

use super::Order;
use crate::{endpoint::Endpoint, error::DecodeError, id::OrderId, json::decode_json};

/// Gets an order with its primary certificate.
///
/// See DigiCert's page
/// [Order info](https://dev.digicert.com/en/certcentral-apis/services-api/orders/order-info.html).
/// A reissue becomes the primary certificate once it is issued, and so changes the certificate's
/// id; [`ListReissues`](super::ListReissues) has those before it. [`Order::certificates`] puts them
/// together.
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, http::Response, order::OrderInfo};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let info = OrderInfo::new(OrderId(112233));
/// assert_eq!(api.build_request(&info)?.uri().path(), "/services/v2/order/certificate/112233");
///
/// let body = r#"{"id": 112233, "status": "issued", "order_valid_till": "2027-03-02"}"#;
/// let order = api.parse_response(&info, Response::new(body.into()))?;
/// assert_eq!(order.order_valid_till.map(|day| day.year()), Some(2027));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct OrderInfo {
    order_id: OrderId,
}

impl OrderInfo {
    /// Returns a request for the order `order_id`.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id }
    }
}

impl Endpoint for OrderInfo {
    type Output = Order;

    fn path(&self) -> String {
        format!("/order/certificate/{}", self.order_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Order, DecodeError> {
        decode_json(response)
    }
}
