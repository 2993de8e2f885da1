//! Random histories of an account: an update is like a run from nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    time::Duration,
};

use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder, time::OffsetDateTime};
use certcentral_transport_ureq::{
    OrderId,
    order::{RevokeOrder, UpdateOrderStatus},
};

use super::account::Account;

const ORDERS: u64 = 7;
/// How long ago the last run can be for status changes to tell, in hours.
const KNOWN: u64 = 7 * 24 - 1;

#[test]
fn after_any_history_an_update_is_like_a_run_from_nothing() {
    let number =
        |name, default| env::var(name).map_or(default, |value: String| value.parse().unwrap());
    let first = number("FIRST_HISTORY", 1);
    for seed in first..first + number("HISTORIES", 5) {
        println!("FIRST_HISTORY={seed}");
        History::new(seed).run();
    }
}

struct History {
    account: Account,
    random: u64,
    format: &'static str,
    /// In hours since the start.
    now: u64,
    /// When the last update was.
    updated: Option<u64>,
    /// How late the lists are.
    lag: u64,
    /// The orders of which one certificate was revoked or archived since they were queried, and when
    /// the lists showed it.
    quiet: BTreeMap<u64, u64>,
    /// What the last update has written of each order.
    lines: BTreeMap<u64, Vec<String>>,
}

impl History {
    fn new(seed: u64) -> Self {
        let in_a_while = OffsetDateTime::now_utc().date() + time::Duration::days(9);
        let orders = (1..=ORDERS).map(|id| {
            let order =
                LivingOrder::new(id, [format!("a{id}.example.com"), format!("b{id}.example.net")]);
            match id {
                1 | 2 => order.dv(),
                3 => order.order_valid_till(in_a_while),
                4 => order.without_approval(),
                5 => order.validated_until("example.net", in_a_while),
                _ => order,
            }
        });
        let sandbox = orders.fold(Sandbox::builder(), SandboxBuilder::order);
        let lag = u64::from(seed.is_multiple_of(3));
        let mut account = Account::new(
            &format!("history-{seed}"),
            sandbox.list_lag(Duration::from_secs(lag * 30 * 60)),
        );
        account.counts_reissues = !seed.is_multiple_of(4);
        Self {
            account,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            format: if seed.is_multiple_of(2) { "csv" } else { "jsonl" },
            now: 0,
            lag,
            updated: None,
            quiet: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    fn run(mut self) {
        for _ in 0..8 {
            for _ in 0..self.below(5) {
                self.change();
            }
            let pause = [0, 1, 24, 72, KNOWN - 1, 200][usize::try_from(self.below(6)).unwrap()];
            self.account.sandbox.advance(Duration::from_secs(pause * 60 * 60));
            self.now += pause;
            for _ in 0..self.below(3) {
                self.change();
            }
            self.update();
        }
    }

    /// Changes one order, if the service lets it.
    fn change(&mut self) {
        let order_id = 1 + self.below(ORDERS);
        let (kind, is_approved) = (self.below(13), self.random.is_multiple_of(4));
        let (account, order) = (&self.account, OrderId(order_id));
        match kind {
            0 | 1 => drop(account.reissue(order_id, !is_approved)),
            2 | 3 => drop(account.duplicate(order_id, !is_approved)),
            4 => drop(account.sandbox.issue(order_id)),
            5 => drop(account.sandbox.reject(order_id)),
            6 => drop(account.client.send(UpdateOrderStatus::cancel(order, "no more"))),
            7 => account.sandbox.hold_issuance(is_approved),
            8 if is_approved => {
                drop(account.client.send(RevokeOrder::new(order).skip_approval(true)));
            }
            9 => drop(self.account.hidden.insert(order_id)),
            10 => drop(self.account.hidden.remove(&order_id)),
            kind => {
                let later = account.later(order_id);
                let Some(&id) = later.first() else { return };
                let done = if kind == 11 { account.archive(id) } else { account.revoke(id) };
                if done.is_ok() {
                    self.quiet.entry(order_id).or_insert(self.now + self.lag);
                }
            }
        }
    }

    fn update(&mut self) {
        let since = self.updated.map(|updated| self.now - updated);
        let asks_changes = since.is_some_and(|since| since <= KNOWN);
        self.account.list_after(if asks_changes { 2 } else { 1 });
        let args = ["--update", "--output", "rows", "--format", self.format];
        let run = self.account.run(&args);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        self.account.list_after(0);
        let full = self.account.run(&["--format", self.format]).stdout;
        self.updated = Some(self.now);

        let text = self.account.dir.read("rows");
        let (gone, listed) = text.lines().partition::<Vec<_>, _>(|line| line.contains("gone"));
        let ids = |lines: &[&str]| lines.iter().map(|line| order_of(line)).collect::<Vec<_>>();
        // The lines of each order, and the orders' order.
        let (listed, full) = (grouped(listed.into_iter()), grouped(full.lines()));
        assert_eq!(listed.0, full.0);
        for (id, lines) in &full.1 {
            let kept = &listed.1[id];
            if kept == lines {
                if self.quiet.get(id).is_some_and(|&shown| shown <= self.now) {
                    self.quiet.remove(id);
                }
                continue;
            }
            let changed = self.quiet.get(id);
            let is_old = changed.is_some_and(|&shown| self.now <= shown + KNOWN);
            assert!(is_old, "{kept:#?} is not\n{lines:#?}");
            assert_eq!(Some(kept), self.lines.get(id));
        }
        // What is gone has the lines of when it was listed last, marked.
        let gone_ids: BTreeSet<u64> = ids(&gone).into_iter().collect();
        let earlier = self.lines.keys().copied().filter(|id| self.account.hidden.contains(id));
        assert_eq!(gone_ids, earlier.collect());
        for (id, lines) in grouped(gone.into_iter()).1 {
            let unmarked = lines.iter().map(|line| self.unmarked(line)).collect::<Vec<_>>();
            assert_eq!(unmarked, self.lines[&id]);
        }
        self.lines.extend(listed.1);
        assert_eq!(self.account.dir.files(), ["rows", "rows.state"]);
    }

    fn unmarked(&self, line: &str) -> String {
        let message = "the list of orders does not have it any more";
        let (mark, none) = match self.format {
            "csv" => (format!(",gone,{message}"), ",,"),
            _ => (
                format!(r#""error_kind":"gone","error":"{message}""#),
                r#""error_kind":"","error":"""#,
            ),
        };
        line.replace(&mark, none)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }
}

fn order_of(line: &str) -> u64 {
    let id = line.trim_start_matches(r#"{"order_id":"#).split(',').next().unwrap();
    id.parse().unwrap_or_default() // the heading
}

/// Returns the orders in their order, and the lines of each.
fn grouped<'a>(lines: impl Iterator<Item = &'a str>) -> (Vec<u64>, BTreeMap<u64, Vec<String>>) {
    let (mut orders, mut by_order) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
    for line in lines {
        let id = order_of(line);
        if orders.last() != Some(&id) {
            orders.push(id);
        }
        by_order.entry(id).or_default().push(line.to_owned());
    }
    (orders, by_order)
}
