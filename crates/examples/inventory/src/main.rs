//! `certcentral-inventory`: lists every certificate of every order, as `--help` says.

mod args; // the command line
mod beside; // a file that is to replace another
mod certificates; // the calls about one order
mod error_kind; // errors as one word
mod format; // rows as lines
mod listing; // pages of orders
mod orders; // the orders to query
mod origin; // the service, the account and the time
mod output; // where the lines go
mod progress; // on standard error
mod resume; // the output file of an earlier run
mod row; // a line of the output
mod sink; // what becomes of an order's rows
mod state; // what a run has seen, beside its output
mod summary; // all rows together
mod survey; // all orders
mod update; // what has not changed since an earlier run

use std::{
    collections::HashSet,
    future::ready,
    io::{self, ErrorKind, Write},
    pin::pin,
    process::{self, ExitCode},
};

use args::Args;
use certcentral_example_cli::{CliError, ENVIRONMENT, Service, exit_code, note, sandbox};
use certcentral_transport_hyper::Client;
use orders::Orders;
use output::Output;
use sink::Sink;
use summary::Summary;
use survey::End;
use time::OffsetDateTime;
use tokio::{runtime, select, signal};

fn main() -> ExitCode {
    exit_code("certcentral-inventory", run())
}

fn run() -> Result<ExitCode, CliError> {
    let Some(args) = Args::parse()? else {
        let _ = write!(io::stdout(), "{}\n{ENVIRONMENT}", args::USAGE);
        return Ok(ExitCode::SUCCESS);
    };
    let service = Service::from_environment(sandbox())?;
    let client = client(&args, &service)?;
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|e| format!("cannot start a runtime: {e}"))?;
    runtime.spawn(end_at_second_interrupt());
    runtime.block_on(inventory(&args, &client))
}

/// Returns one client, so that all calls share one rate limit. An inventory can wait, so it leaves room
/// to calls that somebody waits for.
fn client(args: &Args, service: &Service) -> Result<Client, CliError> {
    let mut api = service.api()?;
    if let Some(limit) = &args.rate_limit {
        api = api.rate_limit(limit.clone());
    }
    service.client(Client::builder(api.build()?.in_background()))
}

/// Ends the process even if it waits for somebody to read its output.
async fn end_at_second_interrupt() {
    for _ in 0..2 {
        if signal::ctrl_c().await.is_err() {
            return;
        }
    }
    process::exit(INTERRUPTED.into());
}

/// As a shell says it of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

async fn inventory(args: &Args, client: &Client) -> Result<ExitCode, CliError> {
    let orders = Orders::open(&args.orders, client)?;
    let mut interrupt = pin!(signal::ctrl_c());
    // Polled once, so that from here on Ctrl-C does not end the process between two steps.
    select! { biased; _ = &mut interrupt => {}, () = ready(()) => {} }

    let today = OffsetDateTime::now_utc().date();
    let mut summary = Summary::new(today, args.expiring_within, args.update);
    let mut known = HashSet::new();
    let mut output = Output::open(args, |rows| {
        summary.add(rows);
        known.extend(rows.first().map(|row| row.order_id));
    })?;
    let is_interrupted = select! {
        biased;
        _ = &mut interrupt => true,
        begun = output.begin(client) => begun.map(|()| false)?,
    };
    let hint = hint(args, output.is_update());
    let mut sink = Sink::new(output, summary);
    let end = if is_interrupted {
        End::Interrupted { left: None }
    } else {
        survey::run(client, orders.skip(known), args.concurrency, interrupt, &mut sink).await?
    };
    let (summary, ended) = sink.finish(matches!(end, End::Complete));
    let end = ended.map_or_else(End::Unwritable, |()| end);
    note(&summary.to_string());
    match end {
        End::Complete if summary.is_complete() => Ok(ExitCode::SUCCESS),
        End::Complete => Ok(ExitCode::FAILURE),
        End::Interrupted { left } => {
            let left = left.map_or("an unknown number of".to_owned(), |left| left.to_string());
            note(&format!("interrupted: {left} orders are left{hint}\n"));
            Ok(ExitCode::from(INTERRUPTED))
        }
        End::Unlisted(CliError(e)) => Err(format!("cannot list further orders: {e}{hint}").into()),
        End::Refused(CliError(e)) => Err(format!("{e}{hint}").into()),
        // The reader of a pipe has seen enough.
        End::Unwritable(e) if e.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        End::Unwritable(e) => Err(format!("cannot write the output: {e}{hint}").into()),
    }
}

/// Returns what there is to know of the output of a run that did not end well.
fn hint(args: &Args, is_update: bool) -> String {
    match &args.output {
        Some(path) if is_update => format!("; {} is as it was", path.display()),
        Some(_) => "; run again with --resume to continue".to_owned(),
        None => String::new(),
    }
}
