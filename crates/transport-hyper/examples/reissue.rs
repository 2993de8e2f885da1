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
    let saved = std::env::temp_dir().join("700101.json");
    loop {
        let progress = client.drive(&mut reissuance).await;
        // After each drive: the next one may send the request, or this one knows its response.
        fs::write(&saved, serde_json::to_vec(&reissuance.checkpoint())?)?;
        let progress = progress?;
        println!("{progress}");
        if let Progress::Issued(certificate) = progress {
            fs::write(saved.with_extension("pem"), certificate.chain.to_pem())?;
            return Ok(fs::remove_file(saved)?);
        }
    }
}
