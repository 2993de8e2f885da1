//! A reissuance: which requests it makes of what it is told, and what it reports.

use std::time::Duration;

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, DcvMethod, Error, FailureKind, ListReissues, OrderId, RateLimit, Step,
    order::Order,
    reissuance::{Awaited, Plan, Progress, Reissuance},
};
use http::Response;
use serde_json::{Value, json};

use crate::site::{NAMES, Site, csr, error, pem, waiting};

#[test]
fn the_orders_names_are_kept_and_those_of_the_csr_are_added() {
    let plan = |csr: &str| plan(&NAMES, csr, |it| it).unwrap();
    let kept = |plan: &Plan| (plan.kept == NAMES, plan.removed.is_empty());
    for csr in ["cn-only", "cn-upper-case", "cn-is-no-name", "microsoft-extensions-oid", "plain"] {
        let plan = plan(csr);
        assert_eq!((kept(&plan), &*plan.added), ((true, true), &[][..]), "{csr}");
        assert_eq!(plan.names, NAMES, "{csr}");
    }
    let address = plan("san-ip-and-more");
    assert_eq!((kept(&address), &*address.added), ((true, true), &["192.0.2.7".to_owned()][..]));
    assert_eq!(address.ignored, ["admin@example.com", "https://shop.example.com/"]);
    let said = "shop.example.com, www.example.com, api.example.com, 192.0.2.7 (new: 192.0.2.7) (in the \
                CSR, and not for a certificate: admin@example.com, https://shop.example.com/)";
    assert_eq!(address.to_string(), said);
}

#[test]
fn names_are_compared_and_sent_in_one_form() {
    let order = ["Shop.Example.COM", "192.0.2.7", "2001:DB8::1", "*.example.com"];
    let given = [" shop.example.com. ", "192.0.2.7", "2001:db8:0::1", "*.Example.com"];
    let planned = plan(&order, "cn-only", |it| it.names(given)).unwrap();
    let names = ["shop.example.com", "192.0.2.7", "2001:db8::1", "*.example.com"];
    assert_eq!((&*planned.names, &*planned.kept), (&names.map(String::from)[..], &*planned.names));
    // No name that is written as the service wrote it is lost.
    let order = ["b\u{fc}cher.example", "www.b\u{fc}cher.example"];
    assert_eq!(plan(&order, "cn-only", |it| it).unwrap().kept, order);
    // A common name that names no host is passed over.
    let mut titled = order_of(&["www.example.com"]);
    titled["certificate"]["common_name"] = json!("Example Shop Ltd.");
    let mut site = Site::new(&titled, &json!({}));
    let mut reissuance = site.reissuance("cn-only");
    let Ok(Progress::Requesting(plan)) = site.next(&mut reissuance) else { panic!() };
    assert_eq!(plan.kept, ["www.example.com"]);
}

#[test]
fn a_name_that_cannot_be_sent_is_named() {
    let refused = |csr, names: &[&str]| {
        let names = names.to_vec();
        let result = plan(&NAMES, csr, |it| if names.is_empty() { it } else { it.names(names) });
        let Err(Error::Invalid(error)) = result else { panic!("{result:?}") };
        error.to_string()
    };
    assert!(refused("san-u-label", &[]).contains("\"b\u{fc}cher.example\" is not ASCII"));
    for name in ["a b.example", "", "-_-..example", "http://example.com", "*.*.example.com"] {
        let problem = refused("plain", &["shop.example.com", name]);
        assert!(problem.contains(&format!("{name:?} is not the name of a host")), "{problem}");
    }
}

#[test]
fn no_name_is_left_out_unasked() {
    let problem = plan(&NAMES, "plain", |it| it.names(["shop.example.com"])).unwrap_err();
    let problem = problem.to_string();
    assert!(problem.contains("leave out www.example.com, api.example.com"), "{problem}");
    assert!(problem.contains("72 hours"), "{problem}");
    let plan = plan(&NAMES, "plain", |it| it.names(["shop.example.com"]).remove_names(true));
    assert_eq!(plan.unwrap().removed, ["www.example.com", "api.example.com"]);
}

