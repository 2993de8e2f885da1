//! Requests as they are sent, and input that is refused before.

use std::time::Duration;

use certcentral_core::{
    CertificateId, ContainerId, DcvMethod, DomainId, Endpoint, Error, OrderId, OrganizationId,
    RequestId,
    certificate::{
        DownloadCertificate, DownloadCertificateAs, FileFormat, RevocationReason, RevokeCertificate,
    },
    domain::{ChangeDomainDcvMethod, DomainEmails, DomainInfo, ListDomains, SubmitDomain},
    order::{
        ChangeOrderDcvMethod, CheckOrderDcv, DuplicateCertificate, ListDuplicates, ListOrders,
        NewOrder, OrderInfo, OrderStatus, OrderValidationStatus, OrdersByAlternativeId,
        ReissueCertificate, ResendOrderEmails, RevokeOrder, SignatureHash, StatusChanges,
        UpdateOrderStatus, Validity,
    },
    organization::ListOrganizations,
    product::ProductInfo,
    request::{ListRequests, RequestStatus, RequestType, UpdateRequestStatus},
};
use certcentral_core_testing::endpoints::ALL;
use serde_json::{Value, json};
use time::{Date, Month};

use crate::api;

const CSR: &str = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";

#[test]
fn every_request_is_sent_as_its_row_says() {
    for endpoint in &*ALL {
        let request = endpoint.build();
        let uri = request.uri().to_string();
        let below = uri.strip_prefix("https://www.digicert.com/services/v2").unwrap();
        assert_eq!(format!("{} {below}", request.method()), endpoint.sends);
        assert!(request.method() != "GET" || request.body().is_empty(), "{endpoint:?}");
    }
}

#[test]
fn options_of_requests_without_a_body_are_sent() {
    assert_get(&ListOrders::new().offset(0), "/order/certificate");
    assert_get(
        &ListDuplicates::new(OrderId(7)).show_archived(true),
        "/order/certificate/7/duplicate?show_archived=true",
    );
    assert_get(
        &OrderValidationStatus::new(OrderId(7)).include_risk_check(true),
        "/order/certificate/7/validation?include_risk_check=true",
    );
    let download = DownloadCertificate::new(CertificateId(8));
    assert_get(&download.clone().without_root(), "/certificate/8/download/format/pem_noroot");
    assert_get(&download.leaf_only(), "/certificate/8/download/format/pem_nointermediate");
}

#[test]
fn a_download_takes_any_content_type() {
    let request = api().build_request(&DownloadCertificate::new(CertificateId(8))).unwrap();
    assert_eq!(request.headers()["accept"], "*/*");
    let request = api().build_request(&OrderInfo::new(OrderId(8))).unwrap();
    assert_eq!(request.headers()["accept"], "application/json");
}

#[test]
fn filters_and_texts_are_encoded() {
    let list = ListOrders::new()
        .status(OrderStatus::ReissuePending)
        .filter("search", "%a&b=c#d é")
        .filter("valid_till", "<2026-12-31")
        .sort("-date_created,order_id")
        .limit(500)
        .offset(u32::MAX);
    assert_get(
        &list,
        "/order/certificate?filters%5Bstatus%5D=reissue_pending\
         &filters%5Bsearch%5D=%25a%26b%3Dc%23d+%C3%A9&filters%5Bvalid_till%5D=%3C2026-12-31\
         &sort=-date_created%2Corder_id&limit=500&offset=4294967295",
    );
    let list = ListOrders::new().status("some/new?status");
    assert_get(&list, "/order/certificate?filters%5Bstatus%5D=some%2Fnew%3Fstatus");
}

#[test]
fn several_statuses_are_sent_as_an_array() {
    let list = ListOrders::new().status("issued").filter("id", "7").filter("status", "pending");
    let query = "filters%5Bstatus%5D%5B0%5D=issued&filters%5Bstatus%5D%5B1%5D=pending\
                 &filters%5Bid%5D=7";
    assert_get(&list, &format!("/order/certificate?{query}"));
}

#[test]
fn a_time_frame_is_sent_in_whole_seconds() {
    for (millis, seconds) in [(1, 1), (1000, 1), (1001, 2), (604_800_000, 604_800)] {
        let changes = StatusChanges::within(Duration::from_millis(millis));
        assert_get(&changes, &format!("/order/certificate/status-changes?seconds={seconds}"));
    }
}

