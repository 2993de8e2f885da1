//! Lists the reissues of an order: `list_reissues_async [ORDER_ID]`.
//!
//! It queries DigiCert if `CERTCENTRAL_API_KEY` is set, and else a local sandbox, as all examples do.

use std::{env, error::Error};

use certcentral_example_cli::{Service, printable, sandbox};
use certcentral_transport_hyper::{Client, ListReissues};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;

    let order_id = env::args().nth(1).unwrap_or_else(|| "112233".into()).parse()?;
    println!("{:<10} {:<10} {:<10} COMMON NAME", "ID", "STATUS", "VALID TILL");
    for reissue in client.send(ListReissues::new(order_id)).await? {
        let status = printable(reissue.status.as_str());
        let valid_till = reissue.valid_till.map(|date| date.to_string()).unwrap_or_default();
        let name = printable(&reissue.common_name.unwrap_or_default());
        println!("{:<10} {status:<10} {valid_till:<10} {name}", reissue.id);
    }
    Ok(())
}
