//! `PUT /order/certificate/{order_id}/status`

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::OrderId,
    json::{decode_no_content, encode_json},
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
    note: String,
}

impl UpdateOrderStatus {
    /// Returns a request that cancels an order that is pending or waits to be picked up, or the
    /// pending reissue of one. The service wants a note.
    pub fn cancel(order_id: OrderId, note: impl Into<String>) -> Self {
        // An older edition of DigiCert's page has it in capitals.
        Self { order_id, status: "canceled", note: note.into() }
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

    fn check(&self) -> Result<(), InvalidInputError> {
        if self.note.trim().is_empty() {
            return Err(InvalidInputError::new("the note is empty; say why you cancel"));
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<(), DecodeError> {
        decode_no_content(response)
    }
}
