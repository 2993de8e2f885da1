//! Handles the errors of calls: what happened, and what to do about it.

use std::{error::Error, time::Duration};

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_hyper::{Client, Error as CallError, ListReissues, OrderId};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;

    for order_id in [112_233, 1].map(OrderId) {
        match client.send_within(ListReissues::new(order_id), Duration::from_secs(60)).await {
            Ok(reissues) => println!("order {order_id}: {} reissues", reissues.len()),
            Err(error) => println!("order {order_id}: {}: {error:#}", advice(&error)),
        }
    }
    Ok(())
}

fn advice(error: &CallError) -> String {
    match error {
        e if e.is_not_found() => "no such order in this account".into(),
        e if e.is_access_denied() => "check the key and its permissions".into(),
        e if e.is_timeout() => "give the call more time".into(),
        e if e.is_transient() => format!("try again later, {} attempts were made", e.attempts()),
        CallError::Decode(e) => format!("not what the service documents, at {}", e.path()),
        _ => "see the message".into(),
    }
}
