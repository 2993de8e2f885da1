//! `PUT /order/certificate/{order_id}/dcv-method`

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Serialize;

use super::{DcvMethod, RandomValue};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error},
    id::OrderId,
    json::{decode_json, encode_json},
    text::strip_bom,
};

/// Changes how control of an order's names is shown, for instance away from `email`.
///
/// See DigiCert's page
/// [Change order DCV method](https://dev.digicert.com/certcentral-apis/services-api/orders/dv-ssl-change-dcv-method.html).
/// The service's own checks start again. The response is the order's [`RandomValue`], which stays the
/// same (assumed; observed for domains). For `email` it is `None`.
///
/// ```
/// use certcentral_core::{Api, ApiKey, DcvMethod, OrderId, order::ChangeOrderDcvMethod};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let change = ChangeOrderDcvMethod::new(OrderId(112233), DcvMethod::DnsTxt);
/// assert_eq!(api.build_request(&change)?.body(), r#"{"dcv_method":"dns-txt-token"}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct ChangeOrderDcvMethod {
    #[serde(skip)]
    order_id: OrderId,
    dcv_method: DcvMethod,
}

impl ChangeOrderDcvMethod {
    /// Returns a request that sets the method of `order_id`.
    pub fn new(order_id: OrderId, dcv_method: impl Into<DcvMethod>) -> Self {
        Self { order_id, dcv_method: dcv_method.into() }
    }
}

impl Endpoint for ChangeOrderDcvMethod {
    type Output = Option<RandomValue>;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/dcv-method", self.order_id)
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Option<RandomValue>, DecodeError> {
        // Where a value is due, a good response without a body was cut off.
        let has_none =
            response.status() == StatusCode::NO_CONTENT || self.dcv_method == DcvMethod::Email;
        match strip_bom(response.body()).trim_ascii() {
            b"" if has_none => Ok(None),
            b"{}" => Ok(None),
            _ => decode_json(response),
        }
    }
}
