//! The account's domains.

use certcentral_sandbox::{LivingOrder, Sandbox};
use serde_json::{Value, json};

use super::{DAY, check, info, reissue_with, start, value, yesterday};
use crate::caller::{code, fields, get, post, put, rows};

/// The domain of this name, as the list shows it.
fn listed(sandbox: &Sandbox, name: &str) -> Value {
    rows(get(sandbox, &format!("/domain?filters[search]={name}")), "domains").remove(0)
}

fn token(sandbox: &Sandbox, id: &Value) -> String {
    let info = get(sandbox, &format!("/domain/{id}?include_dcv=true")).1;
    info["dcv_token"]["token"].as_str().unwrap().to_owned()
}

#[test]
fn an_ov_order_has_the_base_domains_of_its_names() {
    let sandbox = start(LivingOrder::new(7, ["a.example", "www.a.example", "b.example"]));
    let domains = rows(get(&sandbox, "/domain"), "domains");
    let names: Vec<_> = domains.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["a.example", "b.example"]);
    assert_eq!(
        fields(&domains[0]),
        [
            "base_domain",
            "container",
            "date_created",
            "dcv_approval_datetime",
            "dcv_expiration",
            "dcv_expiration_datetime",
            "dcv_method",
            "domain_locking_status",
            "id",
            "is_active",
            "name",
            "organization",
            "validations"
        ]
    );
    assert!(domains[0]["id"].is_u64(), "a number here, a text in the validation status");
    assert_eq!(domains[0]["organization"]["is_active"], "1");
    assert_eq!(domains[0]["dcv_expiration"]["ov"].as_str().unwrap().len(), 10, "a day");
    let with_time = get(&sandbox, "/domain?include_dcv_expiration_time=true");
    let with_time = rows(with_time, "domains").remove(0);
    assert_eq!(with_time["dcv_expiration"]["ov"], domains[0]["dcv_expiration_datetime"]);
}

#[test]
fn domains_come_in_pages_and_through_filters() {
    let names = ["a.example", "b.example", "c.example"];
    let order = LivingOrder::new(7, names).validated_until("c.example", yesterday());
    let sandbox = start(order);
    let names = |query: &str| -> Vec<String> {
        let rows = rows(get(&sandbox, &format!("/domain?{query}")), "domains");
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        ("limit=2", vec!["a.example", "b.example"]),
        ("limit=2&offset=2", vec!["c.example"]),
        ("sort=-name&limit=1", vec!["c.example"]),
        ("filters[search]=b.example", vec!["b.example"]),
        ("filters[search]=%25.exam", vec!["a.example", "b.example", "c.example"]),
        ("filters[status]=inactive", vec![]),
        ("filters[dcv_method]=email", vec![]),
        ("filters[validation]=ov_expired_in_last_7_days", vec!["c.example"]),
        ("filters[validation]=ev_expiring_within_30_days", vec![]),
        ("filters[include_validation_reuse_status]=true&limit=1", vec!["a.example"]),
    ] {
        assert_eq!(names(query), expected, "{query}");
    }
    sandbox.advance(150 * DAY);
    assert_eq!(names("filters[validation]=ov_expiring_within_30_days"), ["a.example", "b.example"]);
    let none = get(&sandbox, "/domain?offset=9");
    assert_eq!(none, (200, json!({"page": {"total": 3, "limit": 1000, "offset": 9}})), "no list");
    let unknown = get(&sandbox, "/domain?filters[colour]=red");
    assert_eq!(code(&unknown), (400, "invalid_param:filters[colour]"));
}

#[test]
fn an_expired_domain_keeps_its_dates_and_loses_its_validations() {
    let sandbox =
        start(LivingOrder::new(7, ["a.example"]).validated_until("a.example", yesterday()));
    let row = listed(&sandbox, "a.example");
    assert!(row["dcv_expiration_datetime"].is_string() && row["dcv_expiration"]["ov"].is_string());
    assert_eq!(row.get("validations"), None);
}