#[test]
fn the_request_has_the_names_and_the_options() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site
        .reissuance("plain")
        .dcv_method(DcvMethod::DnsCname)
        .options(|it| it.comments("key rotation").common_name("ignored").dns_names(["ignored"]));
    site.answer("POST reissue", 201, &json!({"id": 7, "certificate_id": 2}));
    site.requesting(&mut reissuance);
    site.answer(
        "GET validation",
        200,
        &json!({"order_id": "7", "order_status": "reissue_pending"}),
    );
    site.pass(&mut reissuance, 1);
    let sent = &site.sent["POST reissue"];
    assert_eq!(sent["certificate"]["common_name"], NAMES[0]);
    assert_eq!(sent["certificate"]["dns_names"], json!(NAMES));
    assert_eq!(
        (&sent["dcv_method"], &sent["comments"]),
        (&json!("dns-cname-token"), &json!("key rotation"))
    );
}

#[test]
fn a_value_in_the_answer_is_given_out_at_once() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain");
    site.requesting(&mut reissuance);
    site.answer(
        "POST reissue",
        201,
        &json!({
            "id": 7, "certificate_id": 7002, "requests": [{"id": 22}],
            "dcv_random_value": "0123456789abcdef0123456789abcdef",
        }),
    );
    site.answer("GET validation", 200, &waiting("dns-txt-token"));
    let Progress::Validation(challenges) = site.next(&mut reissuance).unwrap() else { panic!() };
    let record = challenges[0].dns_record().unwrap();
    assert_eq!(
        (&*record.name, &*record.content),
        ("example.com", "0123456789abcdef0123456789abcdef")
    );
    let awaited = Awaited::Validation(&challenges);
    assert_eq!(reissuance.waits_for(), Some(awaited));
    assert_eq!(
        awaited.to_string(),
        format!("the validation of {}", challenges[0].covers.join(", "))
    );
    // It is not given again, and a check is made at once, then once a minute.
    site.answer("PUT check-dcv", 400, &error("invalid_dns_txt"));
    let start = site.now;
    site.pass(&mut reissuance, 600);
    assert_eq!(site.count("PUT check-dcv"), 8, "at 0, 60, 120, 180, 240, 300, 380 and 540 s");
    assert!(site.now >= start + Duration::from_secs(600));
    assert!(reissuance.last_error().unwrap().has_code("invalid_dns_txt"));
    let validated = json!({"order_id": "7", "order_status": "reissue_pending"});
    site.answer("GET validation", 200, &validated);
    site.pass(&mut reissuance, 600);
    assert_eq!(reissuance.waits_for(), Some(Awaited::Issuance));
}

#[test]
fn a_changed_value_is_given_out_again() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.requested(&json!({"id": 7, "certificate_id": 2}));
    site.answer("GET validation", 200, &waiting("http-token"));
    site.answer("PUT dcv-random-value", 200, &json!({"dcv_random_value": "a"}));
    let Progress::Validation(first) = site.next(&mut reissuance).unwrap() else { panic!() };
    assert_eq!(first.len(), 2, "each name has a file");
    site.answer("PUT check-dcv", 400, &error("file_random_value_not_found"));
    site.pass(&mut reissuance, 3600);
    site.answer("PUT dcv-random-value", 200, &json!({"dcv_random_value": "b"}));
    site.now += Duration::from_secs(24 * 60 * 60);
    let Progress::Validation(second) = site.next(&mut reissuance).unwrap() else { panic!() };
    assert_eq!(second[0].http_file().unwrap().content, "b");
}

#[test]
fn validation_by_email_is_changed_to_what_a_program_can_complete() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.requested(&json!({"id": 7, "certificate_id": 2}));
    site.answer("GET validation", 200, &waiting("email"));
    // What fails for now is tried again.
    site.fails.insert("PUT dcv-method", FailureKind::Closed);
    site.answer("PUT dcv-method", 200, &json!({"dcv_random_value": "a"}));
    let Progress::Validation(challenges) = site.next(&mut reissuance).unwrap() else { panic!() };
    assert_eq!(site.sent["PUT dcv-method"], json!({"dcv_method": "dns-txt-token"}));
    assert_eq!(challenges[0].method, DcvMethod::Email, "the service has not followed yet");
    site.answer("GET validation", 200, &waiting("dns-txt-token"));
    let Progress::Validation(challenges) = site.next(&mut reissuance).unwrap() else { panic!() };
    assert_eq!(challenges[0].dns_record().unwrap().content, "a");
    assert_eq!(site.count("PUT dcv-method"), 2);
}

