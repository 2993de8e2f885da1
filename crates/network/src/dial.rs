//! A host as sockets and TLS take it, and in what order its addresses are tried.

use std::{net::SocketAddr, time::Duration};

/// How long an address has before the next one is tried beside it: the "Connection Attempt Delay" of
/// RFC 8305. An address that leads nowhere costs no more.
pub const HEAD_START: Duration = Duration::from_millis(250);

/// Returns the addresses of a host in the order of RFC 8305: both families by turns, beginning with
/// the family of the first.
pub fn dialing_order(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, mut second): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == is_v6);
    let mut seconds = second.drain(..);
    let mut all: Vec<_> =
        first.into_iter().flat_map(|address| [Some(address), seconds.next()]).flatten().collect();
    all.extend(seconds);
    all
}

/// Returns a URL's host without the brackets that stand around an IPv6 address.
pub fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn families_take_turns() {
        let [six, other_six, third_six] =
            ["[::1]:1", "[::2]:1", "[::3]:1"].map(|text| text.parse().unwrap());
        let [four, other_four] = ["1.1.1.1:1", "2.2.2.2:1"].map(|text| text.parse().unwrap());
        assert_eq!(
            dialing_order(&[six, other_six, third_six, four, other_four]),
            [six, four, other_six, other_four, third_six]
        );
        assert_eq!(dialing_order(&[four, six, other_six]), [four, six, other_six]);
        assert_eq!(dialing_order(&[four, other_four]), [four, other_four]);
        assert_eq!(dialing_order(&[]), []);
    }
}
