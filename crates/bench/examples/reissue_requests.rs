//! Counts at a sandbox what a program asks to reissue orders that are due.
//!
//! `reissue_requests ORDERS SECONDS PROGRAM ARG…`: certificates are issued after so many seconds. If an
//! argument is `{}`, the program is run for each order, all at once, with the order's id in its place.

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use std::{
    collections::BTreeMap,
    env, fs,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use certcentral_sandbox::{
    LivingOrder, Sandbox, SandboxBuilder,
    time::{self, OffsetDateTime},
};

fn main() {
    let mut args = env::args().skip(1);
    let orders: u64 = args.next().unwrap().parse().unwrap();
    let seconds = args.next().unwrap().parse().unwrap();
    let program = args.next().unwrap();
    let args: Vec<String> = args.collect();

    let today = OffsetDateTime::now_utc().date();
    let due = |id| {
        let order = LivingOrder::new(id, [format!("shop-{id}.example.org")]);
        let order = order.valid_till(today + time::Duration::days(10));
        // Reissues meet domains that are validated.
        let order = order.validated_until("example.org", today + time::Duration::days(100));
        order.order_valid_till(today + time::Duration::days(150))
    };
    let builder = (1..=orders).map(due).fold(Sandbox::builder(), SandboxBuilder::order);
    let sandbox = builder.plain_http().start().unwrap();
    sandbox.hold_issuance(seconds > 0);
    let directory = env::temp_dir().join(format!("reissue-requests-{}", std::process::id()));
    let run = |order: u64| {
        let args = args.iter().map(|arg| if arg == "{}" { order.to_string() } else { arg.clone() });
        let mut command = Command::new(&program);
        command.args(args).arg("--directory").arg(&directory);
        command.env("CERTCENTRAL_BASE_URL", sandbox.base_url());
        command.env("CERTCENTRAL_API_KEY", sandbox.api_key());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let runs = if args.iter().any(|arg| arg == "{}") { orders } else { 1 };
    let processes: Vec<_> = (1..=runs).map(run).collect();
    thread::sleep(Duration::from_secs(seconds));
    sandbox.hold_issuance(false);
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    fs::remove_dir_all(directory).unwrap();

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in sandbox.requests() {
        let segments = request.uri.path().split('/');
        let segments = segments.map(|it| if it.parse::<u64>().is_ok() { "{id}" } else { it });
        let path = segments.collect::<Vec<_>>().join("/");
        *counts.entry(format!("{} {path} {}", request.method, request.status)).or_default() += 1;
    }
    for (call, count) in &counts {
        println!("{count:5} {call}");
    }
    println!("{} requests for {orders} orders", counts.values().sum::<usize>());
}
