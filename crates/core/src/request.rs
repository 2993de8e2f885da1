//! Requests: for new orders, reissues, duplicates and revocations, and their approval.

mod model;
mod request_info;
mod update_request_status;

pub use self::{
    model::{Request, RequestStatus, RequestSummary, RequestType},
    request_info::RequestInfo,
    update_request_status::UpdateRequestStatus,
};
