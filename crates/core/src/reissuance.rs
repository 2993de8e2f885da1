//! Reissuance: what to publish, so that a reissue is issued.

mod challenge;

pub use self::challenge::{Challenge, DnsRecord, DnsRecordKind, HttpFile};
