//! What an order waits for, and what a check of it found.

use certcentral_core::{
    ApiError, CertificateId, DcvMethod, DomainId, Error, ErrorDetail, OrderId, OrganizationId,
    domain::DomainStatus,
    http::StatusCode,
    order::{
        ChangeOrderDcvMethod, CheckOrderDcv, DcvStatus, NewOrder, OrderRandomValue, OrderStatus,
        OrderValidationStatus, ValidationStatus,
    },
};

use crate::{fixture, parse};

#[test]
fn ids_are_read_from_texts_and_from_numbers() {
    let status = status("112300-waits");
    assert_eq!(
        (status.order_id, status.organization_id),
        (OrderId(112_300), Some(OrganizationId(31)))
    );
    let ids = status.dns_name_validations.iter().map(|row| row.domain_id.unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), [DomainId(90_210), DomainId(90_211)]);
    let numbers = self::status("112306-ids-as-numbers");
    assert_eq!(numbers.order_id, OrderId(112_306));
    assert_eq!(numbers.dns_name_validations[0].domain_id, Some(DomainId(90_210)));
}

#[test]
fn ids_beyond_32_bits_are_read() {
    let id = u64::from(u32::MAX) + 7;
    let body = format!(
        r#"{{"order_id": "{id}", "order_status": "issued", "organization_id": "{id}",
        "dns_name_validations": [{{"domain_id": "{id}", "name_scope": "x", "status": "approved"}}]}}"#
    );
    let status = parse(&OrderValidationStatus::new(OrderId(id)), 200, body).unwrap();
    assert_eq!((status.order_id, status.organization_id), (OrderId(id), Some(OrganizationId(id))));
    assert_eq!(status.dns_name_validations[0].domain_id, Some(DomainId(id)));
}

#[test]
fn a_row_is_a_scope_with_the_names_that_it_counts_for() {
    let status = status("112300-waits");
    let open: Vec<_> = status.open_scopes().collect();
    assert_eq!((open.len(), &*open[0].name_scope), (1, "example.net"));
    assert_eq!(open[0].dns_names, ["shop.example.net", "api.example.net"]);
    assert_eq!((&open[0].status, open[0].approval_expiration_date), (&DcvStatus::Unapproved, None));
    let approved = &status.dns_name_validations[1];
    assert_eq!(approved.method, Some(DcvMethod::Email));
    assert_eq!(approved.approval_expiration_date.unwrap().unix_timestamp(), 1_789_891_200);
}

#[test]
fn a_dv_order_has_no_organization_and_no_domain_ids() {
    let status = status("112303-dv");
    assert_eq!((status.organization_id, status.organization_name), (None, None));
    assert_eq!(status.organization_validations, []);
    let row = &status.dns_name_validations[0];
    assert_eq!((row.domain_id, &row.extra["risk_status"]), (None, &"pass".into()));
}

#[test]
fn only_what_has_nothing_open_is_validated() {
    for (name, is_validated) in [
        ("112300-waits", false),
        ("112301-validated", true),
        ("112302-organization-pending", false),
        ("112303-dv", false),
        ("112305-no-names", false),
        ("112308-unknown-fields", false),
    ] {
        assert_eq!(status(name).is_validated(), is_validated, "{name}");
    }
    let mut dv = status("112303-dv");
    dv.dns_name_validations[0].status = DcvStatus::Approved;
    assert!(dv.is_validated(), "without an organization");
    dv.organization_id = Some(OrganizationId(31));
    assert!(!dv.is_validated(), "nothing is said of the organization");

    let mut unknown = status("112301-validated");
    unknown.organization_validations[0].status = Some("in_review".into());
    assert!(!unknown.is_validated());
    unknown.organization_validations[0].status = None;
    assert!(!unknown.is_validated());
    let empty = r#"{"order_id": 7, "order_status": "reissue_pending"}"#;
    let empty = parse(&OrderValidationStatus::new(OrderId(7)), 200, empty).unwrap();
    assert!(!empty.is_validated(), "a response that says nothing");
}

