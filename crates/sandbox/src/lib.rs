#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod builder;
mod faults;
mod fixtures;
mod identity;
mod recorded;
mod reissues;
mod sandbox;
mod server;
mod service;
mod windows;

pub use builder::SandboxBuilder;
pub use faults::Held;
pub use fixtures::{errors, orders};
pub use recorded::RecordedRequest;
pub use sandbox::Sandbox;

// Their types are part of the surface.
pub use {bytes, http};
