//! The identifiers of orders, certificates, requests and more, written once.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::error::{Error, InvalidInputError};

/// Defines an identifier: a number with a type, readable from text and from loose JSON.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                parse($what, text).map(Self)
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The id of a certificate order, as CertCentral shows it.
    ///
    /// ```
    /// # use certcentral_core::OrderId;
    /// assert_eq!("112233".parse::<OrderId>()?, OrderId(112233));
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    OrderId, "an order id"
}

id! {
    /// The id of one certificate. Every reissue and duplicate of an order has its own.
    CertificateId, "a certificate id"
}

id! {
    /// The id of a request: for a new order, a reissue, a duplicate or a revocation.
    RequestId, "a request id"
}

id! {
    /// The id of a domain. DV orders have none.
    DomainId, "a domain id"
}

id! {
    /// The id of an organization. DV orders have none.
    OrganizationId, "an organization id"
}

id! {
    /// The id of a container: a division of the account.
    ContainerId, "a container id"
}

fn parse(what: &str, text: &str) -> Result<u64, Error> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        InvalidInputError::new(format!("{what} is a whole number, such as 112233")).into()
    })
}
