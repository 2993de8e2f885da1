//! What a reissuance waits for.

use std::fmt::{self, Display, Formatter};

use super::{Challenge, Reissuance, course::Stage};
use crate::{id::RequestId, text::Excerpted};

/// What a [`Reissuance`] waits for. Its text is short, such as "the approval of request 55".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Awaited<'a> {
    /// That the service shows what was requested: the response was lost, or a checkpoint was resumed.
    Listing,
    /// That somebody approves this request.
    Approval(RequestId),
    /// That the service finds what these challenges are about.
    Validation(&'a [Challenge]),
    /// That the certificate is issued, or can be downloaded.
    Issuance,
}

impl Reissuance {
    /// Returns what it waits for. `None` before the request, and once it is over.
    pub fn waits_for(&self) -> Option<Awaited<'_>> {
        match self.stage {
            Stage::Over | Stage::Requesting(_) | Stage::Ended(_) => None,
            Stage::Approval(id) => Some(Awaited::Approval(id)),
            Stage::Pending if !self.control.challenges.is_empty() => {
                Some(Awaited::Validation(&self.control.challenges))
            }
            Stage::Issued { .. } | Stage::Told(_) => Some(Awaited::Issuance),
            _ if self.wanted.is_answered => Some(Awaited::Issuance),
            _ => self.is_lost.then_some(Awaited::Listing),
        }
    }
}

impl Display for Awaited<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing => f.write_str("what was requested to be listed"),
            Self::Approval(id) => write!(f, "the approval of request {id}"),
            Self::Validation(challenges) => {
                let names = challenges.iter().flat_map(|challenge| &challenge.covers);
                let names: Vec<_> = names.map(String::as_str).collect();
                write!(f, "the validation of {}", Excerpted(names.join(", ")))
            }
            Self::Issuance => f.write_str("the certificate"),
        }
    }
}
