//! Types shared by both revoke calls.

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use crate::{
    error::{DecodeError, InvalidInputError},
    json::{decode_json, open_enum::open_enum},
    request::Request,
    text::strip_bom,
};

/// What became of a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "one response has one, and it is matched at once")]
pub enum Revocation {
    /// The certificates are revoked: the approval was skipped.
    Done,
    /// A request was made, and waits for its approval; see
    /// [`UpdateRequestStatus`](crate::request::UpdateRequestStatus).
    Requested(Request),
}

impl Revocation {
    /// The service responds with 204 and no body if it is done, and with 201 and the request if not.
    #[inline]
    pub(crate) fn read(response: &http::Response<Bytes>) -> Result<Self, DecodeError> {
        let has_body = !strip_bom(response.body()).trim_ascii().is_empty();
        if has_body || response.status() == StatusCode::CREATED {
            decode_json(response).map(Self::Requested)
        } else {
            Ok(Self::Done)
        }
    }
}

open_enum! {
    /// Why TLS certificates are revoked. Other products have no reason.
    pub enum RevocationReason {
        /// What the certificate says of its subject has changed.
        AffiliationChanged = "affiliationChanged",
        /// The subject no longer uses the names.
        CessationOfOperation = "cessationOfOperation",
        /// The private key is or may be compromised.
        KeyCompromise = "keyCompromise",
        /// Another certificate has taken the place of this one.
        Superseded = "superseded",
        /// No reason is given.
        Unspecified = "unspecified",
    }
}

/// The body of a request to revoke.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct RevocationRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revocation_reason: Option<RevocationReason>,
    // DigiCert's table has `comment`, its examples and most clients have `comments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skip_approval: Option<bool>,
}

impl RevocationRequest {
    pub(crate) fn check(&self) -> Result<(), InvalidInputError> {
        if self.skip_approval == Some(true) && self.comments.is_some() {
            return Err(InvalidInputError::new(
                "a comment is kept with the request for an approval, and there is none if the \
                 approval is skipped; leave out one of the two",
            ));
        }
        Ok(())
    }
}