#[test]
fn a_reissue_is_requested_with_all_that_is_set() {
    let reissue = ReissueCertificate::new(OrderId(7), CSR);
    let bare = json!({"certificate": {"csr": CSR, "signature_hash": "sha256"}});
    assert_body(&reissue, "POST", "/order/certificate/7/reissue", &bare);

    let reissue = reissue
        .common_name("shop.example.net")
        .dns_names(["shop.example.net", "*.example.net"])
        .signature_hash(SignatureHash::Sha384)
        .server_platform(-1)
        .ca_cert_id("DF3689F672CCB90C")
        .certificate_validity(Validity::until(
            Date::from_calendar_date(2026, Month::December, 31).unwrap(),
        ))
        .skip_approval(true)
        .dcv_method(DcvMethod::DnsTxt)
        .cs_provisioning_method("ship_token")
        .comments("new key");
    let full = json!({
        "certificate": {
            "common_name": "shop.example.net",
            "dns_names": ["shop.example.net", "*.example.net"],
            "csr": CSR,
            "signature_hash": "sha384",
            "server_platform": {"id": -1},
            "ca_cert_id": "DF3689F672CCB90C",
            "cert_validity": {"custom_expiration_date": "2026-12-31"},
        },
        "skip_approval": true,
        "dcv_method": "dns-txt-token",
        "cs_provisioning_method": "ship_token",
        "comments": "new key",
    });
    assert_body(&reissue, "POST", "/order/certificate/7/reissue", &full);
}

#[test]
fn an_order_is_placed_with_all_that_is_set() {
    let path = "/order/certificate/ssl_basic";
    let order = NewOrder::new("ssl_basic", CSR).common_name("shop.example.net");
    let certificate = json!({
        "common_name": "shop.example.net", "csr": CSR, "signature_hash": "sha256",
    });
    let until = Date::from_calendar_date(2027, Month::March, 1).unwrap();
    for (order, validity) in [
        (order.clone().days(3).until(until).years(2), json!({"years": 2})),
        (order.clone().days(90), json!({"days": 90})),
        (order.clone().until(until), json!({"custom_expiration_date": "2027-03-01"})),
    ] {
        let body = json!({"certificate": certificate, "order_validity": validity});
        assert_body(&order, "POST", path, &body);
    }

    let order = order
        .years(1)
        .dns_names(["www.shop.example.net"])
        .certificate_validity(Validity::days(90))
        .organization(OrganizationId(31))
        .renewal_of(OrderId(112_233))
        .alternative_order_id("fleet-7f3a")
        .dcv_method(DcvMethod::DnsTxt)
        .skip_approval(true)
        .comments("for the shop")
        .field("certificate_dcv_scope", "fqdn")
        .field("container.id", 7)
        .field("payment_method", "balance")
        .field("custom_fields", json!([{"metadata_id": 12, "value": "1701"}]));
    let full = json!({
        "certificate": {
            "common_name": "shop.example.net",
            "dns_names": ["www.shop.example.net"],
            "csr": CSR,
            "signature_hash": "sha256",
            "cert_validity": {"days": 90},
        },
        "organization": {"id": 31},
        "order_validity": {"years": 1},
        "renewal_of_order_id": 112_233,
        "alternative_order_id": "fleet-7f3a",
        "dcv_method": "dns-txt-token",
        "certificate_dcv_scope": "fqdn",
        "container": {"id": 7},
        "payment_method": "balance",
        "skip_approval": true,
        "comments": "for the shop",
        "custom_fields": [{"metadata_id": 12, "value": "1701"}],
    });
    assert_body(&order, "POST", path, &full);
}

#[test]
fn an_order_that_would_be_refused_is_not_sent() {
    let order = NewOrder::new("ssl_basic", CSR).common_name("a.example").years(1);
    assert!(api().build_request(&order).is_ok());
    let nameless = NewOrder::new("ssl_basic", CSR).years(1);
    assert_refused(&nameless.clone(), "none is taken from the CSR");
    assert_refused(&nameless.dns_names(["a.example"]), "set common_name");
    assert_refused(&order.clone().dns_names([" "]), "is empty; leave it out");
    let endless = NewOrder::new("ssl_basic", CSR).common_name("a.example");
    assert_refused(&endless, "set years, days or until");
    assert_refused(&order.clone().years(0), "a validity of 0 is none");
    assert_refused(&order.clone().days(0), "a validity of 0 is none");
    // It would cost as much as a new one, and renew nothing.
    assert_refused(&order.clone().renewal_of(OrderId(0)), "renews none");
    assert_refused(&order.alternative_order_id(" "), "finds nothing");
    for product in ["", "112233", "ssl_basic/1", "ssl basic", "../ssl", "ssl?x"] {
        let order = NewOrder::new(product, CSR).common_name("a.example").years(1);
        assert_refused(&order, "this is no product");
    }
    for csr in ["", "not yet"] {
        let order = NewOrder::new("ssl_basic", csr).common_name("a.example").years(1);
        assert_refused(&order, "CSR");
    }
}

