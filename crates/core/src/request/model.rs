//! A request, as "Request info" and the calls that make one give it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::{
    id::{OrderId, RequestId},
    json::{open_enum::open_enum, times},
    order::{Order, Organization, PrimaryCertificate, Product},
    user::{Container, Person},
};

/// A request, under the service's own field names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// Request ID.
    pub id: RequestId,
    /// When the request was made, in UTC.
    #[serde(default, with = "times::timestamp")]
    pub date: Option<OffsetDateTime>,
    /// What the request is for.
    #[serde(rename = "type")]
    pub kind: RequestType,
    /// Status of the request.
    pub status: RequestStatus,
    /// When the request was approved or rejected, in UTC; absent while it is pending.
    #[serde(default, with = "times::timestamp")]
    pub date_processed: Option<OffsetDateTime>,
    /// User that made the request.
    pub requester: Option<Person>,
    /// User that reviewed the request.
    pub reviewer: Option<Person>,
    /// User that approved or rejected the request.
    pub processor: Option<Person>,
    /// The order as it was when the request was made (observed): its status is not the one of
    /// today, and its certificate has no id. A response to a revocation does not have it.
    pub order: Option<Box<Order>>,
    /// What the requester wrote; absent if nothing (assumed).
    pub comments: Option<String>,
    /// What the processor wrote: for a canceled request, the note of the cancellation.
    pub processor_comment: Option<String>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// A request as lists and orders give it, or as the response to a reissue names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestSummary {
    /// Request ID.
    pub id: RequestId,
    /// When the request was made, in UTC. The response to a reissue lacks it and the other fields
    /// but the status.
    #[serde(default, with = "times::timestamp")]
    pub date: Option<OffsetDateTime>,
    /// What the request is for.
    #[serde(rename = "type")]
    pub kind: Option<RequestType>,
    /// Status of the request; older responses to a reissue lack it (observed).
    pub status: Option<RequestStatus>,
    /// What the requester wrote.
    pub comments: Option<String>,
    /// User that made the request. This and the rest only [`ListRequests`](super::ListRequests) has.
    pub requester: Option<Person>,
    /// User that approved or rejected the request; absent while it is pending.
    pub processor: Option<Person>,
    /// The order that it is about.
    pub order: Option<RequestedOrder>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// An order in the list of requests, which says little of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestedOrder {
    /// Order ID.
    pub id: OrderId,
    /// Its certificate, with nothing but the common name.
    pub certificate: Option<PrimaryCertificate>,
    /// Organization that the order is for.
    pub organization: Option<Organization>,
    /// Container that holds the order.
    pub container: Option<Container>,
    /// Product that was ordered.
    pub product: Option<Product>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl RequestSummary {
    /// Whether this is a reissue that waits for its approval.
    pub(crate) fn is_open_reissue(&self) -> bool {
        matches!(self.kind, None | Some(RequestType::Reissue))
            && self.status.as_ref().is_some_and(RequestStatus::is_open)
    }
}

open_enum! {
    /// The status of a request.
    pub enum RequestStatus {
        /// The request was approved. What it asks for follows on its own.
        Approved = "approved",
        /// The request waits for its approval.
        Pending = "pending",
        /// The request was rejected, or canceled.
        Rejected = "rejected",
        /// The request was submitted.
        Submitted = "submitted",
    }
}

impl RequestStatus {
    /// Whether the request waits for its approval.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Pending | Self::Submitted)
    }
}

open_enum! {
    /// What a request is for.
    pub enum RequestType {
        /// A duplicate of a certificate.
        Duplicate = "duplicate",
        /// A new order.
        NewRequest = "new_request",
        /// A reissue of an order's certificate.
        Reissue = "reissue",
        /// The revocation of certificates.
        Revoke = "revoke",
    }
}
