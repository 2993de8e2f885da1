//! Order info and the list of orders.

use certcentral_sandbox::{LivingOrder, Sandbox};
use serde_json::{Value, json};

use crate::caller::{code, fields, get, pending_reissue, primary, reissue, rows, sandbox};

#[test]
fn an_order_is_found_by_thumbprint_or_serial_number() {
    let sandbox = sandbox();
    let order = get(&sandbox, "/order/certificate/7");
    let before = primary(&sandbox);
    for field in ["thumbprint", "serial_number"] {
        let name = before[field].as_str().unwrap();
        assert_eq!(get(&sandbox, &format!("/order/certificate/{name}")), order);
    }
    reissue(&sandbox);
    for field in ["thumbprint", "serial_number"] {
        let old = get(&sandbox, &format!("/order/certificate/{}", before[field].as_str().unwrap()));
        assert_eq!(code(&old), (404, "not_found|order"));
    }
}

#[test]
fn an_order_tells_of_its_requests() {
    let sandbox = sandbox();
    assert_eq!(get(&sandbox, "/order/certificate/7").1["has_pending_request"], false);
    let request = pending_reissue(&sandbox);
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(order["has_pending_request"], true);
    let kinds: Vec<_> =
        order["requests"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["new_request", "reissue"]);
    assert_eq!(order["requests"][1]["id"], request);
}

#[test]
fn a_row_says_whether_other_lists_are_worth_a_call() {
    let sandbox = sandbox();
    let row = || rows(get(&sandbox, "/order/certificate"), "orders").remove(0);
    let before = row();
    assert_eq!((&before["has_reissues"], &before["reissues_count"]), (&json!(false), &json!(0)));
    assert_eq!(before["certificate"]["id"], primary(&sandbox)["id"]);
    reissue(&sandbox);
    let after = row();
    assert_eq!((&after["has_reissues"], &after["reissues_count"]), (&json!(true), &json!(1)));
    assert_eq!(after["certificate"]["serial_number"], primary(&sandbox)["serial_number"]);
    assert_eq!(after["certificate"]["dns_names"], json!(["a.example", "b.example"]));
}

#[test]
fn orders_come_in_pages() {
    let sandbox = thirteen();
    let (_, all) = get(&sandbox, "/order/certificate");
    assert_eq!(all["page"], json!({"total": 13, "limit": 1000, "offset": 0}));
    assert_eq!(all["orders"].as_array().unwrap().len(), 13);
    let (_, zero) = get(&sandbox, "/order/certificate?limit=0&offset=3");
    assert_eq!(zero["page"], json!({"total": 13, "limit": 0, "offset": 3}));
    assert_eq!(zero["orders"].as_array().unwrap().len(), 10);

    assert_eq!(ids(&sandbox, "?limit=5"), [1, 2, 3, 4, 5]);
    assert_eq!(ids(&sandbox, "?limit=5&offset=10"), [11, 12, 13]);
    let (status, past) = get(&sandbox, "/order/certificate?limit=5&offset=15");
    assert_eq!((status, fields(&past)), (200, vec!["page"]), "no rows, no list");
    let bad = get(&sandbox, "/order/certificate?limit=many");
    assert_eq!(code(&bad), (400, "invalid_param:limit"));
}

#[test]
fn orders_are_sorted_by_several_properties() {
    let sandbox = thirteen();
    assert_eq!(ids(&sandbox, "?sort=-id&limit=3"), [13, 12, 11]);
    assert_eq!(ids(&sandbox, "?sort=%2Border_id&limit=2"), [1, 2]);
    assert_eq!(ids(&sandbox, "?sort=status,-order_id&limit=2"), [13, 12]);
    let bad = get(&sandbox, "/order/certificate?sort=colour");
    assert_eq!(code(&bad), (400, "invalid_param:sort"));
}

