#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod authority;
mod builder;
mod certificate_list;
mod certificate_request;
mod csr;
mod dates;
mod faults;
mod formats;
mod json;
mod lenient_uri;
mod living_order;
mod lookup;
mod page;
mod query;
mod rate_limit;
mod refusal;
mod request_log;
mod response;
mod revocation;
mod routes;
mod sandbox;
mod server;
mod service;
mod tls;
mod zip;

pub use builder::SandboxBuilder;
pub use faults::HeldResponse;
pub use living_order::LivingOrder;
pub use request_log::RecordedRequest;
pub use routes::{Route, routes};
pub use sandbox::Sandbox;

// Their types are part of the API.
pub use {bytes, certcentral_fixtures as fixtures, http, time};
