//! `PUT /order/certificate/{order_id}/status`

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::OrderId,
    json::{decode_done, encode_json},
};

/// Cancels a pending order or a pending reissue.
///
/// See DigiCert's page
/// [Update order status](https://dev.digicert.com/en/certcentral-apis/services-api/orders/update-order-status.html).
/// A canceled reissue puts the order back to `issued` and its request to `rejected`.
///
/// # Retries
///
/// What the service makes of a second cancellation is not known, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, [`OrderInfo`](super::OrderInfo) shows the status.
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, order::UpdateOrderStatus};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let cancel = UpdateOrderStatus::cancel(OrderId(112233), "wrong names");
/// let request = api.build_request(&cancel)?;
/// assert_eq!(request.body(), r#"{"status":"canceled","note":"wrong names"}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct UpdateOrderStatus {
    #[serde(skip)]
    order_id: OrderId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl UpdateOrderStatus {
    /// Returns a request that cancels an order that is pending or waits to be picked up, or the
    /// pending reissue of one. The service wants a note.
    pub fn cancel(order_id: OrderId, note: impl Into<String>) -> Self {
        // An older edition of DigiCert's page has it in capitals.
        Self { order_id, status: "canceled", note: Some(note.into()) }
    }

    /// Returns a request that marks a migrated order as renewed elsewhere: one that has expired, or
    /// does so within 90 days.
    pub fn renewed(order_id: OrderId) -> Self {
        Self { order_id, status: "renewed", note: None }
    }

    /// Returns a request that takes [`renewed`](Self::renewed) back.
    pub fn not_renewed(order_id: OrderId) -> Self {
        Self { status: "not_renewed", ..Self::renewed(order_id) }
    }
}

impl Endpoint for UpdateOrderStatus {
    type Output = ();

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/status", self.order_id)
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        if self.note.as_deref().is_some_and(|note| note.trim().is_empty()) {
            return Err(InvalidInputError::new("the note is empty; say why you cancel").into());
        }
        encode_json(self)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<(), DecodeError> {
        decode_done(response)
    }
}