#[test]
fn every_filter_narrows_the_list() {
    let sandbox = thirteen();
    let (_, third) = get(&sandbox, "/order/certificate/3");
    let certificate = &third["certificate"];
    let (id, serial) = (&certificate["id"], certificate["serial_number"].as_str().unwrap());
    let till = certificate["valid_till"].as_str().unwrap();
    let created = &third["date_created"].as_str().unwrap()[..10];
    for (filter, expected) in [
        ("filters[id]=3".to_owned(), vec![3]),
        (format!("filters[certificate_id]={id}"), vec![3]),
        (format!("filters%5Bserial_number%5D={serial}"), vec![3]),
        ("filters[common_name]=n3.example".to_owned(), vec![3]),
        ("filters[common_name]=alt3.example".to_owned(), vec![]),
        ("filters[domain_name]=alt3.example".to_owned(), vec![3]),
        ("filters[search]=n3.example".to_owned(), vec![3]),
        ("filters[search]=%253.exam".to_owned(), vec![3, 13]),
        ("filters[search]=3.exam".to_owned(), vec![]),
        ("filters[status]=issued&filters[id]=3".to_owned(), vec![3]),
        ("filters[status]=pending".to_owned(), vec![]),
        ("filters[status][0]=pending&filters[status][1]=issued&filters[id]=3".to_owned(), vec![3]),
        ("filters[status]=issued&filters[status]=pending".to_owned(), vec![]),
        ("filters[id]=4&filters[id]=3".to_owned(), vec![3]),
        (format!("filters[valid_till]=%3E{till}"), vec![]),
        (format!("filters[valid_till]=2020-01-01...{till}&filters[id]=3"), vec![3]),
        (format!("filters[valid_till]={till}&filters[id]=3"), vec![3]),
        (format!("filters[date_created]={created}...{created}&filters[id]=3"), vec![3]),
        ("filters[date_created]=%3C2020-01-01T00:00:00".to_owned(), vec![]),
        ("filters[product_name_id]=ssl_basic&filters[id]=3".to_owned(), vec![3]),
        ("filters[is_renewed]=1".to_owned(), vec![]),
        ("filters[origin]=migrated".to_owned(), vec![]),
    ] {
        assert_eq!(ids(&sandbox, &format!("?{filter}")), expected, "{filter}");
    }
    for (filter, field) in [("colour", "red"), ("id", "x"), ("valid_till", "soon")] {
        let refused = get(&sandbox, &format!("/order/certificate?filters[{filter}]={field}"));
        assert_eq!(code(&refused), (400, &*format!("invalid_param:filters[{filter}]")));
    }
}

#[test]
fn the_key_belongs_to_an_administrator() {
    let sandbox = sandbox();
    let (status, user) = get(&sandbox, "/user/me");
    assert_eq!((status, &user["access_roles"][0]["name"]), (200, &json!("Administrator")));
    let (_, order) = get(&sandbox, "/order/certificate/7");
    assert_eq!(order["user"]["id"], user["id"]);
}

#[test]
fn names_that_are_none_are_refused_at_the_start() {
    for names in [&[][..], &[""], &["a b"], &["ümlaut.example"], &["a.example", "b..example"]] {
        let builder =
            Sandbox::builder().plain_http().order(LivingOrder::new(7, names.iter().copied()));
        let error = builder.start().unwrap_err();
        assert_eq!(error.to_string(), "living order 7: not a list of DNS names", "{names:?}");
    }
}

/// A sandbox with thirteen living orders, 1 to 13.
fn thirteen() -> Sandbox {
    let builder = (1..=13).fold(Sandbox::builder().plain_http(), |builder, id| {
        builder.order(LivingOrder::new(id, [format!("n{id}.example"), format!("alt{id}.example")]))
    });
    builder.without_rate_limit().start().unwrap()
}

fn ids(sandbox: &Sandbox, query: &str) -> Vec<u64> {
    let rows = rows(get(sandbox, &format!("/order/certificate{query}")), "orders");
    rows.iter().map(|row: &Value| row["id"].as_u64().unwrap()).collect()
}
