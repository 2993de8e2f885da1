//! Lists the reissues of an order, blocking: see `cli.rs` for what it takes.

mod cli;
mod printable;
mod service;
mod table;
mod trouble;

use std::process::ExitCode;

use certcentral_transport_ureq::Client;
use cli::Question;
use trouble::Trouble;

fn main() -> ExitCode {
    cli::run(ask)
}

fn ask(question: &Question) -> Result<(), Trouble> {
    let mut client = Client::builder(question.api()?);
    if let Some(pem) = question.root_certificates()? {
        client = client.root_certificates_pem(&pem);
    }
    let reissues = client.build()?.send(question.list_reissues())?;
    question.print(&reissues)
}
