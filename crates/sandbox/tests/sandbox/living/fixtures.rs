//! Fixtures beside living orders.

use certcentral_sandbox::{LivingOrder, Route, Sandbox, fixtures, routes};

use crate::caller::call;

#[test]
fn every_fixture_whose_name_begins_with_an_id_is_served_under_it() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    for fixture in fixtures::all().iter().filter(|fixture| fixture.folder != "errors") {
        let Some(id) = fixture.number() else { continue };
        let is_its = |route: &&Route| route.name.to_lowercase().replace(' ', "_") == fixture.folder;
        let route = routes().iter().find(is_its).unwrap_or_else(|| panic!("{fixture:?}"));
        let (before, after) = route.path.split_once('{').unwrap();
        let after = after.split_once('}').unwrap().1;
        // Lists leave archived rows out unless they are asked for.
        let path = format!("{before}{id}{after}?show_archived=true");
        let reply = call(&sandbox, route.method.as_str(), &path, "");
        assert_eq!((reply.status, &*reply.body), (200, fixture.body), "{fixture:?}");
    }
}

#[test]
fn a_living_order_goes_before_a_fixture() {
    let builder = Sandbox::builder().plain_http().order(LivingOrder::new(112_233, ["a.example"]));
    let sandbox = builder.start().unwrap();
    for (path, has_rows) in [("", false), ("/reissue", false), ("/duplicate", false)] {
        let body = call(&sandbox, "GET", &format!("/order/certificate/112233{path}"), "").body;
        assert_eq!(String::from_utf8_lossy(&body).contains("12345"), has_rows, "{path}");
    }
}

#[test]
fn archived_rows_of_a_fixture_come_only_if_asked_for() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let reply = call(&sandbox, "GET", "/order/certificate/112300/duplicate", "");
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["certificates"].as_array().unwrap().len(), 2);
}
