//! `certcentral-reissue`: reissues an order's certificate and saves it, as `--help` says.

mod args; // the command line
mod csr; // keys, CSRs, and which certificate belongs to which
mod files; // key, CSR and certificate
mod pauses; // between two looks
mod reissue; // from the request to the certificate

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::{self, ExitCode},
    time::{Duration, Instant},
};

use args::Args;
use certcentral_example_cli::{CliError, ENVIRONMENT, Service, exit_code};
use certcentral_sandbox::{LivingOrder, Sandbox};
use certcentral_transport_ureq::{Client, order::OrderInfo};
use files::Files;
use reissue::Process;

fn main() -> ExitCode {
    exit_code("certcentral-reissue", run())
}

fn run() -> Result<ExitCode, CliError> {
    let Some(args) = Args::parse()? else {
        let _ = write!(io::stdout(), "{}\n{ENVIRONMENT}", args::USAGE);
        return Ok(ExitCode::SUCCESS);
    };
    let sandbox = Sandbox::builder().order(LivingOrder::new(args.order_id.0, SANDBOX_NAMES));
    let service = Service::from_environment(sandbox)?;
    let client = service.client(Client::builder(service.api()?.build()?))?;
    let files = Files::open(directory(&args, &service), args.order_id)?;

    let deadline = deadline(args.timeout)?;
    let info = client.api().call(OrderInfo::new(args.order_id)).with_deadline(deadline);
    let order = client.drive(info)?;
    let (csr, _lock) = match &args.csr {
        Some(path) => files.given_csr(path)?,
        None => files.csr(&reissue::names(&args.names, &[], &order))?,
    };
    let process = Process { client: &client, args: &args, csr: &csr, deadline };
    let chain = process.run(&order)?;
    let pem: String = [chain.leaf()].into_iter().chain(chain.intermediates()).collect();
    files.write_certificate(&pem)?;
    Ok(ExitCode::SUCCESS)
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

fn deadline(timeout: Duration) -> Result<Instant, CliError> {
    Instant::now().checked_add(timeout).ok_or_else(|| "the --timeout is too long".into())
}
