//! The sans-IO core of an unofficial client of DigiCert CertCentral's Services API.
//!
//! An order for a TLS certificate can be reissued many times. [`ListReissues`] asks the service
//! for all reissues of an order and reads the answer into [`Reissues`]. This crate does so
//! without a socket, a thread or a clock: it builds `http::Request`s, reads `http::Response`s,
//! and decides when to send what. Two sibling crates do the sending,
//! `certcentral-transport-ureq` (blocking) and `certcentral-transport-hyper` (async); so can you.
//!
//! A call goes one way:
//!
//! 1. [`Api`] knows where the service is and who calls; [`Api::call`] turns an [`Endpoint`] into
//!    a [`Call`].
//! 2. The transport asks [`Call::poll`] what to do: send a request, wait until an instant, or
//!    take the result.
//! 3. It hands what came back, an answer or a [`Failure`], to [`Call::handle`], and asks again.
//!
//! Retries, the rate limit, deadlines and parsing are decided in here, once for all transports.
//! A whole transport, its exchange apart, is this:
//!
//! ```
//! use std::{thread, time::Instant};
//!
//! use bytes::Bytes;
//! use certcentral_core::{Attempt, Call, Endpoint, Error, Failure, Step};
//!
//! fn drive<E: Endpoint>(
//!     mut call: Call<E>,
//!     exchange: impl Fn(Attempt) -> Result<http::Response<Bytes>, Failure>,
//! ) -> Result<E::Output, Error> {
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
//! The same loop is a test of your code without a server, a socket or a second of waiting: see
//! [`Call`](Call#testing-without-a-server).
//!
//! What is promised:
//!
//! - **All or an error.** A list that is cut off, or has a row that cannot be read, is an
//!   [`Error`], never a shorter list; [`Reissues::salvage`] is for those who want the rest. Unknown
//!   fields and statuses are kept.
//! - **The key is never seen**: see [`security`].
//! - **The rate limit is kept** exactly, under any lateness: see [`RateLimit`].
//! - **Every call ends**: see [`RetryPolicy`].
//! - **Errors say what to do**: see [`Error`], which shows how to handle each case.
//! - **No panic** on anything that a server, a network or a caller can send.
//!
//! Features: `tracing` makes each call a span; see [`Call`](Call#what-it-logs).

mod api; // the service, the caller's key, the policies
mod base_url; // where the service is
mod call; // one call: attempts, pauses, deadline
mod endpoint; // what an endpoint is
mod error; // what can go wrong
mod id; // identifiers
mod instant; // arithmetic on instants
mod json; // reading and writing JSON
mod key; // the API key, and keeping it out of sight
pub mod order; // the endpoints below `/order`
mod query; // query strings
mod rate_limit; // the rolling windows
mod retry; // when to retry

pub use self::{
    api::{Api, ApiBuilder},
    base_url::{BaseUrl, Region},
    call::{Attempt, Call, Step},
    endpoint::{Endpoint, Paged},
    error::{
        ApiError, DeadlineError, DeadlineReason, DecodeError, Error, ErrorDetail, Failure,
        FailureKind, InvalidInputError, TransportError,
    },
    id::{CertificateId, OrderId, RequestId},
    json::{
        decode_json, encode_json,
        open_enum::OtherStatus,
        salvage::{Salvaged, UnreadableRow},
    },
    key::ApiKey,
    order::{ListReissues, Reissue, ReissueStatus, Reissues},
    rate_limit::RateLimit,
    retry::RetryPolicy,
};

// Their types are part of the public API.
pub use {bytes, http, serde_json, time};

#[cfg(doc)]
#[doc = include_str!("docs/security.md")]
pub mod security {}
