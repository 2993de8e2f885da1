//! A request: what somebody wants done to an order, and what became of it.

use serde_json::Value;
use time::OffsetDateTime;

use crate::account::order::Order;
use crate::json::snapshot;

pub(crate) struct Request {
    pub(crate) id: u64,
    pub(crate) order_id: u64,
    /// The certificate that it is about; `None` for all of the order.
    pub(crate) certificate_id: Option<u64>,
    pub(crate) kind: RequestKind,
    pub(crate) status: RequestStatus,
    pub(crate) date: OffsetDateTime,
    pub(crate) date_processed: Option<OffsetDateTime>,
    pub(crate) comments: Option<String>,
    pub(crate) processor_comment: Option<String>,
    /// The order as it was when the request was made. It is observed not to change afterwards.
    pub(crate) snapshot: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    NewRequest,
    Reissue,
    Duplicate,
    Revoke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestStatus {
    Submitted,
    Pending,
    Approved,
    Rejected,
}

impl Request {
    /// A pending request about one certificate of `order`, or about all.
    pub(super) fn new(
        kind: RequestKind,
        order: &Order,
        certificate_id: Option<u64>,
        comments: Option<String>,
        date: OffsetDateTime,
    ) -> Self {
        let certificate = certificate_id.and_then(|id| order.certificate(id));
        Self {
            id: 0, // given by the account
            order_id: order.id,
            certificate_id,
            kind,
            status: RequestStatus::Pending,
            date,
            date_processed: None,
            comments: comments.filter(|text| !text.is_empty()),
            processor_comment: None,
            snapshot: snapshot(order, certificate.unwrap_or_else(|| order.primary()), date),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, RequestStatus::Submitted | RequestStatus::Pending)
    }

    pub(super) fn process(
        &mut self,
        status: RequestStatus,
        comment: Option<String>,
        now: OffsetDateTime,
    ) {
        self.status = status;
        self.date_processed = Some(now);
        self.processor_comment = comment.filter(|text| !text.is_empty());
    }
}

impl RequestKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NewRequest => "new_request",
            Self::Reissue => "reissue",
            Self::Duplicate => "duplicate",
            Self::Revoke => "revoke",
        }
    }
}

impl RequestStatus {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Submitted, Self::Pending, Self::Approved, Self::Rejected]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}