#[test]
fn a_certificate_in_the_answer_is_the_end() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain");
    site.requesting(&mut reissuance);
    let chain = json!([{"pem": pem("pem-noroot-for-plain")}]);
    site.answer(
        "POST reissue",
        201,
        &json!({"id": 7, "certificate_id": 2, "certificate_chain": chain}),
    );
    let Progress::Issued(issued) = site.next(&mut reissuance).unwrap() else { panic!() };
    assert_eq!(issued.certificate_id, Some(2.into()));
    assert_eq!(site.total(), 3, "order, list and request");
    assert!(matches!(reissuance.poll(site.now), Step::Done(Err(Error::Invalid(_)))));
}

#[test]
fn an_order_that_a_list_gave_is_not_asked_for_again() {
    let mut site = Site::new(&order(), &json!({}));
    let mut row = order();
    row["reissues_count"] = json!(0);
    let row: Order = serde_json::from_value(row).unwrap();
    let csr = csr("plain");
    let mut reissuance = Reissuance::for_order(&site.api, row.clone(), &*csr).unwrap();
    site.requesting(&mut reissuance);
    assert_eq!(site.total(), 0, "and the list of reissues is empty");
    // One whose names are not all there is, or perhaps not.
    let mut lone = row.clone();
    lone.certificate.as_mut().unwrap().dns_names.clear();
    let mut reissuance = Reissuance::for_order(&site.api, lone, &*csr).unwrap();
    site.requesting(&mut reissuance);
    assert_eq!(site.count("GET order"), 1);
    let mut row = row;
    row.number_of_sans = Some(4);
    let mut reissuance = Reissuance::for_order(&site.api, row, csr).unwrap();
    site.requesting(&mut reissuance);
    assert_eq!(site.count("GET order"), 2);
}

#[test]
fn the_id_of_the_answer_leads_to_the_certificate() {
    let old = json!({"id": 7001, "status": "issued", "date_created": "2026-04-08T17:33:26+00:00"});
    let row =
        |status| json!({"id": 7002, "status": status, "date_created": "2026-11-08T17:33:26+00:00"});
    let mut site = Site::new(&order(), &json!({"certificates": [old]}));
    let mut reissuance = site.requested(&json!({"id": 7, "certificate_id": 7002}));
    site.answer("GET validation", 200, &json!({"order_id": "7", "order_status": "processing"}));
    site.pass(&mut reissuance, 1);
    site.answer("GET reissue", 200, &json!({"certificates": [old, row("pending")]}));
    site.answer("GET validation", 200, &json!({"order_id": "7", "order_status": "issued"}));
    site.pass(&mut reissuance, 10);
    site.answer("GET reissue", 200, &json!({"certificates": [old, row("issued")]}));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut reissuance), Ok(Progress::Issued(_))));
}

#[test]
fn a_lost_answer_is_looked_for_until_it_shows() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain");
    site.requesting(&mut reissuance);
    site.fails.insert("POST reissue", FailureKind::Closed);
    assert_eq!(reissuance.waits_for(), None);
    site.pass(&mut reissuance, 3);
    assert!(reissuance.last_error().unwrap().may_have_taken_effect());
    assert_eq!(reissuance.waits_for(), Some(Awaited::Listing));
    let row = json!({"id": 2, "status": "issued", "date_created": "2026-11-08T17:33:26+00:00", "csr": csr("plain")});
    site.answer("GET reissue", 200, &json!({"certificates": [row]}));
    site.answer("GET download", 503, &json!({}));
    site.pass(&mut reissuance, 60);
    assert!(reissuance.is_requested() && reissuance.waits_for() == Some(Awaited::Issuance));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut reissuance), Ok(Progress::Issued(_))));
    assert_eq!(site.count("POST reissue"), 1);
}

