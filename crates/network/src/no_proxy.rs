//! The hosts that are reached without the proxy: the entries of `NO_PROXY`.

use std::net::IpAddr;

use crate::without_brackets;

/// A parsed `NO_PROXY`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy {
    entries: Vec<Entry>,
    /// The entries that are not understood.
    pub(crate) ignored: Vec<String>,
}

#[derive(Clone, Debug)]
struct Entry {
    hosts: Hosts,
    /// `None` for every port.
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    All,
    /// Names without a dot.
    Local,
    /// A lowercase name, and every name below it.
    Domain(String),
    /// The addresses that share the first `prefix` bits with `network`.
    Range {
        network: IpAddr,
        prefix: u8,
    },
}

impl NoProxy {
    /// Parses entries separated by commas, semicolons or white space.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for text in text.split([',', ';']).flat_map(str::split_whitespace) {
            match Entry::parse(text) {
                Some(entry) => parsed.entries.push(entry),
                None => parsed.ignored.push(text.to_owned()),
            }
        }
        parsed
    }

    /// Returns whether `host`, as it stands in a URL, is reached without the proxy.
    pub(crate) fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        self.entries.iter().any(|entry| {
            entry.port.is_none_or(|only| only == port) && entry.hosts.contain(host.as_str())
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        // Before a port is looked for: an IPv6 address has colons of its own.
        if let Some(hosts) = Hosts::parse(text) {
            return Some(Self { hosts, port: None });
        }
        let (hosts, port) = text.rsplit_once(':')?;
        let port = digits(port)?.parse().ok().filter(|&port| port != 0)?;
        Some(Self { hosts: Hosts::parse(hosts)?, port: Some(port) })
    }
}

impl Hosts {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::All),
            "<local>" => Some(Self::Local),
            _ => range(text).or_else(|| beginning(text)).or_else(|| domain(text)),
        }
    }

    fn contain(&self, host: &str) -> bool {
        match (self, address(host)) {
            (Self::All, _) => true,
            (Self::Local, None) => !host.contains('.'),
            (Self::Domain(name), None) => {
                let rest = host.strip_suffix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Range { network, prefix }, Some(address)) => {
                is_in_range(address.to_canonical(), *network, *prefix)
            }
            (Self::Domain(_) | Self::Local, Some(_)) | (Self::Range { .. }, None) => false,
        }
    }
}

