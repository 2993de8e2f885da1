//! What shows that an order has changed, and what is asked for then.

use certcentral_transport_ureq::{
    OrderId,
    order::{RevokeOrder, UpdateOrderStatus},
};

use super::{Account, DAY, account};
use crate::rows;

const LISTS: [&str; 2] = ["3/reissue", "5/duplicate"];

#[test]
fn a_missing_file_is_made_by_a_full_run() {
    let account = account("missing");
    assert_eq!(asked(&account), (LISTS.map(str::to_owned).to_vec(), false));
    assert_eq!(account.dir.read("rows"), account.list());
    assert_eq!(account.dir.files(), ["rows", "rows.state"]);
}

#[test]
fn orders_that_have_not_changed_are_not_queried() {
    let account = account("unchanged");
    account.update();
    let text = account.dir.read("rows");
    account.sandbox.advance(DAY);
    let requests = account.requests_of(|| {
        let run = account.update();
        assert!(run.stderr.contains("\nunchanged:     3 orders; 0 are gone\n"));
        assert!(run.stderr.contains("\ncertificates:  5: 5 issued"), "{}", run.stderr);
    });
    let [me, changes, page] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(me, "/user/me");
    let seconds = changes.trim_start_matches("/order/certificate/status-changes?seconds=");
    let seconds: u64 = seconds.parse().unwrap();
    assert!((25 * 3600..25 * 3600 + 60).contains(&seconds), "a day and an hour: {seconds}");
    assert_eq!(page, "/order/certificate?sort=order_id&limit=1000");
    assert_eq!(account.dir.read("rows"), text);
}

