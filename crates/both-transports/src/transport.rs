//! Which transports there are.

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

/// Whether the async transport offers HTTP/2, which is the feature `http2` of this package.
pub const OFFERS_HTTP2: bool = cfg!(feature = "http2");
