//! `GET /order/certificate/status-changes`

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::OrderSummary;
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, InvalidInputError},
    json::list::{Page, decode_list, list},
};

/// Lists the orders whose status has changed within some time.
///
/// See DigiCert's page
/// [Status change list](https://dev.digicert.com/en/certcentral-apis/services-api/orders/status-change-list.html).
/// The list has no pages. Of an order that changed several times it has the last status.
///
/// ```
/// use std::time::Duration;
///
/// use certcentral_core::{Api, ApiKey, order::StatusChanges};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let changes = StatusChanges::within(Duration::from_secs(24 * 60 * 60));
/// assert_eq!(api.build_request(&changes)?.uri().query(), Some("seconds=86400"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct StatusChanges {
    time: Duration,
}

impl StatusChanges {
    /// Returns a request for what has changed within the last `time`, rounded up to seconds; seven
    /// days at most.
    pub fn within(time: Duration) -> Self {
        Self { time }
    }
}

impl Endpoint for StatusChanges {
    type Output = ChangedOrders;

    fn path(&self) -> String {
        "/order/certificate/status-changes".to_owned()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let seconds = self.time.as_secs().saturating_add(u64::from(self.time.subsec_nanos() > 0));
        vec![("seconds".into(), seconds.to_string())]
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        if self.time.is_zero() || self.time > SEVEN_DAYS {
            return Err(InvalidInputError::new(
                "the time frame is empty or longer than seven days, the most that the service allows",
            ));
        }
        Ok(())
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<ChangedOrders, DecodeError> {
        decode_list(response)
    }
}

/// More is refused with `time_frame_too_long`.
const SEVEN_DAYS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The orders whose status has changed, in the order in which the service lists them.
///
/// A list is read whole or not at all. `{}` says that none has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedOrders {
    /// One row for each order.
    pub orders: Vec<OrderSummary>,
    /// Which part of the list this is, if the service says so.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(ChangedOrders { orders: OrderSummary });