#[test]
fn the_list_of_orders_shows_most_changes() {
    type Case = (&'static str, fn(&Account), &'static [&'static str]);
    let cases: [Case; 5] = [
        ("reissued", |it| it.reissue(7, true).unwrap(), &["7/reissue"]),
        ("pending", |it| it.reissue(7, false).unwrap(), &["7/reissue"]),
        ("duplicate", |it| it.duplicate(3, false).unwrap(), &["3/duplicate", "3/reissue"]),
        ("revoked", |it| revoke_order(it, 3), &["3/reissue"]),
        ("revoked-single", |it| revoke_order(it, 7), &[]),
    ];
    for (name, change, expected) in cases {
        let account = account(&format!("shown-{name}"));
        account.update();
        change(&account);
        assert_eq!(asked(&account), (expected.iter().map(|&it| it.to_owned()).collect(), true));
        assert_eq!(account.dir.read("rows"), account.list(), "{name}");
    }
}

#[test]
fn an_order_whose_reissue_or_duplicate_waits_is_asked_for_each_time() {
    let account = account("waiting");
    account.sandbox.hold_issuance(true);
    account.reissue(7, true).unwrap();
    account.duplicate(5, true).unwrap();
    account.update();
    let waiting = (vec!["5/duplicate".to_owned(), "7/reissue".to_owned()], true);
    assert_eq!(asked(&account), waiting);
    // The duplicate is issued, and neither its order's row nor its status tell.
    account.sandbox.issue(5);
    assert_eq!(asked(&account), waiting);
    assert_eq!(account.dir.read("rows"), account.list());
    assert_eq!(asked(&account), (vec!["7/reissue".to_owned()], true));
}

#[test]
fn status_changes_show_what_came_and_went_if_the_list_does_not_count() {
    let mut account = account("not-counted");
    account.counts_reissues = false;
    account.list_after(1);
    account.update();
    account.reissue(7, false).unwrap();
    account.client.send(UpdateOrderStatus::cancel(OrderId(7), "no more")).unwrap();
    account.sandbox.advance(6 * DAY);
    account.list_after(2);
    assert_eq!(asked(&account), (vec!["7/reissue".to_owned()], true));
    account.list_after(0);
    assert_eq!(account.dir.read("rows"), account.list());
}

/// Of an order with a single certificate, no list tells, and so neither does a full run.
#[test]
fn one_of_several_certificates_that_was_revoked_shows_within_seven_days() {
    let account = account("one-of-several");
    account.update();
    let before = account.dir.read("rows");
    account.archive(account.later(5)[0]).unwrap();
    account.revoke(account.later(3)[1]).unwrap();
    for _ in 0..2 {
        account.sandbox.advance(3 * DAY);
        assert_eq!(asked(&account), (vec![], true));
        assert_eq!(account.dir.read("rows"), before);
    }
    account.sandbox.advance(DAY);
    assert_eq!(asked(&account), (LISTS.map(str::to_owned).to_vec(), true));
    assert_eq!(account.dir.read("rows"), account.list());
    assert_ne!(account.dir.read("rows"), before);
}

#[test]
fn after_more_than_seven_days_each_order_with_several_certificates_is_queried() {
    let account = account("long-ago");
    account.update();
    account.sandbox.advance(7 * DAY);
    assert_eq!(asked(&account), (LISTS.map(str::to_owned).to_vec(), false));
    assert_eq!(account.dir.read("rows"), account.list());
    assert_eq!(asked(&account), (vec![], true));
}

/// As if it had been ahead by two hours in the last run.
#[test]
fn after_a_clock_that_went_back_each_order_with_several_certificates_is_queried() {
    let account = account("clock");
    account.update();
    let state = account.dir.read("rows.state");
    let (head, rest) = state.split_once('\n').unwrap();
    let mut head: serde_json::Value = serde_json::from_str(head).unwrap();
    head["time"] = (head["time"].as_i64().unwrap() + 2 * 60 * 60).into();
    account.dir.write("rows.state", format!("{head}\n{rest}"));
    assert_eq!(asked(&account), (LISTS.map(str::to_owned).to_vec(), false));
}

#[test]
fn lines_of_another_version_are_asked_for() {
    let account = account("version");
    account.update();
    let state = account.dir.read("rows.state");
    account.dir.write("rows.state", state.replacen(r#""version":""#, r#""version":"9"#, 1));
    assert_eq!(asked(&account), (LISTS.map(str::to_owned).to_vec(), true));
    assert_eq!(asked(&account), (vec![], true));
}

#[test]
fn an_order_that_is_gone_is_marked_until_it_is_back() {
    let mut account = account("gone");
    for format in ["jsonl", "csv"] {
        let args = ["--update", "--output", format, "--format", format];
        account.run(&args);
        let before = account.dir.read(format);
        let listed = account.sandbox.requests().len();
        for _ in 0..2 {
            account.hidden.insert(3);
            account.list_after(2);
            let run = account.run(&args);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            assert!(run.stderr.contains("orders; 1 are gone\n"), "{}", run.stderr);
            assert!(run.stderr.contains("\ncertificates:  3: 3 issued"), "{}", run.stderr);
        }
        assert!(account.sandbox.requests().len() > listed);
        let rows = match format {
            "csv" => rows::of_csv(&account.dir.read(format)),
            _ => rows::of_json(&account.dir.read(format)),
        };
        let rows: Vec<_> = rows.iter().map(|row| (row.order_id, &*row.error_kind)).collect();
        assert_eq!(rows, [(5, ""), (5, ""), (7, ""), (3, "gone"), (3, "gone")]);
        // A run that completes the file keeps what is gone.
        let text = account.dir.read(format);
        account.list_after(1);
        account.run(&["--resume", "--output", format, "--format", format]);
        assert_eq!(account.dir.read(format), text);
        account.hidden.clear();
        account.run(&args);
        assert_eq!(account.dir.read(format), before);
    }
}

#[test]
fn a_resumed_file_can_be_brought_up_to_date() {
    let account = account("resumed");
    account.update();
    let text = account.dir.read("rows");
    account.dir.write("rows", text.split_inclusive('\n').next().unwrap());
    account.run(&["--resume", "--output", "rows"]);
    assert_eq!(account.dir.read("rows"), text);
    assert_eq!(asked(&account), (vec![], true));
    assert_eq!(account.dir.read("rows"), text);
}

#[test]
fn a_plain_run_leaves_what_an_update_needs() {
    let account = account("plain");
    account.run(&["--output", "rows"]);
    assert_eq!(asked(&account), (vec![], true));
}

fn revoke_order(account: &Account, order_id: u64) {
    account.client.send(RevokeOrder::new(OrderId(order_id)).skip_approval(true)).unwrap();
}

/// Brings the file up to date. Returns the lists of orders that were asked for, sorted, and whether
/// status changes were.
fn asked(account: &Account) -> (Vec<String>, bool) {
    let mut requests = account.requests_of(|| {
        let run = account.update();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    });
    let all = requests.len();
    requests.retain(|uri| !uri.contains("/status-changes?"));
    let changes = requests.len() < all;
    let lists = requests.iter().filter_map(|uri| uri.strip_prefix("/order/certificate/"));
    let lists = lists.map(|list| list.replace("?show_archived=true", ""));
    let mut lists: Vec<_> = lists.collect();
    lists.sort();
    (lists, changes)
}