#[test]
fn what_is_not_found_for_the_lag_is_requested_again() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain").lag(Duration::from_secs(60));
    site.requesting(&mut reissuance);
    let checkpoint = reissuance.checkpoint();
    let mut resumed = Reissuance::resume(&site.api, checkpoint).unwrap();
    let start = site.now;
    let Progress::Requesting(plan) = site.next(&mut resumed).unwrap() else { panic!() };
    assert_eq!(plan.kept, NAMES);
    assert!(site.now >= start + Duration::from_secs(60));
    assert_eq!(site.count("POST reissue"), 0);
}

#[test]
fn the_lag_goes_on_in_the_next_process() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain").lag(Duration::from_secs(60));
    site.requesting(&mut reissuance);
    let (mut checkpoint, start) = (reissuance.checkpoint(), site.now);
    for _ in 0..4 {
        let mut resumed = Reissuance::resume(&site.api, checkpoint).unwrap();
        resumed.set_deadline(Some(site.now + Duration::from_secs(10)));
        assert!(site.next(&mut resumed).unwrap_err().is_timeout());
        checkpoint = resumed.checkpoint();
    }
    let mut resumed = Reissuance::resume(&site.api, checkpoint).unwrap();
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Requesting(_))));
    assert_eq!(site.now, start + Duration::from_secs(60));
    // What is requested now is looked for as long again.
    let begun = site.now;
    let mut resumed = Reissuance::resume(&site.api, resumed.checkpoint()).unwrap();
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Requesting(_))));
    assert!(site.now >= begun + Duration::from_secs(60));
}

#[test]
fn a_checkpoint_that_knows_the_answer_never_requests_again() {
    let mut site = Site::new(&order(), &json!({}));
    let lag = Duration::from_secs(60);
    let mut reissuance = site.reissuance("plain").lag(lag);
    site.requesting(&mut reissuance);
    site.answer("POST reissue", 201, &json!({"id": 7, "requests": [{"id": 55}]}));
    assert_eq!(site.next(&mut reissuance).unwrap(), Progress::Approval(55.into()));
    let json = serde_json::to_string(&reissuance.checkpoint()).unwrap();

    // Neither the order nor its lists show anything for much longer than the lag.
    let request = |status| json!({"id": 55, "type": "reissue", "status": status});
    site.answer("GET request", 200, &request("pending"));
    let mut resumed = Reissuance::resume(&site.api, serde_json::from_str(&json).unwrap()).unwrap();
    assert_eq!(site.next(&mut resumed).unwrap(), Progress::Approval(55.into()));
    site.pass(&mut resumed, 100 * lag.as_secs());
    site.answer("GET request", 200, &request("approved"));
    site.answer("GET validation", 200, &waiting("dns-txt-token"));
    site.answer("PUT dcv-random-value", 200, &json!({"dcv_random_value": "a"}));
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Validation(_))));
    site.answer("PUT check-dcv", 400, &error("invalid_dns_txt"));
    site.pass(&mut resumed, 100 * lag.as_secs());
    assert!(resumed.is_requested());
    assert_eq!(site.count("POST reissue"), 1);
}

#[test]
fn after_a_refusal_nothing_is_looked_for() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain");
    site.requesting(&mut reissuance);
    let before = reissuance.checkpoint();
    site.answer("POST reissue", 400, &error("invalid_organization"));
    assert!(site.next(&mut reissuance).unwrap_err().has_code("invalid_organization"));
    let refused = reissuance.checkpoint();
    assert_ne!(refused, before);
    let start = site.now;
    let mut resumed = Reissuance::resume(&site.api, refused).unwrap();
    site.requesting(&mut resumed);
    assert_eq!((site.now, resumed.checkpoint()), (start, before.clone()), "and it may be sent now");
    // Driven on, it is to be saved again before it is sent again.
    site.requesting(&mut reissuance);
    assert_eq!((site.count("POST reissue"), reissuance.checkpoint()), (1, before));
}

