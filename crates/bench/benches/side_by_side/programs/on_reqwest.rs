//! Lists the reissues of an order on reqwest, with the bounds that ours have.

mod typed;

use std::{env, error::Error, fs, time::Duration};

use reqwest::{Certificate, Client};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let roots = Certificate::from_pem_bundle(&fs::read(env::var("CERTCENTRAL_CA_FILE")?)?)?;
    let client = Client::builder().tls_certs_only(roots).build()?;
    let url = format!("{}/order/certificate/112233/reissue", env::var("CERTCENTRAL_BASE_URL")?);
    let request = client.get(url).timeout(Duration::from_secs(30));
    let request = request.header("X-DC-DEVKEY", env::var("CERTCENTRAL_API_KEY")?);
    let mut response = request.send().await?.error_for_status()?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if chunk.len() > (32 << 20) - body.len() {
            return Err("the body is longer than allowed".into());
        }
        body.extend_from_slice(&chunk);
    }
    for reissue in serde_json::from_slice::<typed::Reissues>(&body)?.certificates {
        println!("{} {:?}", reissue.id, reissue.status);
    }
    Ok(())
}
