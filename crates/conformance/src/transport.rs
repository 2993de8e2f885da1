//! What all transports have in common, and which there are.

use certcentral_core::{Call, Endpoint, Error};

/// Performs one call and blocks until it has ended.
pub trait Transport {
    /// Performs `call`, with all its attempts and pauses.
    ///
    /// # Errors
    ///
    /// Those of the call.
    fn perform<E: Endpoint>(&self, call: Call<E>) -> Result<E::Output, Error>;
}

/// Names one of the transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// The async transport.
    Hyper,
    /// The blocking transport.
    Ureq,
}

/// Every transport, for tests that loop over them.
pub const TRANSPORTS: [TransportKind; 2] = [TransportKind::Hyper, TransportKind::Ureq];