#[test]
fn an_error_before_the_request_leaves_nothing_to_look_for() {
    let mut site = Site::new(&order(), &json!({}));
    site.answer("GET order", 503, &json!({}));
    let mut reissuance = site.reissuance("plain");
    assert!(site.next(&mut reissuance).is_err());
    let checkpoint = reissuance.checkpoint();
    site.answer("GET order", 200, &order());
    let start = site.now;
    site.requesting(&mut Reissuance::resume(&site.api, checkpoint).unwrap());
    assert_eq!(site.now, start);
    // One that was resumed may have been sent all the same.
    let mut sent = site.reissuance("plain");
    site.requesting(&mut sent);
    let mut resumed = Reissuance::resume(&site.api, sent.checkpoint()).unwrap();
    site.answer("GET order", 403, &error("access_denied"));
    assert!(site.next(&mut resumed).is_err());
    assert_eq!(resumed.checkpoint(), sent.checkpoint());
}

#[test]
fn another_reissue_that_is_pending_is_not_replaced_unasked() {
    let mut pending = order();
    pending["status"] = json!("reissue_pending");
    let mut open = order();
    open["requests"] = json!([{"id": 55, "type": "reissue", "status": "pending"}]);
    for order in [pending, open] {
        let mut site = Site::new(&order, &json!({}));
        let foreign = json!({"id": 55, "type": "reissue", "status": "pending", "order": {"id": 7, "status": "issued", "certificate": {"csr": csr("cn-only")}}});
        site.answer("GET request", 200, &foreign);
        let mut reissuance = site.reissuance("plain");
        let problem = site.next(&mut reissuance).unwrap_err().to_string();
        assert!(problem.contains("another reissue of the order is pending"), "{problem}");
        let mut reissuance = site.reissuance("plain").replace_pending(true);
        site.requesting(&mut reissuance);
    }
}

#[test]
fn an_open_request_for_the_same_csr_is_followed() {
    let mut open = order();
    open["requests"] = json!([{"id": 55, "type": "reissue", "status": "pending"}]);
    let mut site = Site::new(&open, &json!({}));
    let request = |status| {
        json!({"id": 55, "type": "reissue", "status": status, "processor_comment": "wrong names",
        "order": {"id": 7, "status": "issued", "certificate": {"csr": csr("plain")}}})
    };
    site.answer("GET request", 200, &request("pending"));
    let mut reissuance = site.reissuance("plain").approve(true);
    site.answer("PUT status", 403, &error("access_denied|invalid_approver"));
    assert_eq!(site.next(&mut reissuance).unwrap(), Progress::Approval(55.into()));
    assert_eq!(reissuance.waits_for(), Some(Awaited::Approval(55.into())));
    site.pass(&mut reissuance, 300);
    assert_eq!(site.count("PUT status"), 1, "it is not tried again with this key");
    site.answer("GET request", 200, &request("rejected"));
    let end = Progress::Rejected { reason: Some("wrong names".to_owned()) };
    assert_eq!(site.next(&mut reissuance).unwrap(), end);
    assert_eq!((site.count("POST reissue"), reissuance.waits_for()), (0, None));
}

#[test]
fn a_csr_that_has_a_certificate_needs_again() {
    let row = json!({"id": 2, "status": "issued", "date_created": "2026-04-08T17:33:26+00:00", "csr": csr("plain")});
    let mut site = Site::new(&order(), &json!({"certificates": [row]}));
    site.answer("GET download", 503, &json!({}));
    let mut reissuance = site.reissuance("plain");
    site.pass(&mut reissuance, 3);
    assert!(!reissuance.is_requested(), "it was there before");
    assert_eq!(reissuance.waits_for(), Some(Awaited::Issuance));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut reissuance), Ok(Progress::Issued(_))));
    let mut again = site.reissuance("plain").again(true);
    site.requesting(&mut again);
    // The old one is not taken for the new one, even after a kill.
    let mut resumed = Reissuance::resume(&site.api, again.checkpoint()).unwrap();
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Requesting(_))));
}

#[test]
fn an_order_that_is_over_is_not_reissued() {
    let mut over = order();
    over["status"] = json!("revoked");
    let mut site = Site::new(&over, &json!({}));
    let error = site.next(&mut site.reissuance("plain")).unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(error.to_string().contains("order 7 is revoked"), "{error}");
}

