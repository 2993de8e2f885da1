//! `PUT /order/certificate/{order_id}/dcv-random-value`

use bytes::Bytes;
use http::Method;

use super::RandomValue;
use crate::{endpoint::Endpoint, error::DecodeError, id::OrderId, json::decode_json};

/// Gets the random value of an order, with which control of its names is shown.
///
/// See DigiCert's page
/// [Order DCV random value](https://dev.digicert.com/en/certcentral-apis/services-api/orders/dv-ssl--generate-dcv-token.html).
///
/// It is a PUT that reads: the service returns the same value while it counts, and makes a new one
/// only after that. A key that may only view cannot send it (assumed). When nothing is to be
/// validated, it is refused (assumed).
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, http::Response, order::OrderRandomValue};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"dcv_random_value": "_q1w2e3", "expiration_date": "2026-12-29T10:00:00Z"}"#;
/// let request = OrderRandomValue::new(OrderId(112233));
/// let value = api.parse_response(&request, Response::new(body.into()))?;
/// assert_eq!(value.dcv_random_value, "_q1w2e3");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct OrderRandomValue {
    order_id: OrderId,
}

impl OrderRandomValue {
    /// Returns a request for the random value of `order_id`.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id }
    }
}

impl Endpoint for OrderRandomValue {
    type Output = RandomValue;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/dcv-random-value", self.order_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<RandomValue, DecodeError> {
        decode_json(response)
    }
}
