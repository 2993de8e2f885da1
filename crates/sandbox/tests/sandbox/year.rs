//! A year and a half of an account: a nightly job on the client's `next_step`, `Reissuance` and
//! `Issuance` keeps every name in certificates.

mod job;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use certcentral_core::certificate::RevocationReason;
use certcentral_core::order::{NewOrder, RevokeOrder, UpdateOrderStatus};
use certcentral_core::{DcvMethod, OrderId};
use certcentral_sandbox::time::{self, Date};
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use http::StatusCode;
use serde_json::Value;

use self::job::{Job, MARGIN};
use crate::caller::{builder, csr, first_day, send};

const DAY: Duration = Duration::from_secs(24 * 3600);
const NIGHTS: u32 = 550;
/// An order and the night in which it is revoked.
const REVOKED: (u64, u32) = (15, 100);
/// Orders whose certificates end on this day, and the night from which control of their names is shown.
const ENDS: u32 = 45;
const LATE: [(u64, u32); 2] = [(16, 27), (17, ENDS + 10)];
const CANCELED: &str = "canceled.example";

#[test]
fn every_name_keeps_a_certificate_for_a_year_and_a_half() {
    keeps_certificates(&account(Duration::ZERO), None);
}

#[test]
fn so_it_does_if_every_tenth_response_is_lost_and_lists_lag() {
    keeps_certificates(&account(Duration::from_secs(120)), Some(10));
}

fn keeps_certificates(sandbox: &Sandbox, lost: Option<usize>) {
    let mut job = Job::new(sandbox, lost);
    let canceled = send(sandbox, &new_order(CANCELED).years(1)).unwrap();
    send(sandbox, &UpdateOrderStatus::cancel(canceled.id, "a mistake")).unwrap();
    job.take_over(&[CANCELED]);
    job.place("short.example", new_order("short.example").days(90));
    job.place("plan.example", new_order("plan.example").years(2));
    let mut uncovered: BTreeMap<String, RangeInclusive<u32>> = BTreeMap::new();
    for night in 1..=NIGHTS {
        job.sleep_until_night(night);
        for name in job.names_without_certificate() {
            let nights = uncovered.entry(name).or_insert(night..=night);
            assert!(*nights.end() + 1 >= night, "{uncovered:?}");
            *nights = *nights.start()..=night;
        }
        if night == REVOKED.1 {
            let revoke = RevokeOrder::new(OrderId(REVOKED.0)).skip_approval(true);
            send(sandbox, &revoke.reason(RevocationReason::KeyCompromise)).unwrap();
            job.forget(&names(REVOKED.0));
        }
        let late = LATE.into_iter().filter(|(_, from)| night < *from);
        job.unpublished = late.flat_map(|(id, _)| names(id)).collect();
        job.run();
    }

    // Nobody can help a name whose order is canceled or revoked, or whose owner shows control of it
    // ten days after its certificate has ended. All others have one on every day.
    let mut expected = BTreeMap::from([(CANCELED.to_owned(), 1..=NIGHTS)]);
    expected.extend(names(REVOKED.0).map(|name| (name, REVOKED.1 + 1..=NIGHTS)));
    expected.extend(names(LATE[1].0).map(|name| (name, ENDS + 1..=LATE[1].1)));
    assert_eq!(uncovered, expected);

    for order in job.orders() {
        let is_ending = order.order_valid_till.is_some_and(|end| end - MARGIN <= job.today());
        let is_given_up = order.id.0 == REVOKED.0;
        assert_eq!(order.is_renewed == Some(true), is_ending && !is_given_up, "{order:?}");
    }
    // What was placed or requested has become one certificate each.
    let mut placed: BTreeMap<String, usize> = BTreeMap::new();
    let mut lost_posts = BTreeSet::new();
    for post in sandbox.requests().into_iter().filter(|it| it.status == StatusCode::CREATED) {
        let is_reissue = post.uri.path().ends_with("/reissue");
        if post.dropped {
            lost_posts.insert(is_reissue);
        }
        let order = post.uri.path().split('/').nth(5).unwrap();
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        let step = match &body["renewal_of_order_id"] {
            _ if is_reissue => format!("reissue of {order}"),
            Value::Null => body["alternative_order_id"].as_str().unwrap().to_owned(),
            renewed => format!("renewal of {renewed}"),
        };
        *placed.entry(step).or_default() += 1;
    }
    assert_eq!(placed.remove(CANCELED), Some(1));
    assert_eq!(placed, job.issued);
    assert_eq!(lost_posts.len(), if lost.is_some() { 2 } else { 0 }, "reissues and orders");
}

/// Orders 1 to 17: OV, EV and DV, plans of one to three years, at all stages.
fn account(list_lag: Duration) -> Sandbox {
    let orders = (1..=17).map(|id| {
        let offset = match id {
            16 | 17 => ENDS.into(),
            _ => 8 + 11 * i64::try_from(id).unwrap(),
        };
        let valid_till = in_days(offset);
        let years = 1 + i64::try_from(id % 3).unwrap();
        let order = LivingOrder::new(id, names(id)).valid_till(valid_till);
        let order = order.order_valid_till(valid_till + time::Duration::days(365 * years - 198));
        match id {
            5 => order.ev(),
            16 => order.validated_until(domain(id), in_days(-1)),
            id if id % 2 == 1 => order.dv(),
            _ => order,
        }
    });
    let builder = builder().without_rate_limit().list_lag(list_lag);
    orders.fold(builder, SandboxBuilder::order).start().unwrap()
}

fn new_order(name: &str) -> NewOrder {
    let order = NewOrder::new("ssl_dv_geotrust_flex", csr(&[name])).common_name(name);
    order.dcv_method(DcvMethod::DnsTxt).alternative_order_id(name)
}

fn names(id: u64) -> [String; 2] {
    [domain(id), format!("www.{}", domain(id))]
}

fn domain(id: u64) -> String {
    format!("shop{id}.example")
}

fn in_days(days: i64) -> Date {
    first_day() + time::Duration::days(days)
}
