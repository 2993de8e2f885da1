//! Where a list with pages ends.

use certcentral_core::{
    Endpoint, Error, OrderId, Paged,
    order::{ListOrders, Orders},
};
use serde_json::json;

use crate::{fixture, parse};

#[test]
fn the_pages_of_a_list_follow_each_other() {
    let first = ListOrders::new().status("issued").limit(2);
    let page = parse(&first, 200, fixture("list_orders/page-1-of-2.json")).unwrap();
    let second = first.next_page(&page).unwrap();
    assert_eq!(second.query(), first.clone().offset(2).query(), "all else stays");
    let last = parse(&second, 200, fixture("list_orders/page-2-of-2.json")).unwrap();
    assert_eq!(second.next_page(&last), None);
    let ids = page.iter().chain(&last).map(|order| order.id).collect::<Vec<_>>();
    assert_eq!(ids, [OrderId(700_501), OrderId(700_502), OrderId(700_503)]);
}

#[test]
fn an_empty_page_is_the_last_one() {
    for file in ["none-empty-list", "none-empty-object", "none-without-the-list"] {
        let list = ListOrders::new();
        let page = parse(&list, 200, fixture(&format!("list_orders/{file}.json"))).unwrap();
        assert!(page.is_empty(), "{file}");
        assert_eq!(list.next_page(&page), None, "{file}");
    }
}

#[test]
fn an_empty_page_is_passed_over_while_the_total_is_beyond_it() {
    let list = ListOrders::new().offset(2);
    assert_eq!(next(&list, 0, Some(7), Some(3)), Some(5));
    assert_eq!(next(&list.clone().limit(3), 0, Some(7), None), Some(5));
    assert_eq!(next(&list, 0, Some(1003), None), Some(1002));
    assert_eq!(next(&list, 0, Some(1002), Some(0)), None);
    assert_eq!(next(&list, 0, Some(5), Some(3)), None);
}

#[test]
fn a_page_that_was_not_asked_for_is_an_error() {
    let body = r#"{"orders": [{"id": 1, "status": "issued"}], "page": {"total": 7, "offset": 3}}"#;
    let error = parse(&ListOrders::new().offset(2), 200, body).unwrap_err();
    assert!(matches!(&error, Error::Decode(e) if e.path() == "page.offset"), "{error:?}");
    assert!(error.to_string().contains("the page has offset 3, and not 2"), "{error}");
    assert!(parse(&ListOrders::new().offset(3), 200, body).is_ok());
}

#[test]
fn a_list_ends_whatever_pages_are_repeated() {
    let row = |id| format!(r#"{{"orders": [{{"id": {id}, "status": "issued"}}]}}"#);
    let mut list = ListOrders::new().limit(1);
    // Two pages take turns, without an end.
    for (turn, id) in [1, 2, 1, 2, 1].into_iter().enumerate() {
        let page = parse(&list, 200, row(id));
        assert_eq!(page.is_ok(), turn < 4, "{turn}");
        match page {
            Ok(page) => list = list.next_page(&page).unwrap(),
            Err(error) => assert!(error.to_string().contains("again and again"), "{error}"),
        }
    }
}

#[test]
fn a_short_page_is_the_last_one() {
    let list = ListOrders::new();
    assert_eq!(next(&list, 999, None, None), None);
    assert_eq!(next(&list, 999, Some(999), Some(1000)), None);
    assert_eq!(next(&list, 999, Some(9), Some(1000)), None);
    assert_eq!(next(&list.clone().limit(40), 39, Some(39), Some(40)), None);
    // 0 says that no limit was given.
    assert_eq!(next(&list, 14, Some(14), Some(0)), None);
    assert_eq!(next(&list.offset(1000), 14, Some(1014), Some(0)), None);
}

#[test]
fn a_full_page_is_followed_whatever_the_total() {
    let list = ListOrders::new();
    for total in [None, Some(0), Some(9), Some(1000), Some(1001), Some(u64::MAX)] {
        assert_eq!(next(&list, 1000, total, Some(0)), Some(1000), "{total:?}");
        assert_eq!(next(&list.clone().limit(40), 40, total, None), Some(40), "{total:?}");
        assert_eq!(next(&list.clone().offset(7), 40, total, Some(40)), Some(47), "{total:?}");
    }
}

#[test]
fn a_limit_that_the_service_lowers_ends_nothing() {
    let greedy = ListOrders::new().limit(5000);
    assert_eq!(next(&greedy, 1000, None, Some(1000)), Some(1000));
    assert_eq!(next(&greedy, 1000, None, Some(5000)), Some(1000), "it may not say so");
    assert_eq!(next(&greedy, 500, None, Some(500)), Some(500));
    // The total tells even where the limit does not.
    assert_eq!(next(&greedy, 500, Some(501), Some(5000)), Some(500));
    assert_eq!(next(&greedy.offset(500), 1, Some(501), Some(5000)), None);
}

#[test]
fn a_short_page_that_says_that_there_are_more_is_followed() {
    let list = ListOrders::new().offset(7);
    for more in [r#""has_more": true"#, r#""page": {"total": 8, "next": "/order?offset=8"}"#] {
        let body = format!(r#"{{"orders": [{{"id": 1, "status": "issued"}}], {more}}}"#);
        let page = parse(&list, 200, body).unwrap();
        let next = list.next_page(&page).unwrap();
        assert_eq!(next.query(), list.clone().offset(8).query(), "{more}");
    }
    let end = r#"{"orders": [{"id": 1, "status": "issued"}], "has_more": false, "next": null}"#;
    assert_eq!(list.next_page(&parse(&list, 200, end).unwrap()), None);
}

#[test]
fn an_offset_beyond_counting_ends_the_list() {
    assert_eq!(next(&ListOrders::new().offset(u32::MAX).limit(1), 1, None, None), None);
}

#[test]
fn a_page_that_holds_nonsense_is_an_error() {
    for (page, path) in [
        (json!(7), "page"),
        (json!("1"), "page"),
        (json!([1]), "page"),
        (json!({"total": -1}), "page.total"),
        (json!({"limit": "x"}), "page.limit"),
        (json!({"offset": [0]}), "page.offset"),
    ] {
        let body = json!({"orders": [], "page": page}).to_string();
        let error = parse(&ListOrders::new(), 200, body).unwrap_err();
        assert!(matches!(&error, Error::Decode(e) if e.path() == path), "{error:?}");
    }
}

#[test]
fn a_page_that_begins_at_its_total_can_lack_its_list() {
    let list = ListOrders::new().limit(1000).offset(2000);
    let page = |total| json!({"page": {"total": total, "limit": 1000, "offset": 2000}}).to_string();
    let empty = parse(&list, 200, page(2000)).unwrap();
    assert!(empty.is_empty() && list.next_page(&empty).is_none());
    assert!(parse(&list, 200, page(2001)).is_err());
}

/// The offset of the page after one with this number of rows.
fn next(list: &ListOrders, rows: u64, total: Option<u64>, limit: Option<u64>) -> Option<u32> {
    let rows: Vec<_> = (0..rows).map(|id| json!({"id": id, "status": "issued"})).collect();
    let page: Orders = serde_json::from_value(json!({
        "page": {"total": total, "limit": limit, "offset": 0}, "orders": rows,
    }))
    .unwrap();
    let next = list.next_page(&page)?;
    // Nothing but the offset changes.
    let offset = (0..=10_000).find(|&offset| next.query() == list.clone().offset(offset).query());
    Some(offset.unwrap())
}
