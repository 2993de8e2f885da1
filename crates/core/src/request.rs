//! Requests: for new orders, reissues, duplicates and revocations, and their approval.

mod model;

pub use self::model::{Request, RequestStatus, RequestSummary, RequestType};
