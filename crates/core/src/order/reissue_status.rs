//! How far a reissue has come.

use std::fmt::{self, Debug, Display, Formatter};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// The status of a reissue.
///
/// Issued, pending and rejected are documented. Sibling endpoints have been observed to send
/// others (`approved`, `processing`, `revoked`, `canceled`, `expired`, `needs_approval`,
/// `reissue_pending`, `waiting_pickup`, `denied`); those, and whatever comes, are kept as
/// [`Other`](Self::Other).
///
/// ```
/// use certcentral_core::ReissueStatus;
///
/// assert_eq!(ReissueStatus::from("issued"), ReissueStatus::Issued);
/// assert_eq!(ReissueStatus::from("revoked").as_str(), "revoked");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReissueStatus {
    /// The certificate was issued.
    Issued,
    /// The reissue was requested and waits for validation or approval.
    Pending,
    /// The request was rejected.
    Rejected,
    /// A status that this version does not know, in the service's own word.
    Other(OtherStatus),
}

/// The word of a status that is none of the known ones; made by [`ReissueStatus::from`] only, so
/// that one status has one value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OtherStatus(Box<str>);

impl ReissueStatus {
    /// The service's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Issued => "issued",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Other(OtherStatus(word)) => word,
        }
    }
}

impl From<&str> for ReissueStatus {
    fn from(word: &str) -> Self {
        match word {
            "issued" => Self::Issued,
            "pending" => Self::Pending,
            "rejected" => Self::Rejected,
            other => Self::Other(OtherStatus(other.into())),
        }
    }
}

impl Display for ReissueStatus {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Debug for OtherStatus {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Serialize for ReissueStatus {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReissueStatus {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Word)
    }
}

/// Reads a status without a copy of its word.
struct Word;

impl Visitor<'_> for Word {
    type Value = ReissueStatus;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a status")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<ReissueStatus, E> {
        Ok(word.into())
    }
}
