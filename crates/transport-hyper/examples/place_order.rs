//! Places an order once, although its response is lost.

use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::{
    Api, ApiKey, Client,
    order::{NewOrder, OrdersByAlternativeId},
    reissuance::{Challenge, Issuance, Progress},
};

const CSR: &str = include_str!("reissue.csr");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().plain_http().start()?;
    let api = Api::builder(ApiKey::new(sandbox.api_key())?).base_url(sandbox.base_url());
    let client = Client::new(api.build()?);
    let order = NewOrder::new("ssl_dv_rapidssl", CSR).common_name("shop.example.com").years(1);
    let order = order.alternative_order_id("shop-2026"); // of this order alone: it is found by it
    let mut issuance = Issuance::new(client.api(), order)?.approve(true);
    while !issuance.is_finished() {
        // After each drive, save `issuance.checkpoint()`.
        match client.drive(&mut issuance).await? {
            Progress::Requesting(_) => sandbox.drop_next(),
            Progress::Validation(challenges) => {
                for record in challenges.iter().filter_map(Challenge::dns_record) {
                    sandbox.publish_txt(record.name, record.content);
                }
            }
            Progress::Issued(certificate) => println!("until {:?}", certificate.valid_till),
            _ => {}
        }
    }
    println!("{} order", client.send(OrdersByAlternativeId::new("shop-2026")).await?.len());
    Ok(())
}
