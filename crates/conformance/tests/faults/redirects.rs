//! Redirects are answers. Following one would take the key to wherever it points.

use crate::{
    answer::answer,
    case::{Case, refused_with, run},
    script::{ReadRequest, write},
    server::{FaultServer, Scheme},
};

const REDIRECTS: [(u16, &str); 5] = [
    (301, "301 Moved Permanently"),
    (302, "302 Found"),
    (303, "303 See Other"),
    (307, "307 Temporary Redirect"),
    (308, "308 Permanent Redirect"),
];

#[test]
fn to_the_same_host_is_not_followed() {
    let locations =
        ["/services/v2/elsewhere", "elsewhere", "//localhost/", "", "\u{ff}", "http://["];
    run(&to(&locations));
}

#[test]
fn to_another_host_is_not_followed_and_that_host_sees_nothing() {
    let other = FaultServer::start(Scheme::Http, []);
    let other_tls = FaultServer::start(Scheme::Https, []);
    run(&to(&[&other.base_url(), &other_tls.base_url()]));
    assert_eq!((other.connections(), other_tls.connections()), (0, 0));
}

fn to(locations: &[&str]) -> Vec<Case> {
    let each = REDIRECTS.iter().flat_map(|redirect| locations.iter().map(move |to| (redirect, to)));
    each.map(|((status, line), location)| {
        let answer = answer(line, &format!("Location: {location}\r\n"), "moved");
        let name = format!("{status} to {location}");
        Case::http(name, [ReadRequest, write(answer)], refused_with(*status))
    })
    .collect()
}
