//! Every file of `fixtures/` whose body is the JSON of an endpoint.

use std::collections::BTreeSet;

use bytes::Bytes;
use certcentral_core::{
    CertificateId, OrderId, RequestId,
    certificate::CertificateStatus,
    order::{ListDuplicates, ListOrders, Order, OrderInfo, OrderStatus, SignatureHash, Validity},
    request::{RequestInfo, RequestStatus, RequestType},
    user::UserInfo,
};
use serde_json::{Number, Value};
use time::{Date, Month, OffsetDateTime, Time};

use crate::{
    endpoints::ALL,
    fixture,
    normal::{normal, unknown_names},
    parse,
};

#[test]
fn each_is_written_in_the_service_own_form() {
    for endpoint in ALL {
        let mut count = 0;
        for file in certcentral_fixtures::folder(endpoint.folder) {
            let body: Value = serde_json::from_slice(file.body).unwrap();
            let output = (endpoint.read)(Bytes::from_static(file.body))
                .unwrap_or_else(|error| panic!("{file:?}: {error:?}"));
            assert_eq!(output.json.unwrap(), normal(&body, endpoint.schema), "{file:?}");
            count += 1;
        }
        assert!(count > 0, "no file in {}", endpoint.folder);
    }
}

#[test]
fn what_has_no_type_is_known() {
    let mut untyped = BTreeSet::new();
    for endpoint in ALL {
        for file in certcentral_fixtures::folder(endpoint.folder) {
            let body: Value = serde_json::from_slice(file.body).unwrap();
            if !file.name.contains("unknown-fields") {
                untyped.extend(unknown_names(&body, endpoint.schema));
            }
        }
    }
    let expected = [
        // No page describes their form.
        "container_id_assignments",
        "container_visibility",
        "ship_info",
        "unsubmitted_domains",
        // Only public clients name them.
        "additional_emails",
        "alternative_order_id",
        "api_key",
        "approver",
        "benefits",
        "currency",
        "dcv_method",
        "disable_ct",
        "has_pending_request",
        "notes",
        "order_approval_complete",
        "prices",
        "purchased_dns_names",
        "purchased_wildcard_names",
        "receipt_id",
        "server_licenses",
        "verification",
        "vmc",
        // Not sent since 2022, or earlier.
        "business_unit",
        "public_id",
        "send_minus_3",
        "send_minus_30",
        "send_minus_60",
        "send_minus_7",
        "send_minus_90",
        "send_plus_7",
    ];
    assert_eq!(untyped, expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn an_order_is_typed() {
    let order = order("112300-reissued-plan");
    assert_eq!((order.id, &order.status), (OrderId(112_300), &OrderStatus::Issued));
    assert_eq!((order.is_multi_year_plan, order.auto_reissue), (true, Some(true)));
    assert_eq!((order.auto_renew, order.is_renewal), (Some(false), Some(false)));
    assert_eq!(order.renewed_order_id, None, "0 is none");
    assert_eq!(order.order_valid_till, Some(day(2029, Month::January, 4)));
    assert_eq!(order.last_reissued_date, Some(utc(day(2026, Month::June, 10), (8, 21, 40))));
    assert_eq!(order.price, Number::from_f64(642.5));
    assert_eq!((order.reissues_count, order.duplicates_count), (Some(4), Some(3)));
    assert_eq!(order.requests[1].kind, Some(RequestType::Reissue));
    assert_eq!(order.requests[0].comments.as_deref(), Some("for the shop"));
    assert_eq!(order.custom_fields[1].value.as_deref(), Some("1701"));
    assert_eq!(order.organization.unwrap().id, Some(31));
    assert_eq!(order.verified_contacts[0].telephone_extension.as_deref(), Some("12"));

    let certificate = order.certificate.unwrap();
    assert_eq!(certificate.id, Some(CertificateId(45_678)));
    assert_eq!(certificate.cert_validity, Some(Validity::days(199)));
    assert_eq!(certificate.status, Some(CertificateStatus::Issued));
    assert_eq!(certificate.signature_hash, Some(SignatureHash::Sha256));
    assert_eq!(certificate.server_platform.unwrap().name.as_deref(), Some("nginx"));
    assert_eq!(certificate.valid_from, Some(day(2026, Month::June, 10)));
}

#[test]
fn what_an_order_does_not_have_is_absent() {
    assert_eq!(order("112415-bare"), Order::new(OrderId(112_415), OrderStatus::Pending));
    assert_eq!(order("112400-never-reissued").certificate.unwrap().status, None);
    assert_eq!(order("112401-needs-approval").certificate.unwrap().id, None);
    assert_eq!(order("112403-dv-without-organization").organization, None);
    assert_eq!(order("112402-pending").certificate.unwrap().server_platform.unwrap().id, Some(-1));
}

#[test]
fn rows_of_orders_are_typed() {
    let page = parse(&ListOrders::new(), 200, fixture("list_orders/recorded-rows.json")).unwrap();
    let plan = &page.orders[0];
    assert_eq!((plan.has_reissues, plan.has_duplicates), (Some(true), Some(true)));
    assert_eq!((plan.number_of_sans, plan.is_multi_year_plan), (Some(1), true));
    assert_eq!(plan.order_validity, Some(Validity::years(3)));
    assert!(!page.orders[1].is_multi_year_plan);
    assert_eq!(page.orders[1].order_valid_till, None, "nothing was issued");

    let page = parse(&ListOrders::new(), 200, fixture("list_orders/statuses.json")).unwrap();
    let others = page.iter().filter(|order| matches!(order.status, OrderStatus::Other(_)));
    assert_eq!(others.map(|order| order.status.as_str()).collect::<Vec<_>>(), ["on_hold"]);
}

#[test]
fn an_approved_duplicate_may_not_be_issued() {
    let path = "list_duplicates/112300-issued-waiting-archived.json";
    let list = parse(&ListDuplicates::new(OrderId(112_300)), 200, fixture(path)).unwrap();
    let rows = list.iter().map(|row| (row.status.as_str(), row.is_issued(), row.archived));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows[..2], [("approved", true, false), ("approved", false, false)]);
    assert!(rows[2].2, "the third is archived");
    assert_eq!(list.certificates[0].sub_id.as_deref(), Some("001"), "no number");
}

#[test]
fn a_request_has_the_order_as_it_was() {
    let path = "request_info/55022-reissue-approved.json";
    let request = parse(&RequestInfo::new(RequestId(55_022)), 200, fixture(path)).unwrap();
    assert_eq!((&request.kind, &request.status), (&RequestType::Reissue, &RequestStatus::Approved));
    assert!(request.date_processed > request.date && request.processor.is_some());
    let order = request.order.unwrap();
    assert_eq!(order.certificate.unwrap().id, None);
    assert_ne!(order.status, OrderStatus::Issued, "the snapshot is stale");
}

#[test]
fn a_sign_in_without_a_zone_is_utc() {
    let expected = Some(utc(day(2026, Month::November, 24), (15, 15, 13)));
    for file in ["administrator", "last-login-in-iso"] {
        let body = fixture(&format!("user_info/{file}.json"));
        let user = parse(&UserInfo::me(), 200, body).unwrap();
        assert_eq!(user.last_login_date, expected, "{file}");
    }
}

fn order(name: &str) -> Order {
    parse(&OrderInfo::new(OrderId(1)), 200, fixture(&format!("order_info/{name}.json"))).unwrap()
}

fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

fn utc(date: Date, (hour, minute, second): (u8, u8, u8)) -> OffsetDateTime {
    OffsetDateTime::new_utc(date, Time::from_hms(hour, minute, second).unwrap())
}
