//! `PUT /order/certificate/{order_id}/check-dcv`

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DcvStatus, OrderStatus};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error},
    id::{CertificateId, OrderId},
    json::{decode_json, lenient},
};

/// Has the service look now for the records or files of all names of an order.
///
/// See DigiCert's page
/// [Check order DCV](https://dev.digicert.com/en/certcentral-apis/services-api/orders/dv-ssl--check-dcv.html).
/// It is for TLS orders of any kind, with any method but `email`. The call does not restart the
/// service's own checks, which end after ten days: see [`reissues`](crate::reissues).
///
/// # What was not found
///
/// For TXT and CNAME records, the response has rows that are not approved. For files, and in older
/// editions of the service, it is 400: see
/// [`is_not_published_yet`](Self::is_not_published_yet). Ask no more than once a minute (assumed):
/// each check is made from several places.
///
/// ```
/// use certcentral_core::{Api, ApiKey, Error, OrderId, http, order::CheckOrderDcv};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let check = CheckOrderDcv::new(OrderId(112233));
/// let body = r#"{"errors": [{"code": "file_random_value_not_found", "message": "None there."}]}"#;
/// let response = http::Response::builder().status(400).body(body.into())?;
/// let error = api.parse_response(&check, response).unwrap_err();
/// assert!(CheckOrderDcv::is_not_published_yet(&error), "not yet, and no failure");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct CheckOrderDcv {
    order_id: OrderId,
}

impl CheckOrderDcv {
    /// Returns a request that checks all names of `order_id`.
    pub fn new(order_id: OrderId) -> Self {
        // Of a body, which would name a part of them, the page has two spellings.
        Self { order_id }
    }

    /// Returns whether a check failed because a record or file was not found. Ask again later.
    ///
    /// True for 400 with a code such as `invalid_dns_txt` or `file_random_value_not_found`. The code
    /// for a CNAME record is assumed. It is not true for `invalid_dns_method`: the method is `email`,
    /// for which there is nothing to look at.
    pub fn is_not_published_yet(error: &Error) -> bool {
        let Error::Api(error) = error else { return false };
        let is_one = |code: &str| {
            let is_record = code.starts_with("invalid_dns") && !code.starts_with(WRONG_METHOD);
            is_record || code.contains("random_value")
        };
        error.status == StatusCode::BAD_REQUEST && error.errors.iter().any(|it| is_one(&it.code))
    }
}

const WRONG_METHOD: &str = "invalid_dns_method";

impl Endpoint for CheckOrderDcv {
    type Output = CheckedDcv;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/check-dcv", self.order_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<CheckedDcv, DecodeError> {
        decode_json(response)
    }
}

/// What a check of an order has found, under the service's own field names.
///
/// Every name can be approved and the order still wait: for its organization, an approval, or a check
/// of CAA records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckedDcv {
    /// Status of the order; `issued` if the check was all that it waited for.
    pub order_status: OrderStatus,
    /// Certificate ID; of a reissue that of the new certificate (assumed), while it is pending too.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub certificate_id: Option<CertificateId>,
    /// `valid` if all names are approved.
    pub dcv_status: Option<String>,
    /// One row for each name. Older editions of the service send none.
    #[serde(default)]
    pub dns_name_validations: Vec<NameValidation>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// A name that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameValidation {
    /// The name.
    pub dns_name: String,
    /// Whether control was shown.
    pub status: DcvStatus,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}