/// `10.0.0.0/8`, `fd00::/8`, or one address, in brackets or without.
fn range(text: &str) -> Option<Hosts> {
    let (start, prefix) = match text.split_once('/') {
        Some((start, prefix)) => (start, Some(digits(prefix)?.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let network = address(start)?;
    let longest = if network.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    if prefix > longest {
        return None;
    }
    // An IPv4 address that is written as IPv6 is the IPv4 address.
    let canonical = network.to_canonical();
    Some(match prefix.checked_sub(96) {
        Some(prefix) if canonical != network => Hosts::Range { network: canonical, prefix },
        _ => Hosts::Range { network, prefix },
    })
}

/// `10.*`, `192.168.*`: the IPv4 addresses that begin so.
fn beginning(text: &str) -> Option<Hosts> {
    let start = text.strip_suffix(".*")?.trim_end_matches(".*");
    let mut address = [0; 4];
    let mut prefix = 0;
    for octet in start.split('.') {
        *address.get_mut(usize::from(prefix / 8)).filter(|_| prefix < 24)? =
            digits(octet)?.parse().ok()?;
        prefix += 8;
    }
    Some(Hosts::Range { network: IpAddr::from(address), prefix })
}

fn is_in_range(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let prefix = u32::from(prefix);
    // A shift by the whole width is an empty prefix, which fits all.
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(32 - prefix).unwrap_or_default() == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(128 - prefix).unwrap_or_default() == 0
        }
        _ => false,
    }
}

/// A name, with a leading `.` or `*.` or without, and with a trailing dot or without.
fn domain(text: &str) -> Option<Hosts> {
    let name = text.strip_prefix('*').map_or(Some(text), |rest| rest.strip_prefix('.'))?;
    let name = name.strip_prefix('.').unwrap_or(name);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    // A name that ends in a number is a mistyped address, and no host has it.
    let ends_in_number = name.rsplit('.').next().is_none_or(|last| digits(last).is_some());
    (name.split('.').all(is_label) && !ends_in_number).then_some(Hosts::Domain(name))
}

fn address(text: &str) -> Option<IpAddr> {
    without_brackets(text).parse().ok()
}

fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_itself_and_all_names_below_it() {
        for (host, entry, matches) in [
            ("a.example", "a.example", true),
            ("A.Example", "a.EXAMPLE", true),
            ("b.a.example", "a.example", true),
            ("b.a.example", ".a.example", true),
            ("b.a.example", "*.a.example", true),
            ("a.example", "*.a.example", true),
            ("a.example", "a.example.", true),
            ("a.example.", "a.example", true),
            ("b.a.example.", ".a.example.", true),
            ("ba.example", "a.example", false),
            ("a.example", "b.a.example", false),
            ("a.example", "*", true),
            ("127.0.0.1", "*", true),
            ("127.0.0.1", "0.1.example", false),
            ("intranet", "<local>", true),
            ("localhost.", "<local>", true),
            ("a.example", "<local>", false),
            ("127.0.0.1", "<local>", false),
            ("[::1]", "<local>", false),
        ] {
            assert_eq!(is_exempt(host, 443, entry), matches, "{host} by {entry}");
        }
    }

    #[test]
    fn addresses_match_alone_and_by_range() {
        for (host, entry, matches) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("127.0.0.1", "127.0.0.0/8", true),
            ("127.0.0.1", "127.1.2.3/8", true),
            ("128.0.0.1", "127.0.0.0/8", false),
            ("10.1.2.3", "10.1.2.0/25", true),
            ("10.1.2.130", "10.1.2.0/25", false),
            ("10.1.2.3", "0.0.0.0/0", true),
            ("10.1.2.3", "10.1.2.3/32", true),
            ("10.1.2.4", "10.1.2.3/32", false),
            ("10.example", "10.0.0.0/8", false),
            ("[::1]", "::1", true),
            ("[::1]", "[::1]", true),
            ("[::1]", "[0:0::1]", true),
            ("[fd12::1]", "fd00::/8", true),
            ("[fd12::1]", "[fd00::]/8", true),
            ("[fe80::1]", "fd00::/8", false),
            ("[fe80::1]", "::/0", true),
            ("10.1.2.3", "::/0", false),
            ("[::ffff:10.1.2.3]", "10.0.0.0/8", true),
            ("10.1.2.3", "::ffff:10.0.0.0/104", true),
            ("10.1.2.3", "::ffff:10.1.2.3", true),
            ("127.0.0.1", "127.*", true),
            ("127.0.0.1", "127.*.*.*", true),
            ("128.0.0.1", "127.*", false),
            ("192.168.7.8", "192.168.*", true),
            ("192.169.7.8", "192.168.*", false),
            ("10.1.2.3", "10.1.2.*", true),
            ("127.example", "127.*", false),
            ("[::1]", "127.*", false),
        ] {
            assert_eq!(is_exempt(host, 443, entry), matches, "{host} by {entry}");
        }
    }

    #[test]
    fn a_port_limits_an_entry_to_that_port() {
        for (host, port, entry, matches) in [
            ("a.example", 443, "a.example:443", true),
            ("a.example", 8443, "a.example:443", false),
            ("b.a.example", 443, ".a.example:443", true),
            ("10.1.2.3", 443, "10.1.2.3:443", true),
            ("10.1.2.3", 443, "10.0.0.0/8:443", true),
            ("10.1.2.3", 444, "10.0.0.0/8:443", false),
            ("[::1]", 443, "[::1]:443", true),
            ("[::1]", 444, "[::1]:443", false),
            ("a.example", 443, "*:443", true),
            ("a.example", 444, "*:443", false),
        ] {
            assert_eq!(is_exempt(host, port, entry), matches, "{host}:{port} by {entry}");
        }
    }

    #[test]
    fn entries_are_separated_by_commas_semicolons_or_white_space() {
        for text in [
            "a.example b.example",
            "a.example,b.example",
            "a.example;b.example",
            " a.example ,\t b.example;,\n",
        ] {
            let parsed = NoProxy::parse(text);
            assert_eq!((parsed.entries.len(), parsed.ignored.len()), (2, 0), "{text:?}");
            assert!(parsed.matches("a.example", 443) && parsed.matches("b.example", 443));
        }
        assert!(NoProxy::parse(" ,; ").entries.is_empty());
    }

    #[test]
    fn an_entry_that_is_not_understood_stops_no_other() {
        for bad in [
            ".",
            "*.",
            "..a.example",
            "a..example",
            "10*",
            "256.*",
            "10.*.2.*",
            "1.2.3.4.*",
            "*a.example",
            "a.*.example",
            "<remote>",
            "bücher.example",
            "https://a.example",
            "a.example/",
            "a.example:",
            "a.example:0",
            "a.example:99999",
            "a.example:+1",
            "a.example:https",
            "10.0.0",
            "10.0.0.256",
            "10/8",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/255.0.0.0",
            "a.example/8",
            "::/129",
            "fe80::1%eth0",
            "[::1",
            "user@a.example",
        ] {
            let parsed = NoProxy::parse(&format!("a.example, {bad} b.example"));
            assert_eq!(parsed.ignored, [bad]);
            assert!(parsed.matches("a.example", 443) && parsed.matches("b.example", 443), "{bad}");
        }
    }

    #[test]
    fn lists_of_other_systems_are_understood() {
        for (list, host, matches) in [
            ("localhost,127.*,10.*,192.168.*", "127.0.0.1", true),
            ("localhost,127.*,10.*,192.168.*", "192.168.0.1", true),
            ("localhost,127.*,10.*,192.168.*", "www.digicert.com", false),
            ("<local>;*.corp.example", "localhost", true),
            ("<local>;*.corp.example", "a.corp.example", true),
            ("<local>;*.corp.example", "www.digicert.com", false),
        ] {
            assert_eq!(is_exempt(host, 443, list), matches, "{host} by {list}");
        }
        let parsed = NoProxy::parse("https://internal.example.com/,localhost");
        assert_eq!(parsed.ignored, ["https://internal.example.com/"]);
        assert!(parsed.matches("localhost", 443) && !parsed.matches("internal.example.com", 443));
    }

    fn is_exempt(host: &str, port: u16, entry: &str) -> bool {
        let parsed = NoProxy::parse(entry);
        assert!(parsed.ignored.is_empty(), "{entry}");
        parsed.matches(host, port)
    }
}
