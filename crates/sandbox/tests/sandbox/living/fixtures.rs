//! Fixtures beside living orders.

use certcentral_sandbox::{LivingOrder, Sandbox, fixtures};

use crate::caller::call;

#[test]
fn every_fixture_whose_path_has_an_id_is_served() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    for (folder, before, after) in [
        ("order_info", "/order/certificate/", ""),
        ("list_duplicates", "/order/certificate/", "/duplicate?show_archived=true"),
        ("list_reissues", "/order/certificate/", "/reissue?show_archived=true"),
        ("order_validation_status", "/order/certificate/", "/validation"),
        ("request_info", "/request/", ""),
        ("domain_info", "/domain/", ""),
        ("domain_emails", "/domain/", "/dcv/emails"),
    ] {
        for fixture in fixtures::folder(folder) {
            let path = format!("{before}{}{after}", fixture.number().unwrap());
            let reply = call(&sandbox, "GET", &path, "");
            assert_eq!((reply.status, &*reply.body), (200, fixture.body), "{fixture:?}");
        }
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
