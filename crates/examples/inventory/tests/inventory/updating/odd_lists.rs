//! Lists of orders that end early, and orders that are refused.

use std::{iter, time::Duration};

use certcentral_sandbox::{
    LivingOrder, Sandbox, SandboxBuilder,
    http::{Response, StatusCode},
};
use serde_json::json;

use super::{Account, account};
use crate::rows;

/// The second page says nothing of the total, or an order that was listed has disappeared, so that
/// another has moved to the first page after it was read.
#[test]
fn a_later_page_that_says_less_marks_no_order_as_gone() {
    for (name, last) in [
        ("nothing", json!({})),
        ("less", json!({"orders": [], "page": {"total": 2, "limit": 1000, "offset": 2}})),
    ] {
        let account = account(&format!("page-{name}"));
        account.update();
        let text = account.dir.read("rows");
        let mut first = account.listed();
        first["orders"].as_array_mut().unwrap().truncate(2);
        iter::repeat_n(Duration::ZERO, 2).for_each(|delay| account.sandbox.delay_next(delay));
        for page in [first, last] {
            account.sandbox.respond_next(Response::new(page.to_string().into()));
        }
        let run = account.update();
        let message = "the service says that there are 3, and has listed 2; rows is as it was\n";
        assert!(run.code == Some(1) && run.stderr.ends_with(message), "{}", run.stderr);
        assert_eq!(account.dir.read("rows"), text);
    }
}

/// A run from nothing reads others first, and so knows that it is not the key.
#[test]
fn orders_that_are_denied_each_time_do_not_end_an_update() {
    let ids = 1..=6;
    let orders = ids.clone().map(|id| LivingOrder::new(id, [format!("a{id}.example.com")]));
    let account = Account::new("denied", orders.fold(Sandbox::builder(), SandboxBuilder::order));
    ids.for_each(|id| account.reissue(id, false).unwrap());
    account.update();
    let before = account.dir.read("rows");
    let denied = |it: &Account| {
        iter::repeat_n(Duration::ZERO, 3).for_each(|delay| it.sandbox.delay_next(delay));
        (0..5).for_each(|_| it.sandbox.fail_next(StatusCode::FORBIDDEN, "Access denied."));
    };
    for _ in 0..2 {
        denied(&account);
        let run = account.update();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let rows = rows::of_json(&account.dir.read("rows"));
        assert_eq!(rows.len(), before.lines().count());
        assert_eq!(rows::errors(&rows).into_keys().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }
    assert_eq!(account.update().code, Some(0));
    assert_eq!(account.dir.read("rows"), before);
}
