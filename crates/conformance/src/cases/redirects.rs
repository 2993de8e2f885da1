//! Redirects, which must not be followed: the key would go where they point.

use crate::{
    case::{Case, group, require},
    fault_server::{FaultServer, Scheme, Step::ReadRequest, responses::response, write},
    outcome::refused_with,
    row::Row,
};

const REDIRECTS: [(u16, &str); 5] = [
    (301, "301 Moved Permanently"),
    (302, "302 Found"),
    (303, "303 See Other"),
    (307, "307 Temporary Redirect"),
    (308, "308 Permanent Redirect"),
];

pub(crate) fn cases() -> Vec<Case> {
    let cases = REDIRECTS.into_iter().flat_map(|(status, line)| {
        let mut cases = to_the_same_host(status, line);
        cases.push(to_another_host(status, line, Scheme::Http));
        cases.push(to_another_host(status, line, Scheme::Https));
        cases
    });
    group("redirect", cases)
}

fn to_the_same_host(status: u16, line: &str) -> Vec<Case> {
    let locations =
        ["/services/v2/elsewhere", "elsewhere", "//localhost/", "", "\u{ff}", "http://["];
    let row = |location| {
        Row::http(format!("{status} to {location:?}"), to(line, location), refused_with(status))
    };
    locations.into_iter().map(row).map(Case::from).collect()
}

/// That host must see nothing.
fn to_another_host(status: u16, line: &'static str, scheme: Scheme) -> Case {
    let name = match scheme {
        Scheme::Http => format!("{status} to another host"),
        Scheme::Https => format!("{status} to another host with TLS"),
    };
    let server = format!("reads a request, writes \"HTTP/1.1 {line}\" with the other's URL");
    let required = format!("{}, no connection to the other host", refused_with(status));
    Case::new(name, server, required, move |transport| {
        let other = FaultServer::start(scheme, []);
        let row = Row::http("", to(line, &other.base_url()), refused_with(status));
        let checked = row.check(transport);
        let (connections, keys) = (other.connections(), other.keys());
        let seen = match keys {
            0 => format!("the other host saw {connections} connections"),
            _ => "the API key was sent to the other host".to_owned(),
        };
        match checked {
            Err(found) if connections > 0 => Err(format!("{found}; {seen}")),
            checked => checked.and(require(connections == 0, || seen)),
        }
    })
}

fn to(line: &str, location: &str) -> [crate::fault_server::Step; 2] {
    [ReadRequest, write(response(line, &format!("Location: {location}\r\n"), "moved"))]
}