#[test]
fn any_field_can_be_set_changed_and_left_out() {
    let order = NewOrder::new("ssl_basic", CSR).common_name("a.example").years(1);
    let order = order.dns_names(["b.example"]).server_platform(2).comments("x");
    let order = order.field("container", 7).field("container.id", 8).field("a.b.c", true);
    let none = Value::Null;
    let order = order.field("comments", none.clone()).field("organization.id", none.clone());
    let order = order.field("certificate.server_platform.id", none);
    let body = json!({
        "certificate": {"common_name": "a.example", "csr": CSR, "signature_hash": "sha256"},
        "order_validity": {"years": 1},
        "container": {"id": 8},
        "a": {"b": {"c": true}},
    });
    assert_body(&order.dns_names([""; 0]), "POST", "/order/certificate/ssl_basic", &body);
}

#[test]
fn an_order_is_looked_for_by_any_reference() {
    let look = OrdersByAlternativeId::new("fleet-7f3a_1.2~");
    assert_get(&look.limit(10).offset(5), "/order/alternate/fleet-7f3a_1.2~?limit=10&offset=5");
    let look = OrdersByAlternativeId::new("PO 7/3?#%+é");
    assert_get(&look, "/order/alternate/PO%207%2F3%3F%23%25%2B%C3%A9");
    for reference in ["", " ", ".", ".."] {
        assert_refused(&OrdersByAlternativeId::new(reference), "finds nothing; name one");
    }
    assert_refused(&OrdersByAlternativeId::new("x").limit(0), "a limit of 0 lists nothing");
}

#[test]
fn a_duplicate_is_requested_with_all_that_is_set() {
    let path = "/order/certificate/7/duplicate";
    let duplicate = DuplicateCertificate::new(OrderId(7), CSR);
    assert_refused(&duplicate, "the duplicate has no common name");
    let duplicate = duplicate
        .common_name("shop.example.net")
        .dns_names(["www.shop.example.net"])
        .signature_hash(SignatureHash::Sha512)
        .server_platform(2)
        .ca_cert_id("DF3689F672CCB90C")
        .certificate_validity(Validity::years(1))
        .skip_approval(false)
        .comments("for the second server");
    let full = json!({
        "certificate": {
            "common_name": "shop.example.net",
            "dns_names": ["www.shop.example.net"],
            "csr": CSR,
            "signature_hash": "sha512",
            "server_platform": {"id": 2},
            "ca_cert_id": "DF3689F672CCB90C",
            "cert_validity": {"years": 1},
        },
        "skip_approval": false,
        "comments": "for the second server",
    });
    assert_body(&duplicate, "POST", path, &full);
    assert_refused(&duplicate.common_name(" "), "is empty; leave it out");
}

#[test]
fn a_revocation_is_requested_with_all_that_is_set() {
    let body = json!({"revocation_reason": "keyCompromise", "comments": "leaked"});
    let certificate = RevokeCertificate::new(CertificateId(8));
    assert_body(&certificate, "PUT", "/certificate/8/revoke", &json!({}));
    let certificate = certificate.reason(RevocationReason::KeyCompromise).comments("leaked");
    assert_body(&certificate, "PUT", "/certificate/8/revoke", &body);

    let order = RevokeOrder::new(OrderId(7));
    assert_body(
        &order.clone().skip_approval(true),
        "PUT",
        "/order/certificate/7/revoke",
        &json!({"skip_approval": true}),
    );
    let order =
        order.reason(RevocationReason::KeyCompromise).comments("leaked").skip_approval(false);
    let body = json!({
        "revocation_reason": "keyCompromise", "comments": "leaked", "skip_approval": false,
    });
    assert_body(&order, "PUT", "/order/certificate/7/revoke", &body);
}

#[test]
fn a_status_is_updated_with_its_note_or_comment() {
    let path = "/order/certificate/7/status";
    let cancel = UpdateOrderStatus::cancel(OrderId(7), "wrong names");
    assert_body(&cancel, "PUT", path, &json!({"status": "canceled", "note": "wrong names"}));

    let approve = UpdateRequestStatus::approve(RequestId(9));
    assert_body(&approve, "PUT", "/request/9/status", &json!({"status": "approved"}));
    let reject = UpdateRequestStatus::reject(RequestId(9)).comment("no");
    let body = json!({"status": "rejected", "processor_comment": "no"});
    assert_body(&reject, "PUT", "/request/9/status", &body);
}

