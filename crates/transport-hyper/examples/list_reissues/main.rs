//! Lists the reissues of an order, async: see `cli.rs` of the blocking example for what it takes.

#[path = "../../../transport-ureq/examples/list_reissues/cli.rs"]
mod cli;
#[path = "../../../transport-ureq/examples/list_reissues/printable.rs"]
mod printable;
#[path = "../../../transport-ureq/examples/list_reissues/service.rs"]
mod service;
#[path = "../../../transport-ureq/examples/list_reissues/table.rs"]
mod table;
#[path = "../../../transport-ureq/examples/list_reissues/trouble.rs"]
mod trouble;

use std::process::ExitCode;

use certcentral_transport_hyper::Client;
use cli::Question;
use tokio::runtime;
use trouble::Trouble;

fn main() -> ExitCode {
    cli::run(|question| {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|e| format!("no runtime can be started: {e}"))?.block_on(ask(question))
    })
}

async fn ask(question: &Question) -> Result<(), Trouble> {
    let mut client = Client::builder(question.api()?);
    if let Some(pem) = question.root_certificates()? {
        client = client.root_certificates_pem(&pem);
    }
    let reissues = client.build()?.send(question.list_reissues()).await?;
    question.print(&reissues)
}
