//! Audits many orders: asks for the reissues of each, and writes a line about each as its answer
//! comes. See `options.rs` for what it takes, `row.rs` for what a line says.
//!
//! It ends with 0 if every order was answered, 1 if one was not or something else went wrong, and
//! 130 if it was interrupted.

mod audit;
mod format;
mod options;
mod orders;
mod output;
#[path = "../../../transport-ureq/examples/list_reissues/printable.rs"]
mod printable;
mod progress;
mod row;
#[path = "../../../transport-ureq/examples/list_reissues/service.rs"]
mod service;
mod summary;
#[path = "../../../transport-ureq/examples/list_reissues/trouble.rs"]
mod trouble;

use std::{
    collections::HashSet,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use audit::End;
use certcentral_transport_hyper::Client;
use options::Options;
use output::Output;
use progress::Progress;
use service::{ENVIRONMENT, Service};
use summary::Summary;
use tokio::runtime;
use trouble::Trouble;

fn main() -> ExitCode {
    let done = match Options::read() {
        Ok(Some(options)) => run(&options),
        Ok(None) => {
            println!("{}\n{ENVIRONMENT}", options::USAGE);
            Ok(ExitCode::SUCCESS)
        }
        Err(trouble) => Err(trouble),
    };
    done.unwrap_or_else(|Trouble(sentence)| {
        say(&format!("audit_orders: {sentence}\n"));
        ExitCode::FAILURE
    })
}

fn run(options: &Options) -> Result<ExitCode, Trouble> {
    let mut orders = orders::read(options.input.as_deref())?;
    let service = Service::from_environment()?;
    let client = client(options, &service)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("no runtime can be started: {e}"))?;

    let (mut output, kept) = Output::open(options)?;
    let mut summary = Summary::new(options.expiring_within);
    for row in &kept {
        summary.add(row);
    }
    let known: HashSet<_> = kept.iter().map(|row| row.order_id).collect();
    orders.retain(|order_id| !known.contains(order_id));

    let mut progress = Progress::new(orders.len());
    let end = runtime.block_on(audit::audit(&client, orders, options.concurrency, |row| {
        progress.pause_for(|| output.write(&row))?;
        progress.advance();
        summary.add(&row);
        Ok(())
    }))?;
    progress.finish();
    say(&summary.to_string());
    match end {
        End::Complete if summary.all_answered() => Ok(ExitCode::SUCCESS),
        End::Complete => Ok(ExitCode::FAILURE),
        End::Interrupted => {
            say("interrupted: the lines that are written stay; --resume goes on after them\n");
            Ok(ExitCode::from(130))
        }
        // Whoever reads has seen enough.
        End::Unwritable(e) if e.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        End::Unwritable(e) => Err(format!("the output cannot be written: {e}").into()),
    }
}

/// One client, so that all calls share one rate limit.
fn client(options: &Options, service: &Service) -> Result<Client, Trouble> {
    let mut api = service.api()?;
    if let Some(limit) = &options.rate_limit {
        api = api.rate_limit(limit.clone());
    }
    let mut client = Client::builder(api.build()?);
    if let Some(pem) = service.root_certificates()? {
        client = client.root_certificates_pem(&pem);
    }
    Ok(client.build()?)
}

/// Standard error may be closed; the output and the exit code still tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