#[test]
fn validation_is_asked_for_with_all_that_is_set() {
    let path = "/order/certificate/7/dcv-method";
    let change = ChangeOrderDcvMethod::new(OrderId(7), "acme");
    assert_body(&change, "PUT", path, &json!({"dcv_method": "acme"}));

    let path = "/order/certificate/7/resend-emails";
    let resend = ResendOrderEmails::new(OrderId(7));
    assert_body(&resend, "PUT", path, &json!({}));
    let resend = resend
        .approval_email("example.org", "admin@example.org")
        .approval_email_above("shop.example.net", "admin@example.net", "example.net")
        .locale("de");
    let emails = json!([
        {"domain": "example.org", "email": "admin@example.org"},
        {"domain": "shop.example.net", "email": "admin@example.net", "email_domain": "example.net"},
    ]);
    let body = json!({"domain_approval_emails": emails, "locale": "de"});
    assert_body(&resend, "PUT", path, &body);
}

#[test]
fn domains_are_asked_for_with_all_that_is_set() {
    let list = ListDomains::new()
        .filter("validation", "ov_expiring_within_30_days")
        .filter("status", "active")
        .sort("name")
        .limit(500)
        .offset(7);
    assert_get(
        &list,
        "/domain?filters%5Bvalidation%5D=ov_expiring_within_30_days\
         &filters%5Bstatus%5D=active&sort=name&limit=500&offset=7",
    );
    let info = DomainInfo::new(DomainId(5)).include_dcv(true).include_validation(true);
    assert_get(&info, "/domain/5?include_dcv=true&include_validation=true");
    let emails = DomainEmails::for_name("a_b.Shop-1.example").consider_dcv_email_preferences(true);
    let query = "consider_dcv_email_preferences=true";
    assert_get(&emails, &format!("/domain/a_b.Shop-1.example/dcv/emails?{query}"));
}

#[test]
fn requests_are_asked_for_with_all_that_is_set() {
    let list = ListRequests::new()
        .status(RequestStatus::Submitted)
        .kind(RequestType::Revoke)
        .filter("search", "%a.example")
        .sort("-date")
        .limit(5)
        .offset(10);
    assert_get(
        &list,
        "/request?filters%5Bstatus%5D=submitted&filters%5Btype%5D=revoke\
         &filters%5Bsearch%5D=%25a.example&sort=-date&limit=5&offset=10",
    );
    assert_refused(&ListRequests::new().limit(0), "a limit of 0 lists nothing");
}

#[test]
fn what_an_order_names_is_asked_for_with_all_that_is_set() {
    let list = ListOrganizations::new()
        .filter("status", "active")
        .sort("name")
        .limit(5)
        .offset(10)
        .include_validation(true)
        .container_id(ContainerId(7));
    assert_get(
        &list,
        "/organization?filters%5Bstatus%5D=active&sort=name&limit=5&offset=10\
         &include_validation=true&container_id=7",
    );
    assert_refused(&ListOrganizations::new().limit(0), "a limit of 0 lists nothing");
    let info = ProductInfo::new("ssl_basic").container_id(ContainerId(7));
    assert_get(&info, "/product/ssl_basic?container_id=7");
    for name_id in ["", "7", "ssl/basic", "ssl basic", ".."] {
        assert_refused(&ProductInfo::new(name_id), "this is no product");
    }
}

#[test]
fn a_file_is_asked_for_by_its_format() {
    let download = |format: FileFormat| DownloadCertificateAs::new(CertificateId(8), format);
    for (format, name) in [
        (FileFormat::Pkcs7, "p7b"),
        (FileFormat::Apache, "apache"),
        (FileFormat::ZippedCrt, "default"),
        (FileFormat::ZippedCer, "default_cer"),
        ("crt".into(), "crt"),
    ] {
        assert_get(&download(format), &format!("/certificate/8/download/format/{name}"));
    }
    for format in ["", "a/b", "p7b?x", ".."] {
        assert_refused(&download(format.into()), "this is no format");
    }
    let request = api().build_request(&download(FileFormat::Pkcs7)).unwrap();
    assert_eq!(request.headers()["accept"], "*/*", "files are sent whatever it says");
}

