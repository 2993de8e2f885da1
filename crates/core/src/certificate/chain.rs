//! A certificate with those that lead to its root.

use std::{collections::HashSet, fmt::Display, iter};

use time::Date;

use super::{
    pem::{self, Problem},
    x509::Certificate,
};
use crate::{
    error::{Error, InvalidInputError},
    order::csr,
    text::Excerpted,
};

/// A certificate with those that lead to its root, each of them PEM.
///
/// The first is the certificate itself, and each other one has issued the one before it. If the
/// service sends them in another order, they are sorted by the names and key identifiers in them.
/// Nothing is verified: no signature, no date, no name.
///
/// PEM that is read may have any line ends, and any text before, between and behind the
/// certificates, as in the output of `openssl s_client -showcerts`. PEM that is given out has `\n`,
/// 64 characters a line, and nothing else.
///
/// ```
/// # use certcentral_core::certificate::CertificateChain;
/// # fn save(chain: &CertificateChain, csr: &str) -> std::io::Result<()> {
/// if chain.is_for(csr) {
///     std::fs::write("certificate.pem", chain.leaf())?;
///     std::fs::write("intermediates.pem", chain.intermediates().collect::<String>())?;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateChain {
    leaf: Certificate,
    /// Those that lead to the root first.
    others: Vec<Certificate>,
}

impl CertificateChain {
    /// Reads a chain that was stored as PEM. It need not be whole.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if `pem` has no certificate, or a block of something else.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::read(pem).map_err(|error| InvalidInputError::new(error.message).into())
    }

    /// Returns the certificate itself.
    pub fn leaf(&self) -> &str {
        &self.leaf.pem
    }

    /// Iterates over the certificates between the leaf and the root, from the leaf's issuer on.
    pub fn intermediates(&self) -> impl Iterator<Item = &str> {
        self.others.iter().filter(|one| !one.is_self_issued()).map(|one| &*one.pem)
    }

    /// Returns the root, if the chain has one: a certificate that names itself as its issuer.
    pub fn root(&self) -> Option<&str> {
        self.others.iter().find(|one| one.is_self_issued()).map(|one| &*one.pem)
    }

    /// Returns all certificates as one text, from the leaf to the root.
    pub fn to_pem(&self) -> String {
        self.all().map(|one| &*one.pem).collect()
    }

    /// Returns the serial number of the leaf: hexadecimal digits, two for each byte, upper case.
    pub fn serial_number(&self) -> String {
        self.leaf.serial_number.clone()
    }

    /// Returns the day on which the leaf's validity ends, in UTC; `None` if it cannot be read.
    pub fn valid_till(&self) -> Option<Date> {
        self.leaf.valid_till
    }

    /// Returns whether the leaf is for the key of this CSR, PEM.
    ///
    /// The keys are compared, however each was written: an RSA key with or without the parameter
    /// `NULL`, a point of a curve in its compressed or its full form.
    pub fn is_for(&self, csr: &str) -> bool {
        csr::find(csr)
            .and_then(|csr| csr.public_key())
            .is_some_and(|key| key == self.leaf.public_key)
    }

    /// Sorts the certificates of a text.
    pub(super) fn read(text: &str) -> Result<Self, ReadError> {
        let mut left = certificates(text)?;
        if left.is_empty() {
            return Err("there is no PEM certificate in it".into());
        }
        let issuers: HashSet<&[u8]> =
            left.iter().filter(|one| !one.is_self_issued()).map(|one| &*one.issuer).collect();
        let leaf = left.iter().position(|one| !issuers.contains(&*one.subject)).unwrap_or(0);
        let leaf = left.remove(leaf);
        let mut others: Vec<Certificate> = Vec::new();
        for _ in 0..LONGEST {
            let last = others.last().unwrap_or(&leaf);
            let candidates = left.iter().enumerate().filter(|(_, one)| one.issues(last));
            // Of several it is the one that the key identifier names.
            let next = candidates.min_by_key(|(_, one)| one.key_id != last.issuer_key_id);
            let Some((next, _)) = next.filter(|_| !last.is_self_issued()) else { break };
            others.push(left.remove(next));
        }
        others.append(&mut left);
        Ok(Self { leaf, others })
    }

    /// Returns whether the certificates lead from the leaf to a certificate that names itself as its
    /// issuer, or over as many issuers as this.
    pub(super) fn is_whole(&self, issuers: usize) -> bool {
        let path = self.all().zip(&self.others).take_while(|(one, next)| next.issues(one)).count();
        path >= issuers || self.all().nth(path).is_some_and(Certificate::is_self_issued)
    }

    fn all(&self) -> impl Iterator<Item = &Certificate> {
        iter::once(&self.leaf).chain(&self.others)
    }
}

/// The issuers that are looked for in a row, because each is looked for among all that are left. No
/// verifier follows as many.
const LONGEST: usize = 64;

/// Why a text is no chain.
pub(super) struct ReadError {
    pub(super) message: String,
    /// Whether the text ends too early.
    pub(super) is_cut: bool,
}

impl<T: Into<String>> From<T> for ReadError {
    fn from(message: T) -> Self {
        Self { message: message.into(), is_cut: false }
    }
}

/// Returns the certificates of a text, each of them once.
fn certificates(text: &str) -> Result<Vec<Certificate>, ReadError> {
    // A page that shows a certificate is not a certificate.
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['<', '{', '[']) {
        return Err("it is not PEM".into());
    }
    let mut certificates = Vec::new();
    let mut known = HashSet::new();
    for (index, block) in pem::blocks(text).enumerate() {
        let block = match block {
            Ok(block) if block.label == "CERTIFICATE" => block,
            Ok(block) => return Err(stray(format_args!("BEGIN {}", block.label))),
            Err(Problem::Stray(mark)) => return Err(stray(mark)),
            Err(Problem::Cut) => {
                let message = "the last certificate is cut off".to_owned();
                return Err(ReadError { message, is_cut: true });
            }
        };
        let number = index + 1;
        let der = pem::decode(block.base64)
            .ok_or_else(|| format!("certificate {number} is not base64"))?;
        let certificate = Certificate::read(&der)
            .ok_or_else(|| format!("certificate {number} is not one of X.509"))?;
        if known.insert(der) {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

fn stray(mark: impl Display) -> ReadError {
    format!("there is something else than certificates in it: -----{}-----", Excerpted(mark)).into()
}
