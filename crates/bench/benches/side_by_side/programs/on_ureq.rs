//! Lists the reissues of an order on ureq.

use std::{env, error::Error, fs};

use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues};

fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::builder(ApiKey::new(env::var("CERTCENTRAL_API_KEY")?)?)
        .base_url(env::var("CERTCENTRAL_BASE_URL")?)
        .build()?;
    let roots = fs::read(env::var("CERTCENTRAL_CA_FILE")?)?;
    let client = Client::builder(api).root_certificates_pem(roots).build()?;
    for reissue in client.send(ListReissues::new("112233".parse()?))? {
        println!("{} {}", reissue.id, reissue.status);
    }
    Ok(())
}
