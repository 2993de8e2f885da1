//! Which names a reissue or a new order asks for.

use std::net::IpAddr;

use crate::{
    error::InvalidInputError,
    order::{CsrNames, Order},
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
}

impl Plan {
    /// Plans with the names that were given, else with the order's and those that only the CSR has.
    pub(super) fn new(
        order: &Order,
        csr: &CsrNames,
        given: Option<&[String]>,
    ) -> Result<Self, InvalidInputError> {
        let current = of_order(order);
        let names = match given {
            Some(given) => read(given)?,
            None => unique(current.iter().cloned().chain(of_csr(csr)?)),
        };
        Ok(Self::replacing(current, names))
    }

    /// Plans a new order, which may renew one with these names.
    pub(super) fn of_new_order(
        names: &[String],
        renewed: &[String],
    ) -> Result<Self, InvalidInputError> {
        Ok(Self::replacing(unique(renewed.iter().map(|name| written(name))), read(names)?))
    }

    fn replacing(current: Vec<String>, names: Vec<String>) -> Self {
        let is_in = |list: &[String], name: &String| list.contains(name);
        let (kept, added) = names.iter().cloned().partition(|name| is_in(&current, name));
        let removed = current.into_iter().filter(|name| !is_in(&names, name)).collect();
        Self { names, kept, added, removed }
    }
}

/// The names of the order's current certificate. None is left out for its form but a common name that
/// is a title, such as that of a company.
pub(super) fn of_order(order: &Order) -> Vec<String> {
    let is_title = |name: &str| {
        let is_other = |other: &String| !other.trim().eq_ignore_ascii_case(name);
        let mut others = order.certificate.iter().flat_map(|certificate| &certificate.dns_names);
        name.is_ascii() && host(name).is_err() && others.all(is_other)
    };
    let names = order.names().into_iter().filter(|name| !is_title(name));
    unique(names.map(written))
}

/// A name of a certificate that is there: none is left out for its form.
fn written(name: &str) -> String {
    host(name).unwrap_or_else(|_| name.to_lowercase())
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

/// Returns the name as it is compared and sent: trimmed, in lower case, without a final dot.
fn host(name: &str) -> Result<String, InvalidInputError> {
    let trimmed = name.trim();
    let host = trimmed.strip_suffix('.').unwrap_or(trimmed).to_ascii_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let is_label = |label: &str| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (1..=63).contains(&label.len()) && label.chars().all(is_letter)
    };
    let labels = host.strip_prefix("*.").unwrap_or(&host);
    if host.len() <= 253 && labels.split('.').all(is_label) {
        return Ok(host);
    }
    let problem = if name.is_ascii() {
        "is not the name of a host"
    } else {
        "is not ASCII; give it in its xn-- form"
    };
    Err(InvalidInputError::new(format!("the name {:?} {problem}", Excerpted(name))))
}

fn unique(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
