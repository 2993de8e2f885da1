//! Carries a reissue from its CSR to its certificate.

use std::{error::Error, fs};

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_hyper::{
    Client, OrderId,
    reissuance::{Progress, Reissuance},
    serde_json,
};

/// Of a key that nobody has any more. Yours comes from `openssl req -new`, for example.
const CSR: &str = include_str!("reissue.csr");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;
    let mut reissuance = Reissuance::new(client.api(), OrderId(700_101), CSR)?.approve(true);
    loop {
        match client.drive(&mut reissuance).await? {
            Progress::Requesting(plan) => {
                println!("requesting a certificate for {}", plan.names.join(", "));
                let checkpoint = serde_json::to_string(&reissuance.checkpoint())?;
                fs::write(std::env::temp_dir().join("700101.json"), checkpoint)?;
            }
            Progress::Issued(certificate) => {
                println!("issued, valid until {:?}", certificate.valid_till);
                return Ok(());
            }
            // A person must approve it, a name must be validated, or there will be no certificate.
            other => println!("{other:?}"),
        }
    }
}