#[test]
fn the_value_of_an_order_is_that_of_the_domains_it_waits_for() {
    let order = LivingOrder::new(7, ["a.example", "b.example"]);
    let sandbox = start(order.validated_until("b.example", yesterday()));
    let made = reissue_with(&sandbox, &["a.example", "b.example"], json!({}));
    let id = listed(&sandbox, "b.example")["id"].clone();
    let info = get(&sandbox, &format!("/domain/{id}?include_dcv=true&include_validation=true")).1;
    assert_eq!(info["dcv_token"]["token"], made.1["dcv_random_value"]);
    assert_eq!(
        (&info["is_pending_validation"], &info["dcv_token"]["status"]),
        (&json!(true), &json!("pending"))
    );
    assert_eq!(info["validations"][0]["dcv_status"], "pending");
    let validated = listed(&sandbox, "a.example")["id"].clone();
    let other = get(&sandbox, &format!("/domain/{validated}?include_dcv=true")).1;
    assert_eq!((other.get("dcv_token"), &other["is_pending_validation"]), (None, &json!(false)));
}

#[test]
fn either_check_accepts_either_value() {
    for by_order in [true, false] {
        for by_order_value in [true, false] {
            let order = LivingOrder::new(7, ["a.example"]);
            let sandbox = start(order.validated_until("a.example", yesterday()));
            let made = reissue_with(&sandbox, &["a.example"], json!({}));
            let domain = format!("/domain/{}", listed(&sandbox, "a.example")["id"]);
            let renewed = post(&sandbox, &format!("{domain}/dcv/token"), &json!({}));
            assert_eq!((renewed.0, fields(&renewed.1)), (201, vec!["expiration_date", "token"]));
            let of_domain = renewed.1["token"].as_str().unwrap().to_owned();
            assert_ne!(of_domain, value(&made));
            sandbox.publish_txt("a.example", if by_order_value { value(&made) } else { of_domain });
            if by_order {
                assert_eq!(check(&sandbox).1["order_status"], "issued");
            } else {
                let checked = put(&sandbox, &format!("{domain}/dcv/validate-token"), &Value::Null);
                assert_eq!((checked.0, &checked.1["status"]), (200, &json!("active")));
            }
            assert_eq!(info(&sandbox)["status"], "issued");
        }
    }
}

#[test]
fn a_new_value_ends_the_one_before_it() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]));
    let id = listed(&sandbox, "a.example")["id"].clone();
    let submitted = json!({"validations": [{"type": "ov"}], "dcv_method": "dns-txt-token"});
    post(&sandbox, &format!("/domain/{id}/validation"), &submitted);
    let first = token(&sandbox, &id);
    post(&sandbox, &format!("/domain/{id}/dcv/token"), &json!({}));
    sandbox.publish_txt("a.example", first);
    let check = || put(&sandbox, &format!("/domain/{id}/dcv/validate-token"), &Value::Null);
    assert_eq!(code(&check()), (400, "invalid_dns_txt"));
    sandbox.publish_txt("a.example", token(&sandbox, &id));
    assert_eq!(check().0, 200);
}

#[test]
fn a_domain_is_validated_again_before_it_ends() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]));
    let id = listed(&sandbox, "a.example")["id"].clone();
    let before = listed(&sandbox, "a.example")["dcv_expiration_datetime"].clone();
    let path = format!("/domain/{id}/validation");
    let body = json!({"validations": [{"type": "ov"}]});
    assert_eq!(post(&sandbox, &path, &body), (204, Value::Null));
    assert_eq!(get(&sandbox, &path).1["validations"][0]["dcv_status"], "pending");
    let made = reissue_with(&sandbox, &["a.example"], json!({})).1;
    assert!(made["certificate_chain"].is_array(), "the earlier validation counts meanwhile");

    sandbox.publish_txt("a.example", token(&sandbox, &id));
    let checked = put(&sandbox, &format!("/domain/{id}/dcv/validate-token"), &Value::Null);
    assert_eq!(checked.1["status"], "active");
    let row = listed(&sandbox, "a.example");
    assert!(row["dcv_expiration_datetime"].as_str() > before.as_str());
    assert!(row["last_submitted_datetime"].is_string());
    let with_method = json!({"validations": [{"type": "ov"}], "dcv_method": "dns-txt-token"});
    let submitted = post(&sandbox, &path, &with_method);
    assert_eq!((submitted.0, &submitted.1["id"]), (201, &id));
}