#[test]
fn a_domain_is_changed_with_all_that_is_set() {
    let path = "/domain/5/validation";
    let submit = SubmitDomain::new(DomainId(5), ["ov", "ev"]);
    let types = json!([{"type": "ov"}, {"type": "ev"}]);
    assert_body(&submit, "POST", path, &json!({"validations": types}));
    let submit = submit.dcv_method("email").email_array(["web@example.net"]);
    let body = json!({
        "validations": types, "dcv_method": "email", "email_array": ["web@example.net"],
    });
    assert_body(&submit, "POST", path, &body);

    let change = ChangeDomainDcvMethod::new(DomainId(5), DcvMethod::Email)
        .send_dcv_email_flag(false)
        .locale("de")
        .email_array(["web@example.net"]);
    let body = json!({
        "dcv_method": "email", "send_dcv_email_flag": false, "locale": "de",
        "email_array": ["web@example.net"],
    });
    assert_body(&change, "PUT", "/domain/5/dcv/method", &body);
}

#[test]
fn what_is_no_name_or_no_type_is_refused() {
    for name in
        ["", "90210", "localhost", "*.example.net", "example.net.", "a..b", "a/b.c", "..", "ä.b"]
    {
        assert_refused(&DomainEmails::for_name(name), "this is no whole name");
    }
    assert_refused(&SubmitDomain::new(DomainId(5), [""; 0]), "there is no type of validation");
    assert_refused(&SubmitDomain::new(DomainId(5), [" "]), "there is no type of validation");
    assert_refused(&ListDomains::new().limit(0), "a limit of 0 lists nothing");
}

#[test]
fn a_check_has_no_body() {
    let request = api().build_request(&CheckOrderDcv::new(OrderId(7))).unwrap();
    assert_eq!((request.method().as_str(), request.body().len()), ("PUT", 0));
    assert_eq!(request.headers()["content-length"], "0");
}

#[test]
fn a_csr_that_is_none_is_refused() {
    let reissue = |csr: &str| ReissueCertificate::new(OrderId(7), csr);
    assert_refused(&reissue(""), "the CSR is empty");
    assert_refused(&reissue("not yet"), "there is no CSR in it");
    assert_refused(&reissue(CSR).common_name(" "), "a name for the certificate is empty");
    assert_refused(&reissue(CSR).dns_names(["a.example", ""]), "is empty; leave it out");
}

#[test]
fn a_comment_that_would_be_lost_is_refused() {
    let order = RevokeOrder::new(OrderId(7)).comments("why").skip_approval(true);
    assert_refused(&order, "leave out one of the two");
    let certificate = RevokeCertificate::new(CertificateId(8)).skip_approval(true).comments("");
    assert_refused(&certificate, "leave out one of the two");
    assert_refused(&UpdateOrderStatus::cancel(OrderId(7), " "), "say why you cancel");
}

#[test]
fn a_list_or_a_time_frame_of_nothing_is_refused() {
    assert_refused(&ListOrders::new().limit(0), "a limit of 0 lists nothing");
    assert_refused(&ListOrders::new().filter("", "x"), "a filter needs a name");
    for name in ["filters[id]", "status][0", "id]"] {
        assert_refused(
            &ListOrders::new().filter(name, "x"),
            "the name of a filter has no brackets",
        );
    }
    let twice = ListOrders::new().filter("id", "7").status("issued").filter("id", "8");
    assert_refused(&twice, "a filter is given twice");
    let week = Duration::from_secs(604_800);
    for changes in [
        StatusChanges::within(Duration::ZERO),
        StatusChanges::within(week + Duration::from_nanos(1)),
        StatusChanges::within(Duration::MAX),
    ] {
        assert_refused(&changes, "empty or longer than seven days");
    }
}

#[track_caller]
fn assert_get(endpoint: &impl Endpoint, path_and_query: &str) {
    let request = api().build_request(endpoint).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri().to_string(), url(path_and_query));
    assert!(request.body().is_empty());
    assert!(!request.headers().contains_key("content-length"));
}

#[track_caller]
fn assert_body(endpoint: &impl Endpoint, method: &str, path: &str, body: &Value) {
    let request = api().build_request(endpoint).unwrap();
    assert_eq!(request.method(), method);
    assert_eq!(request.uri().to_string(), url(path));
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(&serde_json::from_slice::<Value>(request.body()).unwrap(), body);
}

#[track_caller]
fn assert_refused(endpoint: &impl Endpoint, message: &str) {
    let error = api().build_request(endpoint).unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(error.to_string().contains(message), "{error}");
}

fn url(path_and_query: &str) -> String {
    format!("https://www.digicert.com/services/v2{path_and_query}")
}
