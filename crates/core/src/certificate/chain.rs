//! A certificate with those that lead to its root.

use std::fmt::{self, Display, Formatter};

use super::pem::{self, Certificate};
use crate::error::{Error, InvalidInputError};

/// A certificate with those that lead to its root, each of them PEM.
///
/// The first is the certificate itself, and each other one has issued the one before it. If the
/// service sends them in another order, they are sorted by the names in them. Nothing is verified:
/// no signature, no date, no name.
///
/// PEM that is read may have any line ends, and comments between the certificates. PEM that is
/// given out has `\n`, 64 characters a line, and no comments.
///
/// ```
/// # use certcentral_core::certificate::CertificateChain;
/// # fn save(chain: &CertificateChain) -> std::io::Result<()> {
/// std::fs::write("certificate.pem", chain.leaf())?;
/// std::fs::write("intermediates.pem", chain.intermediates().collect::<String>())?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateChain {
    leaf: Certificate,
    issuers: Vec<Certificate>,
}

impl CertificateChain {
    /// Reads a chain that was stored as PEM.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if `pem` has no certificate, or something else than certificates and
    /// comments.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::read(pem).map_err(|error| InvalidInputError::new(error).into())
    }

    /// Returns the certificate itself.
    pub fn leaf(&self) -> &str {
        &self.leaf.pem
    }

    /// Iterates over the certificates between the leaf and the root, from the leaf's issuer on.
    pub fn intermediates(&self) -> impl Iterator<Item = &str> {
        self.issuers.iter().filter(|one| !one.is_self_issued()).map(|one| &*one.pem)
    }

    /// Returns the root, if the chain has one: a certificate that names itself as its issuer.
    pub fn root(&self) -> Option<&str> {
        self.issuers.iter().find(|one| one.is_self_issued()).map(|one| &*one.pem)
    }

    /// Returns all certificates as one text, from the leaf to the root.
    pub fn to_pem(&self) -> String {
        self.to_string()
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut left = pem::certificates(text)?;
        if left.len() > LONGEST {
            return Err(format!("{} certificates are no chain", left.len()));
        }
        let issues_another = |one: &Certificate| {
            left.iter().any(|other| other.issuer == one.subject && other.subject != one.subject)
        };
        let leaf = left.iter().position(|one| !issues_another(one));
        let leaf = left.remove(leaf.ok_or("there is no PEM certificate in it")?);
        let (mut issuers, mut issuer) = (Vec::new(), leaf.issuer.clone());
        while let Some(next) = left.iter().position(|one| one.subject == issuer) {
            let next = left.remove(next);
            issuer.clone_from(&next.issuer);
            issuers.push(next);
        }
        issuers.append(&mut left);
        Ok(Self { leaf, issuers })
    }
}

/// Sorting takes the square of their number in time.
const LONGEST: usize = 64;

impl Display for CertificateChain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.leaf.pem)?;
        self.issuers.iter().try_for_each(|one| f.write_str(&one.pem))
    }
}