#[test]
fn a_check_names_what_is_open() {
    let checked = parse(&check(), 200, fixture("check_order_dcv/not-found.json")).unwrap();
    assert_eq!(checked.order_status, OrderStatus::ReissuePending);
    assert_eq!(checked.certificate_id, Some(CertificateId(810_401)));
    let rows = checked.dns_name_validations.iter();
    let open = rows.filter(|row| row.status != DcvStatus::Approved).map(|row| &*row.dns_name);
    assert_eq!(open.collect::<Vec<_>>(), ["shop.example.net"]);
}

#[test]
fn what_is_not_found_yet_is_no_failure_of_a_check() {
    for (file, is_not_yet) in [
        ("400-invalid-dns-txt", true),
        ("400-file-random-value-not-found", true),
        ("400-invalid-dns-method", false),
        ("400-required-param", false),
        ("404-not-found-order", false),
        ("502-proxy-page", false),
    ] {
        let extension = if file.starts_with("502") { "html" } else { "json" };
        let body = fixture(&format!("errors/{file}.{extension}"));
        let error = parse(&check(), file[..3].parse().unwrap(), body).unwrap_err();
        assert_eq!(CheckOrderDcv::is_not_published_yet(&error), is_not_yet, "{file}");
    }
    let refused = |status, codes: &[&str]| {
        let mut error = ApiError::new(status);
        error.errors = codes.iter().map(|code| ErrorDetail::new(*code, "")).collect();
        CheckOrderDcv::is_not_published_yet(&Error::from(error))
    };
    assert!(refused(StatusCode::BAD_REQUEST, &["invalid_dns_cname"]));
    assert!(refused(StatusCode::BAD_REQUEST, &["x", "invalid_dns_txt|shop.example.net"]));
    assert!(!refused(StatusCode::BAD_REQUEST, &["invalid_dns_method|email"]));
    assert!(!refused(StatusCode::BAD_REQUEST, &[]));
    assert!(!refused(StatusCode::FORBIDDEN, &["invalid_dns_txt"]));
    let error = parse(&check(), 200, "<html>invalid_dns_txt").unwrap_err();
    assert!(!CheckOrderDcv::is_not_published_yet(&error));
}

#[test]
fn a_random_value_is_kept_as_it_is() {
    let value = r#"{"dcv_random_value": "_q1 ", "expiration_date": "2026-12-29T10:00:00Z"}"#;
    let read = parse(&OrderRandomValue::new(OrderId(7)), 200, value).unwrap();
    assert_eq!(read.dcv_random_value, "_q1 ");
    assert_eq!(read.expiration_date.unwrap().unix_timestamp(), 1_798_538_400);
}

#[test]
fn a_change_of_the_method_gives_a_value_but_for_email() {
    let change = |method: DcvMethod, status, body: &'static str| {
        parse(&ChangeOrderDcvMethod::new(OrderId(7), method), status, body)
    };
    let value = r#"{"dcv_random_value": "_q1w2e3"}"#;
    for method in [DcvMethod::DnsTxt, DcvMethod::HttpFile] {
        let changed = change(method.clone(), 200, value).unwrap().unwrap();
        assert_eq!(changed.dcv_random_value, "_q1w2e3");
        // As a domain says that the method was set already.
        assert_eq!(change(method.clone(), 200, "{}").unwrap(), None);
        assert!(change(method, 200, "").is_err(), "cut off");
    }
    for (status, body) in [(204, ""), (200, ""), (200, "{}"), (200, "null\n")] {
        assert_eq!(change(DcvMethod::Email, status, body).unwrap(), None, "{status} {body}");
    }
    assert!(change(DcvMethod::Email, 200, "<html>").is_err());
}

#[test]
fn a_new_order_has_its_domains() {
    let body = fixture("new_order/ov-by-token.json");
    let domain = &parse(&NewOrder::new("ssl_basic", "MIIB"), 201, body).unwrap().domains[0];
    assert_eq!((domain.id, domain.name.as_deref()), (Some(DomainId(90_210)), Some("example.net")));
    assert_eq!(domain.dns_name.as_deref(), Some("shop.example.net"));
    assert_eq!(domain.dcv_token.as_ref().unwrap().status, Some(DomainStatus::Pending));
}

fn check() -> CheckOrderDcv {
    CheckOrderDcv::new(OrderId(7))
}

fn status(name: &str) -> ValidationStatus {
    let path = format!("order_validation_status/{name}.json");
    parse(&OrderValidationStatus::new(OrderId(1)), 200, fixture(&path)).unwrap()
}
