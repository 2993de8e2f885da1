//! `certcentral-reissue`: reissues certificates and saves them, as `--help` says.

mod args; // the command line
mod carry; // many orders at once
mod csr; // CSRs, and which key belongs to them
mod files; // key, CSR, note and certificate
mod hooks; // programs that publish
mod job; // one order on its way to its files
mod report; // what is told
mod stride; // how far one is driven at once

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::{self, ExitCode},
    time::{Duration, Instant},
};

use args::Args;
use certcentral_example_cli::{CliError, ENVIRONMENT, Service, exit_code, printable};
use certcentral_sandbox::{LivingOrder, Sandbox};
use certcentral_transport_ureq::{
    Client, OrderId,
    order::{ListOrders, NextStep, Order},
    time::OffsetDateTime,
};
use job::{Job, NEW};
use report::{End, Report, Row};

/// What all orders share.
struct Shared<'a> {
    args: &'a Args,
    client: Client,
    directory: PathBuf,
    report: &'a Report,
    deadline: Instant,
}

impl Shared<'_> {
    /// The time that is left.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

fn main() -> ExitCode {
    exit_code("certcentral-reissue", run())
}

fn run() -> Result<ExitCode, CliError> {
    let Some(args) = Args::parse()? else {
        let _ = write!(io::stdout(), "{}\n{ENVIRONMENT}", args::USAGE);
        return Ok(ExitCode::SUCCESS);
    };
    let OrderId(order_id) = args.order_id.unwrap_or(OrderId(700_101));
    let sandbox = Sandbox::builder().order(LivingOrder::new(order_id, SANDBOX_NAMES));
    let service = Service::from_environment(sandbox)?;
    let api = service.api()?.build()?;
    // Many can wait, so they leave room to calls that somebody waits for.
    let api = if args.is_due() { api.in_background() } else { api };
    let shared = Shared {
        args: &args,
        client: service.client(Client::builder(api))?,
        directory: directory(&args, &service),
        report: &Report::new(&args),
        deadline: Instant::now().checked_add(args.timeout).ok_or("the --timeout is too long")?,
    };
    let (mut rows, mut jobs) = (Vec::new(), Vec::new());
    let orders = match args.order_id {
        Some(order_id) => vec![(order_id, None, false)],
        None => due(&shared, &mut rows)?,
    };
    for (order_id, order, renews) in orders {
        let name = name(order.as_ref());
        match Job::open(&shared, order_id, &name, order, renews) {
            Ok(job) => jobs.push(job),
            Err(CliError(error)) => {
                rows.push(shared.report.end(order_id, &name, ("failed", error)));
            }
        }
    }
    rows.extend(carry::carry(&shared, jobs));
    let is_complete =
        rows.iter().all(|(.., (state, _))| matches!(*state, "issued" | "plan" | "due"));
    if args.is_due() || args.is_dry_run && is_complete {
        shared.report.table(rows);
    } else if let Some((.., end)) = rows.pop().filter(|_| !is_complete) {
        return Err(why(end, args.timeout).into());
    }
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says why the one order has no certificate, and what to do.
fn why((state, text): End, timeout: Duration) -> String {
    match state {
        "waits" => {
            let seconds = timeout.as_secs_f64();
            format!("not issued within {seconds} s: it waits {text}; run again to go on")
        }
        "rejected" => {
            let reason = if text.is_empty() { text } else { format!(" ({})", printable(&text)) };
            format!("there will be no certificate with this CSR{reason}; {NEW}")
        }
        _ => text,
    }
}

/// Lists the orders that are due, and those that an earlier run has begun; some for their renewal.
fn due(
    shared: &Shared<'_>,
    rows: &mut Vec<Row>,
) -> Result<Vec<(OrderId, Option<Order>, bool)>, CliError> {
    let (args, today) = (shared.args, OffsetDateTime::now_utc().date());
    let mut begun = files::noted(&shared.directory);
    let mut due = Vec::new();
    let api = shared.client.api().with_call_timeout(shared.left());
    for page in shared.client.with_api(api).pages(ListOrders::new().sort("order_id")) {
        for order in page?.orders {
            let step = order.next_step(today, args.margin);
            let renews = matches!(step, NextStep::Renew { .. });
            let is_due = step.is_due(today) && !files::are_ahead_of(shared, &order);
            if begun.remove(&order.id) || is_due && (args.renews || !renews) {
                due.push((order.id, Some(order), renews));
            } else if is_due {
                let text = "for its renewal, which costs money: ask for it with --renew";
                let end = ("due", text.to_owned());
                rows.push(shared.report.end(order.id, &name(Some(&order)), end));
            }
        }
    }
    due.extend(begun.into_iter().map(|order_id| (order_id, None, false)));
    Ok(due)
}

/// The first name of an order, if it is known.
fn name(order: Option<&Order>) -> String {
    order.into_iter().flat_map(Order::names).next().unwrap_or_default().to_owned()
}

/// What the order in the sandbox is for.
const SANDBOX_NAMES: [&str; 2] = ["shop.example.com", "www.shop.example.com"];

/// The sandbox's certificates are worth nothing, and the next sandbox knows nothing of them: they go
/// to a temporary directory.
fn directory(args: &Args, service: &Service) -> PathBuf {
    match (&args.directory, service.sandbox()) {
        (Some(directory), _) => directory.clone(),
        (None, Some(_)) => env::temp_dir().join(format!("certcentral-reissue-{}", process::id())),
        (None, None) => PathBuf::from("."),
    }
}
