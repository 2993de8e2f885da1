//! What the calls about domain control validation (DCV) share.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::{
    domain::DcvToken,
    id::DomainId,
    json::{lenient, open_enum::open_enum, times},
};

open_enum! {
    /// How control of a name is shown.
    ///
    /// ```
    /// use certcentral_core::DcvMethod;
    ///
    /// assert_eq!(DcvMethod::from("dns-txt-token"), DcvMethod::DnsTxt);
    /// assert_eq!(DcvMethod::from("acme").as_str(), "acme"); // observed, on no page
    /// ```
    pub enum DcvMethod {
        /// A TXT record with the random value.
        DnsTxt = "dns-txt-token",
        /// A CNAME record with the random value in its target.
        DnsCname = "dns-cname-token",
        /// A file with the random value, on each name's web server. Counts for no wildcard.
        HttpFile = "http-token",
        /// The same with a file name that the service chooses. Not for DV orders.
        HttpFileDynamic = "http-token-dynamic",
        /// A link in an email, which no program can follow.
        Email = "email",
    }
}

open_enum! {
    /// Whether control of a name was shown.
    ///
    /// Whatever is not [`Approved`](Self::Approved) is open.
    pub enum DcvStatus {
        /// It was shown, or counts from an earlier validation.
        Approved = "approved",
        /// It was not shown yet (observed; on no page).
        Unapproved = "unapproved",
    }
}

open_enum! {
    /// Which names are validated.
    pub enum NameScope {
        /// Base domains: `example.net` covers what is below it.
        BaseDomain = "base_domain",
        /// The names themselves. One below another name of the order is covered by that.
        Fqdn = "fqdn",
    }
}

/// The random value of an order: one for all its names.
///
/// It is a text of any form, which often begins with `_` (observed). Publish it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RandomValue {
    /// The value that is published.
    pub dcv_random_value: String,
    /// Until when it counts, in UTC: 30 days from when it was made.
    #[serde(default, with = "times::timestamp")]
    pub expiration_date: Option<OffsetDateTime>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl RandomValue {
    /// As a response without the value's end gives it.
    pub(crate) fn new(dcv_random_value: String) -> Self {
        Self { dcv_random_value, expiration_date: None, extra: Map::new() }
    }
}

/// A domain in the response to a new order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OrderDomain {
    /// Domain ID.
    #[serde(deserialize_with = "lenient::nonzero")]
    pub id: Option<DomainId>,
    /// Base domain.
    pub name: Option<String>,
    /// Name as it was ordered.
    pub dns_name: Option<String>,
    /// What shows control of it; absent if the method is `email`. Each order has its own value, also
    /// for a domain that another order waits for (observed).
    pub dcv_token: Option<DcvToken>,
    /// Every other field.
    pub extra: Map<String, Value>,
}
