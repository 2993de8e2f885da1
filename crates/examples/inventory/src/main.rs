//! `certcentral-inventory`: lists the reissues of many orders, as `--help` says.

mod args; // the command line
mod audit; // the calls
mod format; // rows as lines
mod orders; // the order ids
mod output; // where the lines go
mod progress; // on standard error
mod row; // a line of the output
mod summary; // all lines together

use std::{
    collections::HashSet,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use args::Args;
use audit::End;
use certcentral_example_cli::{CliError, ENVIRONMENT, Service, exit_code, note};
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::Client;
use output::Output;
use progress::Progress;
use summary::Summary;
use tokio::runtime;

fn main() -> ExitCode {
    exit_code("certcentral-inventory", run())
}

fn run() -> Result<ExitCode, CliError> {
    let Some(args) = Args::parse()? else {
        let _ = write!(io::stdout(), "{}\n{ENVIRONMENT}", args::USAGE);
        return Ok(ExitCode::SUCCESS);
    };
    let mut orders = orders::read(args.input.as_deref())?;
    let service = Service::from_environment(Sandbox::builder())?;
    let client = client(&args, &service)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("cannot start a runtime: {e}"))?;

    let (mut output, kept) = Output::open(&args)?;
    let mut summary = Summary::new(args.expiring_within);
    for row in &kept {
        summary.add(row);
    }
    let known: HashSet<_> = kept.iter().map(|row| row.order_id).collect();
    orders.retain(|order_id| !known.contains(order_id));

    let mut progress = Progress::new(orders.len());
    let end = runtime.block_on(audit::audit(&client, orders, args.concurrency, |row| {
        progress.pause_for(|| output.write(&row))?;
        progress.advance();
        summary.add(&row);
        Ok(())
    }))?;
    progress.finish();
    note(&summary.to_string());
    match end {
        End::Complete if summary.is_complete() => Ok(ExitCode::SUCCESS),
        End::Complete => Ok(ExitCode::FAILURE),
        End::Interrupted => {
            note("interrupted; --resume continues from the lines that are written\n");
            Ok(ExitCode::from(130))
        }
        // The reader of a pipe has seen enough.
        End::Unwritable(e) if e.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        End::Unwritable(e) => Err(format!("cannot write the output: {e}").into()),
    }
}

/// Returns one client, so that all calls share one rate limit.
fn client(args: &Args, service: &Service) -> Result<Client, CliError> {
    let mut api = service.api()?;
    if let Some(limit) = &args.rate_limit {
        api = api.rate_limit(limit.clone());
    }
    let mut client = Client::builder(api.build()?);
    if let Some(pem) = service.root_certificates() {
        client = client.root_certificates_pem(pem);
    }
    Ok(client.build()?)
}
