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

use args::{Args, Orders};
use certcentral_example_cli::{CliError, ENVIRONMENT, Service, exit_code, printable};
use certcentral_sandbox::{LivingOrder, Sandbox};
use certcentral_transport_ureq::{
    Client, OrderId,
    order::{ListOrders, NextStep, Order},
    time::OffsetDateTime,
};
use job::{End, Job, NEW, Shared};
use report::Report;

fn main() -> ExitCode {
    exit_code("certcentral-reissue", run())
}

fn run() -> Result<ExitCode, CliError> {
    let Some(args) = Args::parse()? else {
        let _ = write!(io::stdout(), "{}\n{ENVIRONMENT}", args::USAGE);
        return Ok(ExitCode::SUCCESS);
    };
    let order_id = if let Orders::One(OrderId(id)) = args.orders { id } else { 700_101 };
    let sandbox = Sandbox::builder().order(LivingOrder::new(order_id, SANDBOX_NAMES));
    let service = Service::from_environment(sandbox)?;
    let client = service.client(Client::builder(service.api()?.build()?))?;
    let deadline = Instant::now().checked_add(args.timeout).ok_or("the --timeout is too long")?;
    let report = Report::new(args.is_json, args.is_due());
    let shared = Shared {
        args: &args,
        client,
        directory: directory(&args, &service),
        report: &report,
        deadline,
    };
    match args.orders {
        Orders::One(order_id) => reissue(&shared, order_id),
        Orders::Due(margin) => reissue_due(&shared, margin),
    }
}

fn reissue(shared: &Shared<'_>, order_id: OrderId) -> Result<ExitCode, CliError> {
    let job = Job::open(shared, order_id, None)?;
    let mut result = Ok(ExitCode::SUCCESS);
    carry::carry(shared, vec![job], |_, End { state, text }| {
        let seconds = shared.args.timeout.as_secs_f64();
        let error = match state {
            "issued" => return,
            "plan" => {
                let row = [order_id.to_string(), String::new(), state.to_owned(), text];
                return shared.report.table(&[row]);
            }
            "waits" => {
                format!("not issued within {seconds} s: it waits {text}; run again to go on")
            }
            "rejected" if text.is_empty() => {
                format!("there will be no certificate with this CSR; {NEW}")
            }
            "rejected" => {
                format!("there will be no certificate with this CSR ({}); {NEW}", printable(&text))
            }
            _ => text,
        };
        result = Err(error.into());
    });
    result
}

/// Reissues what is due, and what was begun.
fn reissue_due(shared: &Shared<'_>, margin: Duration) -> Result<ExitCode, CliError> {
    let (mut rows, mut jobs, mut is_complete) = (Vec::new(), Vec::new(), true);
    for (order_id, order) in due(shared, margin)? {
        let name = order.iter().flat_map(Order::names).next().unwrap_or_default().to_owned();
        match Job::open(shared, order_id, order) {
            Ok(job) => jobs.push(job),
            Err(CliError(error)) => {
                is_complete = false;
                rows.push((order_id, [order_id.to_string(), name, "failed".into(), error]));
            }
        }
    }
    carry::carry(shared, jobs, |job, End { state, text }| {
        is_complete &= matches!(state, "issued" | "plan");
        let row = [job.order_id.to_string(), job.name.clone(), state.to_owned(), text];
        rows.push((job.order_id, row));
    });
    rows.sort();
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    shared.report.table(&rows);
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lists the orders that are due, and those that an earlier run has begun.
fn due(shared: &Shared<'_>, margin: Duration) -> Result<Vec<(OrderId, Option<Order>)>, CliError> {
    let today = OffsetDateTime::now_utc().date();
    let mut begun = files::noted(&shared.directory);
    let mut due = Vec::new();
    let api = shared.client.api().with_call_timeout(shared.left());
    for page in shared.client.with_api(api).pages(ListOrders::new().sort("order_id")) {
        for order in page?.orders {
            let saved = shared.args.link(order.id);
            let saved = saved.map_or_else(|| shared.directory.clone(), PathBuf::from);
            let step = order.next_step(today, margin);
            let is_due = matches!(step, NextStep::Reissue { from } if from <= today);
            let is_begun = begun.contains(&order.id);
            begun.retain(|id| *id != order.id);
            if is_begun || is_due && !files::is_ahead_of(&saved, &order) {
                due.push((order.id, Some(order)));
            }
        }
    }
    due.extend(begun.into_iter().map(|order_id| (order_id, None)));
    Ok(due)
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
