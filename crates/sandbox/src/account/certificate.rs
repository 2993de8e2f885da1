//! A certificate of an order, from its request on.

use time::{Date, OffsetDateTime};

use super::control::{Approval, RandomValue};
use super::names::Names;
use super::schedule::Schedule;
use crate::authority::{Authority, Contents, Signed};
use crate::csr::PublicKey;

#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) names: Names,
    /// As it was sent.
    pub(crate) csr: String,
    pub(crate) key: PublicKey,
    /// In bits; 0 if the key's kind has no sizes.
    pub(crate) key_size: usize,
    pub(crate) signature_hash: String,
    pub(crate) created: OffsetDateTime,
    /// The last day, decided when it was requested.
    pub(crate) valid_till: Date,
    pub(crate) state: State,
    pub(crate) archived: bool,
    /// What was shown for this certificate alone: of a DV order.
    pub(super) approvals: Vec<Approval>,
    pub(super) validation: Option<Validation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one that the order began with.
    First,
    Reissue,
    Duplicate {
        /// 1 for an order's first duplicate.
        number: usize,
    },
}

#[derive(Clone)]
pub(crate) enum State {
    /// Its request waits for an approval.
    Requested,
    /// Its request is approved; it waits for control of its names, or for its issuance.
    Approved,
    Rejected,
    Issued(Issued),
}

#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) signed: Signed,
    pub(crate) at: OffsetDateTime,
    pub(crate) is_revoked: bool,
}

/// The validation that a certificate waits for.
#[derive(Clone)]
pub(crate) struct Validation {
    /// The one for all names.
    pub(crate) value: RandomValue,
    pub(super) schedule: Schedule,
}

impl Certificate {
    /// What there is once it is issued, even if it was revoked since.
    pub(crate) fn issued(&self) -> Option<&Issued> {
        match &self.state {
            State::Issued(issued) => Some(issued),
            State::Requested | State::Approved | State::Rejected => None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Requested | State::Approved)
    }

    /// What there is while it waits for control of its names.
    pub(crate) fn awaited(&self) -> Option<&Validation> {
        self.validation.as_ref().filter(|_| matches!(self.state, State::Approved))
    }

    pub(super) fn issue(
        &mut self,
        now: OffsetDateTime,
        authority: &Authority,
    ) -> Result<(), rcgen::Error> {
        let contents = Contents {
            common_name: &self.names.common_name,
            dns_names: &self.names.dns_names,
            valid_from: now.date(),
            valid_till: self.valid_till,
        };
        let signed = authority.sign(&contents, &self.key)?;
        self.state = State::Issued(Issued { signed, at: now, is_revoked: false });
        Ok(())
    }
}
