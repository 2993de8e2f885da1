//! Lists the reissues of an order on hyper.

use std::{env, error::Error};

use certcentral_transport_hyper::{Api, ApiKey, Client, ListReissues};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(Api::new(ApiKey::new(env::var("CERTCENTRAL_API_KEY")?)?));
    for reissue in client.send(ListReissues::new("112233".parse()?)).await? {
        println!("{} {}", reissue.id, reissue.status);
    }
    Ok(())
}
