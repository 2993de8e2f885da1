//! What the core's tests, its fuzz targets and the bench share.

#![expect(clippy::disallowed_methods, reason = "made-up time starts at some instant")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "for tests: to panic is how something that does not hold is reported"
)]

pub mod described;
pub mod endpoints;
pub mod reissue;
pub mod schema;
pub mod service;
pub mod world;
