//! The sans-IO core of an unofficial client for DigiCert CertCentral's Services API.
//!
//! An order for a TLS certificate can be reissued many times. This crate lists, requests, approves,
//! revokes and downloads those reissues, and places and renews the orders; [`ListReissues`] is the call
//! to start with. It builds `http::Request`s, parses `http::Response`s, and decides when to send, wait or
//! retry, without a socket, a thread or a clock. Two crates execute the requests:
//! `certcentral-transport-ureq` (blocking) and `certcentral-transport-hyper` (async). Or bring your own
//! transport.
//!
//! [`Api::call`] turns an [`Endpoint`] into a [`Call`]. A transport asks it what to do, performs one
//! exchange at a time, and hands in the response, or the [`Failure`]. All else is this loop:
//!
//! ```
//! use std::{thread, time::Instant};
//!
//! use bytes::Bytes;
//! use certcentral_core::{Attempt, Drive, Error, Failure, Step};
//!
//! fn drive<D: Drive>(
//!     mut call: D,
//!     exchange: impl Fn(Attempt) -> Result<http::Response<Bytes>, Failure>,
//! ) -> Result<D::Output, Error> {
//!     loop {
//!         match call.poll(Instant::now()) {
//!             Step::Send(attempt) => {
//!                 let outcome = exchange(attempt);
//!                 call.handle(Instant::now(), outcome);
//!             }
//!             Step::Wait(until) => {
//!                 thread::sleep(until.saturating_duration_since(Instant::now()));
//!             }
//!             Step::Done(result) => return result,
//!         }
//!     }
//! }
//! ```
//!
//! # Supported calls
//!
//! | module | calls below |
//! | --- | --- |
//! | [`order`] | `/order`: lists, new orders, reissues, duplicates, status, validation, revocation |
//! | [`certificate`] | `/certificate`: download, revocation |
//! | [`domain`] | `/domain`: until when they are validated, and validation ahead of time |
//! | [`request`] | `/request`: requests, approval |
//! | [`organization`], [`container`], [`product`] | `/organization` and so on: what an order names |
//! | [`user`] | `/user`: whose key it is |
//!
//! A [`reissuance::Reissuance`] makes these calls in a row, from the CSR to the certificate, and a
//! [`reissuance::Issuance`] does so for a new order or a renewal.
//!
//! Each module lists its calls, and each call links DigiCert's page of it. To call another endpoint,
//! implement [`Endpoint`]: see [`endpoints`].
//!
//! # What to read next
//!
//! | question | page |
//! | --- | --- |
//! | How do I handle an error? | [`Error`] |
//! | How do I call another endpoint? | [`endpoints`] |
//! | How do I carry a reissue to its certificate? | [`Reissuance`](reissuance::Reissuance) |
//! | What does a reissue wait for, and what is to be published? | [`reissues`] |
//! | What is retried, and how fast are requests sent? | [`policies`] |
//! | What happens when the network or the service fails? | [`failures`] |
//! | Where does the key go, and what is trusted? | [`security`] |
//! | How do I test my code without a server? | [`Call`](Call#testing-without-a-server) |
//! | What is logged? | [`Call`](Call#logging) |
//! | Why is it built this way? | [`design`] |
//!
//! # Cargo features
//!
//! `tracing` makes each call a span, with an event for each retry and for the error that ends it.

mod api; // the service, the caller's key, the policies
mod base_url; // where the service is
mod call; // one call: attempts, pauses, deadline
pub mod certificate; // the endpoints below `/certificate`
pub mod container; // the endpoints below `/container`
pub mod domain; // the endpoints below `/domain`
mod endpoint; // what an endpoint is
mod error; // what can go wrong
mod id; // identifiers
mod instant; // arithmetic on instants
mod json; // reading and writing JSON
mod key; // the API key
pub mod order; // the endpoints below `/order`
pub mod organization; // the endpoints below `/organization`
mod paging; // lists that come in pages
pub mod product; // the endpoints below `/product`
mod rate_limit; // the rolling windows
pub mod reissuance; // a reissue from its request to its certificate
pub mod request; // the endpoints below `/request`
mod response; // what a response is: an output, or an error
mod retry; // when to retry
mod secret; // keeping the API key out of sight
mod settings; // what all calls share, and the request they send
mod text; // text from outside, and what is shown of it
pub mod user; // the endpoints below `/user`

pub use self::{
    api::{Api, ApiBuilder},
    base_url::{BaseUrl, Region},
    call::{Attempt, Call, Drive, Step},
    endpoint::{Endpoint, Paged},
    error::{
        ApiError, DeadlineError, DeadlineReason, DecodeError, Error, ErrorDetail, Failure,
        FailureKind, InvalidInputError, TransportError,
    },
    id::{CertificateId, ContainerId, DomainId, OrderId, OrganizationId, RequestId},
    json::{
        decode_json, encode_json,
        open_enum::OtherWord,
        salvage::{Salvaged, UnreadableRow},
    },
    key::ApiKey,
    order::{DcvMethod, ListReissues, Reissue, ReissueStatus, Reissues},
    rate_limit::RateLimit,
    retry::RetryPolicy,
    text::excerpt,
};

// Their types are part of the public API.
pub use {bytes, http, serde_json, time};

#[cfg(doc)]
#[doc = include_str!("docs/design.md")]
pub mod design {}

#[cfg(doc)]
#[doc = include_str!("docs/endpoints.md")]
pub mod endpoints {}

#[cfg(doc)]
#[doc = include_str!("docs/failures.md")]
pub mod failures {}

#[cfg(doc)]
#[doc = include_str!("docs/policies.md")]
pub mod policies {}

#[cfg(doc)]
#[doc = include_str!("docs/reissues.md")]
pub mod reissues {}

#[cfg(doc)]
#[doc = include_str!("docs/security.md")]
pub mod security {}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
