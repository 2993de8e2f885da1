//! Names of hosts, as they are compared and sent.

use std::net::IpAddr;

use super::Order;
use crate::{error::InvalidInputError, text::Excerpted};

impl Order {
    /// Returns the names of its current certificate as a reissue asks for them: in lower case, each
    /// once. A common name that is no host name, such as a company's, is left out if it is not among the
    /// other names; all other names are kept, whatever their form. A CSR for a reissue has these names.
    pub fn host_names(&self) -> Vec<String> {
        let is_title = |name: &str| {
            let is_other = |other: &String| !other.trim().eq_ignore_ascii_case(name);
            let mut others = self.certificate.iter().flat_map(|certificate| &certificate.dns_names);
            name.is_ascii() && host(name).is_err() && others.all(is_other)
        };
        let names = self.names().into_iter().filter(|name| !is_title(name));
        unique(names.map(|name| host(name).unwrap_or_else(|_| name.to_lowercase())))
    }

    /// Whether it has all of them: a row of a list may lack some.
    pub(crate) fn has_all_names(&self) -> bool {
        match self.number_of_sans {
            Some(all) => self.host_names().len() >= all as usize,
            None => self.certificate.iter().any(|it| !it.dns_names.is_empty()),
        }
    }
}

/// Returns the name as it is compared and sent: trimmed, in lower case, without a final dot.
pub(crate) fn host(name: &str) -> Result<String, InvalidInputError> {
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

pub(crate) fn unique(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