#[test]
fn other_ends_have_the_services_words() {
    for (status, reason) in
        [("revoked", Some("revoked")), ("canceled", Some("canceled")), ("rejected", None)]
    {
        let row = json!({"id": 2, "status": status, "date_created": "2026-04-08T17:33:26+00:00", "csr": csr("plain")});
        let mut site = Site::new(&order(), &json!({"certificates": [row]}));
        let mut reissuance = site.reissuance("plain");
        let end = Progress::Rejected { reason: reason.map(str::to_owned) };
        assert_eq!(site.next(&mut reissuance).unwrap(), end);
    }
}

#[test]
fn a_rejected_reissue_stays_rejected() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain").approve(true).lag(Duration::from_secs(60));
    site.requesting(&mut reissuance);
    site.answer("POST reissue", 201, &json!({"id": 7, "requests": [{"id": 55}]}));
    site.answer("PUT status", 400, &error("invalid_request_state"));
    let rejected = json!({"id": 55, "type": "reissue", "status": "rejected"});
    site.answer("GET request", 200, &rejected);
    let end = Progress::Rejected { reason: None };
    assert_eq!(site.next(&mut reissuance).unwrap(), end);
    // Whether the order shows the request or not.
    let checkpoint = reissuance.checkpoint();
    let mut shown = order();
    shown["requests"] = json!([rejected]);
    for order in [order(), shown] {
        site.answer("GET order", 200, &order);
        let mut resumed = Reissuance::resume(&site.api, checkpoint.clone()).unwrap();
        assert_eq!(site.next(&mut resumed).unwrap(), end);
    }
    assert_eq!(site.count("POST reissue"), 1);
}

#[test]
fn a_progress_is_one_line() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.reissuance("plain");
    let requesting = site.next(&mut reissuance).unwrap().to_string();
    assert_eq!(requesting, format!("requesting a certificate for {}", NAMES.join(", ")));
    assert_eq!(Progress::Approval(55.into()).to_string(), "request 55 must be approved");
    let rejected =
        |reason: Option<&str>| Progress::Rejected { reason: reason.map(str::to_owned) }.to_string();
    let unknown = "there will be no certificate: the request was rejected";
    assert_eq!(rejected(None), unknown);
    assert_eq!(rejected(Some("no\nway")), r"there will be no certificate: no\nway");

    site.answer("POST reissue", 201, &json!({"id": 7, "certificate_id": 2}));
    site.answer("GET validation", 200, &waiting("dns-txt-token"));
    site.answer("PUT dcv-random-value", 200, &json!({"dcv_random_value": "a"}));
    let validation = site.next(&mut reissuance).unwrap().to_string();
    assert_eq!(validation, "waiting for the validation of shop.example.com, www.example.com");
    let row = json!({"id": 2, "status": "issued", "date_created": "2026-11-08T17:33:26+00:00"});
    site.answer("GET reissue", 200, &json!({"certificates": [row]}));
    site.answer("PUT check-dcv", 200, &json!({"order_status": "issued"}));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    let issued = site.next(&mut reissuance).unwrap();
    let Progress::Issued(certificate) = &issued else { panic!("{issued}") };
    let (number, end) = (&certificate.serial_number, certificate.valid_till.unwrap());
    assert_eq!(issued.to_string(), format!("certificate {number} was issued, valid until {end}"));
}

#[test]
fn a_wrong_certificate_is_downloaded_again() {
    let row = |serial: &str| {
        json!({"certificates": [{"id": 2, "status": "issued", "serial_number": serial,
        "date_created": "2026-04-08T17:33:26+00:00", "csr": csr("plain")}]})
    };
    let mut site = Site::new(&order(), &row("1234"));
    let mut reissuance = site.reissuance("plain");
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    let problem = site.next(&mut reissuance).unwrap_err().to_string();
    assert!(problem.contains("serial number"), "{problem}");
    assert!(site.count("GET download") > 5, "until the lag is over");
    site.answer_text("GET download", &pem("pem-noroot-of-another-certificate"));
    site.pass(&mut reissuance, 2);
    assert!(reissuance.last_error().unwrap().to_string().contains("another key"));
}

