//! The names of a certificate.

use std::net::Ipv4Addr;

use rcgen::{CertificateParams, DnType, KeyPair};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) common_name: String,
    /// With the common name among them.
    pub(crate) dns_names: Vec<String>,
}

impl Names {
    /// Returns `None` if one of them is no DNS name.
    pub(crate) fn new(common_name: String, mut dns_names: Vec<String>) -> Option<Self> {
        if !dns_names.contains(&common_name) {
            dns_names.insert(0, common_name.clone());
        }
        dns_names.iter().all(|name| is_dns_name(name)).then_some(Self { common_name, dns_names })
    }

    /// The name of a person or an organization.
    pub(crate) fn of_subject(common_name: String) -> Self {
        Self { common_name, dns_names: Vec::new() }
    }

    /// A CSR for them, in PEM.
    pub(super) fn csr(&self, key: &KeyPair) -> Result<String, rcgen::Error> {
        let mut params = CertificateParams::new(self.dns_names.clone())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.common_name.as_str());
        params.serialize_request(key)?.pem()
    }
}

/// Letters, digits, hyphens and dots, and `*` as the first label.
pub(super) fn is_dns_name(name: &str) -> bool {
    let labels = without_wildcard(name);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && labels.split('.').all(is_label)
}

/// Returns the last two labels of a name, and an IP address as it is. That no public suffix has two
/// labels, as `co.uk` has, is the sandbox's simplification.
pub(crate) fn base_domain(name: &str) -> &str {
    let name = without_wildcard(name);
    if name.parse::<Ipv4Addr>().is_ok() {
        return name;
    }
    name.rmatch_indices('.').nth(1).and_then(|(dot, _)| name.get(dot + 1..)).unwrap_or(name)
}

pub(crate) fn without_wildcard(name: &str) -> &str {
    name.strip_prefix("*.").unwrap_or(name)
}

/// Returns whether `name` is `domain` or below it.
pub(crate) fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_domain_has_two_labels() {
        for (name, base) in [
            ("a.b.example.com", "example.com"),
            ("*.example.com", "example.com"),
            ("example.com", "example.com"),
            ("localhost", "localhost"),
            ("192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(base_domain(name), base);
        }
    }

    #[test]
    fn a_name_is_within_its_domain_and_no_other() {
        assert!(is_within("example.com", "example.com"));
        assert!(is_within("a.example.com", "example.com"));
        assert!(!is_within("anexample.com", "example.com"));
        assert!(!is_within("example.com", "a.example.com"));
    }
}
