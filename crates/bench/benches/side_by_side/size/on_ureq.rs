//! Lists the reissues of an order on ureq.

use std::{env, error::Error};

use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues};

fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(Api::new(ApiKey::new(env::var("CERTCENTRAL_API_KEY")?)?));
    for reissue in client.send(ListReissues::new("112233".parse()?))? {
        println!("{} {}", reissue.id, reissue.status);
    }
    Ok(())
}