#[test]
fn the_value_of_a_domain_is_the_same_by_every_method() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]));
    let id = listed(&sandbox, "a.example")["id"].clone();
    let path = format!("/domain/{id}/dcv/method");
    let change = |method: &str| put(&sandbox, &path, &json!({"dcv_method": method})).1;
    let txt = change("dns-txt-token")["dcv_token"].clone();
    assert_eq!(fields(&txt), ["expiration_date", "status", "token"]);
    let cname = change("dns-cname-token")["dcv_token"].clone();
    assert_eq!(
        (&cname["token"], &cname["verification_value"]),
        (&txt["token"], &json!("dcv.digicert.com"))
    );
    let file = change("http-token")["dcv_token"].clone();
    let url = "http://a.example/.well-known/pki-validation/fileauth.txt";
    assert_eq!((&file["token"], &file["http_token_url"]), (&txt["token"], &json!(url)));
    let email = change("email");
    assert_eq!(email["validation_emails"]["base_emails"][0], "admin@a.example");
    let refused = post(&sandbox, &format!("/domain/{id}/dcv/token"), &json!({}));
    assert_eq!(code(&refused), (400, "invalid_dcv_method"));
}

#[test]
fn a_domain_is_added_and_validated() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]));
    let body = |name: &str, method: &str| {
        json!({
            "name": name, "organization": {"id": 31}, "validations": [{"type": "ov"}],
            "dcv_method": method,
        })
    };
    let added = post(&sandbox, "/domain", &body("www.new.example", "dns-txt-token"));
    assert_eq!((added.0, fields(&added.1)), (201, vec!["dcv_token", "id"]));
    assert_eq!(listed(&sandbox, "new.example")["id"], added.1["id"], "without www");
    sandbox.publish_txt("new.example", added.1["dcv_token"]["token"].as_str().unwrap());
    sandbox.advance(super::MINUTE);
    assert!(listed(&sandbox, "new.example")["dcv_expiration_datetime"].is_string());

    assert_eq!(
        code(&post(&sandbox, "/domain", &body("a.example", "email"))),
        (400, "domain_already_exists")
    );
    let mut by_default = body("other.example", "email");
    by_default.as_object_mut().unwrap().remove("dcv_method");
    let by_default = post(&sandbox, "/domain", &by_default).1;
    assert_eq!(fields(&by_default), ["id", "validation_emails"], "email, unless told otherwise");
    assert_eq!(code(&post(&sandbox, "/domain", &json!({}))), (400, "required_param:name"));
}

#[test]
fn addresses_are_known_for_a_domain_and_for_any_name() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]));
    let id = listed(&sandbox, "a.example")["id"].clone();
    for domain in [id.to_string(), "www.a.example".to_owned()] {
        let path = format!("/domain/{domain}/dcv/emails");
        let (status, emails) = get(&sandbox, &path);
        assert_eq!((status, &emails["name_scope"]), (200, &json!("a.example")));
        assert_eq!(emails["base_emails"].as_array().unwrap().len(), 5);
    }
    assert_eq!(put(&sandbox, &format!("/domain/{id}/dcv/emails"), &json!({})).0, 204);
    for (method, path) in
        [("GET", "/domain/1"), ("GET", "/domain/1/dcv/emails"), ("GET", "/domain/1/validation")]
    {
        let reply = crate::caller::call(&sandbox, method, path, "");
        assert_eq!(reply.status, 404, "{path}");
    }
}
