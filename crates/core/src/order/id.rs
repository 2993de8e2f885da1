//! The identifiers of orders and certificates.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, InvalidInput},
    wire,
};

/// The number of a certificate order, as CertCentral shows it.
///
/// ```
/// # use certcentral_core::OrderId;
/// assert_eq!("112233".parse::<OrderId>()?, OrderId(112233));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(#[serde(deserialize_with = "wire::number")] pub u64);

/// The number of one certificate; every reissue of an order has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateId(#[serde(deserialize_with = "wire::number")] pub u64);

impl From<u64> for OrderId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl From<u64> for CertificateId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl FromStr for OrderId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse("an order id", text).map(Self)
    }
}

impl FromStr for CertificateId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse("a certificate id", text).map(Self)
    }
}

impl Display for OrderId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Display for CertificateId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn parse(what: &str, text: &str) -> Result<u64, Error> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        InvalidInput::new(format!("{what} is a whole number, such as 112233")).into()
    })
}
