//! Domains, and what shows control of them.

use certcentral_core::{
    DcvMethod, DomainId, Error, Paged,
    domain::{
        ChangeDomainDcvMethod, CheckDomainDcv, Domain, DomainInfo, DomainStatus, ListDomains,
        SubmitDomain,
    },
    order::CheckOrderDcv,
    reissuance::Challenge,
};
use time::{Duration, OffsetDateTime};

use crate::{fixture, parse};

#[test]
fn a_row_of_the_list_is_typed() {
    let body = fixture("list_domains/documented-rows.json");
    let row = &parse(&ListDomains::new(), 200, body).unwrap().domains[0];
    assert_eq!((row.id, row.is_active), (DomainId(90_210), Some(true)));
    assert_eq!(row.organization.as_ref().unwrap().extra["is_active"], "1");
    assert_eq!(row.validations[0].kind.as_deref(), Some("ov"));
    assert_eq!(row.validations[0].status, Some(DomainStatus::Active));
    assert_eq!((&row.dcv_token, row.is_pending_validation), (&None, None));
}

#[test]
fn only_the_end_tells_whether_a_domain_is_validated() {
    let body = fixture("list_domains/recorded-rows.json");
    let rows = parse(&ListDomains::new(), 200, body).unwrap().domains;
    let [expired, never, acme] = &rows[..] else { panic!("{rows:?}") };
    let end = expired.dcv_expiration_datetime.unwrap();
    assert_eq!((expired.validations.len(), never.validations.len()), (0, 0), "in both cases");
    assert!(expired.is_validated(end - Duration::SECOND));
    assert!(!expired.is_validated(end));
    assert!(!never.is_validated(OffsetDateTime::UNIX_EPOCH));
    assert_eq!(acme.dcv_method, Some("acme".into()));
}

#[test]
fn the_end_is_not_that_of_the_dates_in_mountain_time() {
    let json = r#"{"id": 1, "name": "x", "dcv_expiration": {"ov": "2026-09-16"},
        "dcv_expiration_datetime": "2026-09-17T05:30:00+00:00"}"#;
    let domain = parse(&DomainInfo::new(DomainId(1)), 200, json).unwrap();
    let late = domain.dcv_expiration_datetime.unwrap() - Duration::HOUR;
    assert_eq!(late.day(), 17);
    assert!(domain.is_validated(late));
    assert_eq!(domain.extra["dcv_expiration"]["ov"], "2026-09-16");
}

#[test]
fn a_list_without_rows_lacks_its_key() {
    let list = ListDomains::new();
    for file in ["none-without-the-list", "none-empty-object"] {
        let body = fixture(&format!("list_domains/{file}.json"));
        let page = parse(&list, 200, body).unwrap();
        assert!(page.is_empty() && list.next_page(&page).is_none(), "{file}");
    }
    let error = parse(&list, 200, r#"{"page": {"total": 2}}"#).unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "rows are missing");
}

#[test]
fn the_pages_of_the_list_follow_each_other() {
    let first = ListDomains::new().filter("status", "active").limit(2);
    let page = parse(&first, 200, fixture("list_domains/page-1-of-2.json")).unwrap();
    let second = first.next_page(&page).unwrap();
    let last = parse(&second, 200, fixture("list_domains/page-2-of-2.json")).unwrap();
    assert_eq!(second.next_page(&last), None);
    let ids: Vec<_> = page.iter().chain(&last).map(|domain| domain.id.0).collect();
    assert_eq!(ids, [90_220, 90_221, 90_222]);
    let error = parse(&first, 200, fixture("list_domains/page-2-of-2.json")).unwrap_err();
    assert!(matches!(error, Error::Decode(e) if e.path() == "page.offset"));
}

#[test]
fn a_domain_that_is_revalidated_is_validated_meanwhile() {
    let domain = info("90210-pending-with-dcv");
    assert_eq!(domain.is_pending_validation, Some(true));
    assert_eq!(domain.validations[0].extra["dcv_status"], "pending");
    assert!(domain.is_validated(domain.last_submitted_datetime.unwrap()));
}

#[test]
fn what_to_publish_for_a_domain_is_in_its_token() {
    const VALUE: &str = "_a9s8d7f6g5h4j3k2l1z0x9c8v7b6n5m";
    let challenge = |name: &str| Challenge::of_domain(&info(name));
    let txt = challenge("90210-pending-with-dcv").unwrap();
    assert_eq!((&txt.covers[..], txt.expires.is_some()), (&["example.net".to_owned()][..], true));
    assert_eq!(txt.dns_record().unwrap().content, VALUE);
    let cname = challenge("90211-cname").unwrap().dns_record().unwrap();
    assert_eq!(cname.content, format!("{VALUE}.dcv.digicert.com"), "not the zone alone");
    let file = challenge("90212-file").unwrap().http_file().unwrap();
    assert_eq!(Some(file.url), info("90212-file").dcv_token.unwrap().http_token_url);
    assert_eq!(challenge("90213-bare"), None);
    assert_eq!(challenge("90216-optional-fields-empty"), None);
}

#[test]
fn a_submission_is_done_with_and_without_a_body() {
    let submit = SubmitDomain::new(DomainId(5), ["ov"]);
    let created = r#"{"id": 5, "dcv_token": {"token": "_a9"}}"#;
    for (status, body) in [(204, ""), (201, created), (201, ""), (200, "{}")] {
        parse(&submit, status, body).unwrap();
    }
    for body in ["<html>", "[1]", r#"{"id": 5, "dcv"#] {
        assert!(matches!(parse(&submit, 201, body), Err(Error::Decode(_))), "{body}");
    }
}

#[test]
fn a_change_of_the_method_may_say_nothing() {
    let change = ChangeDomainDcvMethod::new(DomainId(5), DcvMethod::DnsTxt);
    let token = |file: &str| {
        let body = fixture(&format!("change_domain_dcv_method/{file}.json"));
        parse(&change, 200, body).unwrap().dcv_token
    };
    assert!(token("value").is_some_and(|it| it.status == Some(DomainStatus::Pending)));
    assert_eq!((token("email"), token("set-already")), (None, None));
}

#[test]
fn a_domain_is_checked_as_an_order_is() {
    let check = CheckDomainDcv::new(DomainId(5));
    for file in ["found", "status-only"] {
        let body = fixture(&format!("check_domain_dcv/{file}.json"));
        assert_eq!(parse(&check, 200, body).unwrap().status, Some(DomainStatus::Active), "{file}");
    }
    let body = fixture("errors/400-invalid-dns-txt.json");
    let error = parse(&check, 400, body).unwrap_err();
    assert!(CheckOrderDcv::is_not_published_yet(&error));
}

fn info(name: &str) -> Domain {
    let body = fixture(&format!("domain_info/{name}.json"));
    parse(&DomainInfo::new(DomainId(1)), 200, body).unwrap()
}
