//! Lists of orders that end early, and orders that are refused.

use std::{iter, time::Duration};

use certcentral_sandbox::http::Response;
use serde_json::json;

use super::account;

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