#[test]
fn a_deadline_ends_the_wait_and_not_the_reissuance() {
    let mut site = Site::new(&order(), &json!({}));
    let mut reissuance = site.requested(&json!({"id": 7, "certificate_id": 2}));
    site.answer("GET validation", 200, &json!({"order_id": "7", "order_status": "processing"}));
    let deadline = site.now + Duration::from_secs(100);
    reissuance.set_deadline(Some(deadline));
    let error = site.next(&mut reissuance).unwrap_err();
    assert!(error.is_timeout() && error.is_transient() && site.now == deadline, "{error:#}");
    let said = "the time for the certificate was over after 100 s; give it more time";
    assert_eq!(error.to_string(), said);
    let requests = site.total();
    assert!(site.next(&mut reissuance).is_err());
    assert_eq!(site.total(), requests, "nothing is sent after the deadline");
    reissuance.set_deadline(None);
    reissuance.look_now();
    assert_eq!(reissuance.next_look(), None);
    let row = json!({"id": 2, "status": "issued", "date_created": "2026-11-08T17:33:26+00:00"});
    site.answer("GET validation", 200, &json!({"order_id": "7", "order_status": "issued"}));
    site.answer("GET reissue", 200, &json!({"certificates": [row]}));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut reissuance), Ok(Progress::Issued(_))));
}

#[test]
fn a_deadline_that_is_taken_away_leaves_a_call_its_timeout() {
    let timeout = Duration::from_secs(10);
    let mut site = Site::new(&order(), &json!({}));
    let api = Api::builder(ApiKey::new("S3cretKey").unwrap());
    site.api = api.call_timeout(timeout).build().unwrap();
    let mut reissuance = site.reissuance("plain");
    let Step::Send(_) = reissuance.poll(site.now) else { panic!() };
    reissuance.set_deadline(Some(site.now + 6 * timeout));
    reissuance.set_deadline(None);
    let busy = Response::builder().status(503).header("retry-after", "30");
    reissuance.handle(site.now, Ok(busy.body(Bytes::new()).unwrap()));
    let Step::Done(Err(error)) = reissuance.poll(site.now) else { panic!() };
    assert_eq!(error.retry_after(), Some(3 * timeout), "the pause would be too long");
}

#[test]
fn who_waits_holds_no_place_in_the_limiter() {
    let limit = RateLimit::windows(&[(1, Duration::from_secs(1))]).unwrap();
    let mut site = Site::new(&order(), &json!({}));
    site.api = Api::builder(ApiKey::new("S3cretKey").unwrap()).rate_limit(limit).build().unwrap();
    site.answer("GET validation", 200, &json!({"order_id": "7", "order_status": "processing"}));
    let mut waiting: Vec<_> =
        (0..100).map(|_| site.requested(&json!({"id": 7, "certificate_id": 2}))).collect();
    for reissuance in &mut waiting {
        let until = site.now + Duration::from_secs(20);
        reissuance.set_deadline(Some(until));
        assert!(site.next(reissuance).is_err() && reissuance.next_look().is_some());
    }
    let now = site.now + Duration::from_secs(1);
    assert!(matches!(site.api.call(ListReissues::new(OrderId(7))).poll(now), Step::Send(_)));
}

#[test]
fn what_is_no_csr_is_refused_at_once() {
    let api = Api::new(ApiKey::new("S3cretKey").unwrap());
    for csr in ["", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"] {
        assert!(matches!(Reissuance::new(&api, OrderId(7), csr), Err(Error::Invalid(_))));
    }
}

/// Plans a reissue of an order with these names.
fn plan(
    names: &[&str],
    csr: &str,
    options: impl FnOnce(Reissuance) -> Reissuance,
) -> Result<Plan, Error> {
    let mut site = Site::new(&order_of(names), &json!({}));
    let mut reissuance = options(site.reissuance(csr));
    match site.next(&mut reissuance)? {
        Progress::Requesting(plan) => Ok(plan),
        other => panic!("{other:?}"),
    }
}

fn order_of(names: &[&str]) -> Value {
    let mut order = order();
    order["certificate"]["common_name"] = json!(names[0]);
    order["certificate"]["dns_names"] = json!(names);
    order
}

fn order() -> Value {
    json!({"id": 7, "status": "issued",
        "certificate": {"id": 1, "common_name": NAMES[0], "dns_names": NAMES, "csr": csr("cn-only")}})
}
