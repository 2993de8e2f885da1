//! Which names a reissue or a new order asks for.

use std::{
    fmt::{self, Display, Formatter},
    net::IpAddr,
};

use crate::{
    error::InvalidInputError,
    order::{
        CsrNames, Order,
        host_names::{host, unique},
    },
    text::Excerpted,
};

/// The names that a reissue or a new order asks for, in lower case, each once.
///
/// The service revokes an order's certificates within 72 hours if a reissue leaves one of their names
/// out (DigiCert). For a renewal, the current certificate is that of the order that it renews.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Plan {
    /// Every name of the new certificate. The first is its common name.
    pub names: Vec<String>,
    /// Those that the current certificate has.
    pub kept: Vec<String>,
    /// Those that it does not have.
    pub added: Vec<String>,
    /// Names of the current certificate that the new one will not have. Those that only a pending
    /// reissue has, which this one replaces, are not among them.
    pub removed: Vec<String>,
    /// Names in the CSR that are those of no host, such as mail addresses. They are not sent.
    pub ignored: Vec<String>,
}

impl Plan {
    /// Plans with the names that were given, else with the order's and those that only the CSR has.
    pub(super) fn new(
        order: &Order,
        csr: &CsrNames,
        given: Option<&[String]>,
    ) -> Result<Self, InvalidInputError> {
        let current = order.host_names();
        let names = match given {
            Some(given) => read(given)?,
            None => unique(current.iter().cloned().chain(of_csr(csr)?)),
        };
        let is_ignored = |name: &&String| name.parse::<IpAddr>().is_err();
        let ignored = csr.other_names.iter().filter(is_ignored).cloned().collect();
        Ok(Self { ignored, ..Self::replacing(current, names) })
    }

    /// Plans a new order, which may renew one with these names.
    pub(super) fn of_new_order(
        names: &[String],
        renewed: &[String],
    ) -> Result<Self, InvalidInputError> {
        Ok(Self::replacing(renewed.to_vec(), read(names)?))
    }

    fn replacing(current: Vec<String>, names: Vec<String>) -> Self {
        let is_in = |list: &[String], name: &String| list.contains(name);
        let (kept, added) = names.iter().cloned().partition(|name| is_in(&current, name));
        let removed = current.into_iter().filter(|name| !is_in(&names, name)).collect();
        Self { names, kept, added, removed, ignored: Vec::new() }
    }
}

/// All names, and behind them those that are new, left out or ignored, for people.
impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let list = |names: &[String]| {
            let names: Vec<_> = names.iter().map(|name| Excerpted(name).to_string()).collect();
            names.join(", ")
        };
        f.write_str(&list(&self.names))?;
        for (what, names) in [
            ("new", &self.added),
            ("left out", &self.removed),
            ("in the CSR, and not for a certificate", &self.ignored),
        ] {
            if !names.is_empty() {
                write!(f, " ({what}: {})", list(names))?;
            }
        }
        Ok(())
    }
}

fn of_csr(csr: &CsrNames) -> Result<Vec<String>, InvalidInputError> {
    // Of the other names, mail addresses and URLs are none of a host's.
    let addresses = csr.other_names.iter().filter_map(|name| name.parse::<IpAddr>().ok());
    let mut names = read(&csr.dns_names)?;
    names.extend(addresses.map(|address| address.to_string()));
    let common_name = csr.common_name.as_deref().and_then(|name| host(name).ok());
    Ok(unique(common_name.into_iter().chain(names)))
}

fn read(names: &[String]) -> Result<Vec<String>, InvalidInputError> {
    let names: Result<Vec<_>, _> = names.iter().map(|name| host(name)).collect();
    names.map(unique)
}
