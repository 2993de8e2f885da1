//! The status of an order.

use crate::json::open_enum::open_enum;

open_enum! {
    /// The status of an order.
    ///
    /// DigiCert's pages name most of these; `Approved`, `Denied`, `Expired` and `Processing` are
    /// observed.
    pub enum OrderStatus {
        /// The order was approved.
        Approved = "approved",
        /// The order was canceled.
        Canceled = "canceled",
        /// The order was denied.
        Denied = "denied",
        /// The order has expired. As a filter, [`Issued`](Self::Issued) finds such orders too.
        Expired = "expired",
        /// The certificate was issued.
        Issued = "issued",
        /// The order waits for its approval.
        NeedsApproval = "needs_approval",
        /// The order waits for a CSR.
        NeedsCsr = "needs_csr",
        /// The order waits for validation.
        Pending = "pending",
        /// The certificate is being issued.
        Processing = "processing",
        /// A reissue was requested. The order's certificate is the old one until it is issued.
        ReissuePending = "reissue_pending",
        /// The order was rejected.
        Rejected = "rejected",
        /// The order's certificates were revoked.
        Revoked = "revoked",
        /// The certificate waits to be picked up.
        WaitingPickup = "waiting_pickup",
    }
}
