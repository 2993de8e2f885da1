//! Every file of `fixtures/` whose body is the JSON of an endpoint.

use certcentral_core::{
    CertificateId, OrderId, OrganizationId, RequestId,
    certificate::CertificateStatus,
    order::{ListDuplicates, ListOrders, Order, OrderInfo, OrderStatus, SignatureHash},
    request::{RequestInfo, RequestStatus, RequestType},
};
use serde_json::Value;
use time::{Date, Month, OffsetDateTime, Time};

use certcentral_core_testing::endpoints::{ALL, with_json};

use crate::{fixture, normal::normal, parse};

#[test]
fn each_is_read_as_the_service_means_it() {
    for endpoint in with_json() {
        let mut count = 0;
        for file in certcentral_fixtures::folder(&endpoint.folder) {
            let body: Value = serde_json::from_slice(file.body).unwrap();
            let output =
                endpoint.read(file.body).unwrap_or_else(|error| panic!("{file:?}: {error:?}"));
            assert_eq!(output.json, normal(&body, endpoint.schema), "{file:?}");
            count += 1;
        }
        assert!(count > 0, "no file in {}", endpoint.folder);
    }
}

#[test]
fn every_folder_is_that_of_an_endpoint() {
    let others = ["csr", "errors"];
    for file in certcentral_fixtures::all().iter().filter(|file| !others.contains(&file.folder)) {
        let is_described = ALL.iter().any(|endpoint| endpoint.folder == file.folder);
        assert!(is_described, "no row for {} in certcentral_core_testing", file.folder);
    }
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
    assert_eq!((order.reissues_count, order.duplicates_count), (Some(4), Some(3)));
    assert_eq!(order.requests[1].kind, Some(RequestType::Reissue));
    assert_eq!(order.requests[0].comments.as_deref(), Some("for the shop"));
    assert_eq!(order.organization.unwrap().id, Some(OrganizationId(31)));
    assert_eq!(order.extra["custom_fields"][1]["value"], "1701");

    let certificate = order.certificate.unwrap();
    assert_eq!(certificate.id, Some(CertificateId(45_678)));
    assert_eq!(certificate.status, Some(CertificateStatus::Issued));
    assert_eq!(certificate.signature_hash, Some(SignatureHash::Sha256));
    assert_eq!(certificate.extra["server_platform"]["name"], "nginx");
    assert_eq!(certificate.valid_from, Some(day(2026, Month::June, 10)));
}

#[test]
fn what_an_order_does_not_have_is_absent() {
    let bare = serde_json::from_str(r#"{"id": 112415, "status": "pending"}"#).unwrap();
    assert_eq!(order("112415-bare"), bare);
    assert_eq!(order("112400-never-reissued").certificate.unwrap().status, None);
    assert_eq!(order("112401-needs-approval").certificate.unwrap().id, None);
    assert_eq!(order("112403-dv-without-organization").organization, None);
}

#[test]
fn rows_of_orders_are_typed() {
    let page = parse(&ListOrders::new(), 200, fixture("list_orders/recorded-rows.json")).unwrap();
    let plan = &page.orders[0];
    assert_eq!((plan.has_reissues, plan.has_duplicates), (Some(true), Some(true)));
    assert_eq!((plan.number_of_sans, plan.is_multi_year_plan), (Some(1), true));
    assert!(!page.orders[1].is_multi_year_plan);
    assert_eq!(page.orders[1].order_valid_till, None, "nothing was issued");

    let page = parse(&ListOrders::new(), 200, fixture("list_orders/statuses.json")).unwrap();
    let others = page.iter().filter(|order| matches!(order.status, OrderStatus::Other(_)));
    assert_eq!(others.map(|order| order.status.as_str()).collect::<Vec<_>>(), ["on_hold"]);
}

#[test]
fn a_field_that_is_not_typed_costs_no_page() {
    let body = fixture("list_orders/document-signing-rows.json");
    let page = parse(&ListOrders::new(), 200, body).unwrap();
    assert_eq!(page.orders[0].extra["verified_contacts"]["users"][0]["first_name"], "Jordan");
    assert_eq!(page.orders[1].extra["verified_contacts"][0]["id"], 5);
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

fn order(name: &str) -> Order {
    parse(&OrderInfo::new(OrderId(1)), 200, fixture(&format!("order_info/{name}.json"))).unwrap()
}

fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

fn utc(date: Date, (hour, minute, second): (u8, u8, u8)) -> OffsetDateTime {
    OffsetDateTime::new_utc(date, Time::from_hms(hour, minute, second).unwrap())
}
