#![doc = include_str!("../README.md")]

mod account;
mod authority;
mod builder;
mod certificate_list;
mod csr;
mod dates;
mod faults;
mod json;
mod query;
mod recorded;
mod refusal;
mod response;
mod routes;
mod sandbox;
mod server;
mod service;
mod tls;
mod windows;

pub use builder::SandboxBuilder;
pub use faults::Held;
pub use recorded::RecordedRequest;
pub use routes::{Route, routes};
pub use sandbox::Sandbox;

// Their types are part of the API.
pub use {bytes, certcentral_fixtures as fixtures, http};
