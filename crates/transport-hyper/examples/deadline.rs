//! Bounds how long calls take, pauses and retries included.

use std::{error::Error, time::Duration};

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_hyper::{Client, ListReissues, OrderId, order::OrderInfo};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;
    if let Some(sandbox) = service.sandbox() {
        sandbox.delay_next(Duration::from_secs(1));
    }

    // One call.
    let list = ListReissues::new(OrderId(112_233));
    match client.send_within(list.clone(), Duration::from_millis(200)).await {
        Err(error) if error.is_timeout() => println!("too slow: {error}"),
        result => println!("in time: {} reissues", result?.len()),
    }

    // Every call of a client. It shares connections and the rate limit with the other.
    let bounded = client.with_api(client.api().with_call_timeout(Duration::from_secs(60)));
    println!("{} reissues", bounded.send(list).await?.len());
    println!("order 700101 is {}", bounded.send(OrderInfo::new(OrderId(700_101))).await?.status);
    Ok(())
}
