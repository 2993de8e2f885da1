//! Requests: for new orders, reissues, duplicates and revocations, and their approval.

mod list_requests;
mod model;
mod request_info;
mod update_request_status;

pub use self::{
    list_requests::{ListRequests, Requests},
    model::{Request, RequestStatus, RequestSummary, RequestType, RequestedOrder},
    request_info::RequestInfo,
    update_request_status::UpdateRequestStatus,
};
