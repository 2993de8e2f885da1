//! Runs many calls in the background: they leave room in the rate limit to calls that a person waits
//! for.

use std::error::Error;

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_hyper::{
    Client, ListReissues,
    order::{ListOrders, OrderInfo},
};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;
    let bulk = client.in_background(); // with the same connections and rate limit

    let (mut pages, mut calls) = (bulk.pages(ListOrders::new()), JoinSet::new());
    let mut first = None;
    while let Some(page) = pages.next().await {
        for order in page? {
            first.get_or_insert(order.id);
            calls.spawn(bulk.send(ListReissues::new(order.id)));
        }
    }
    if let Some(order_id) = first {
        println!("order {order_id}: {}", client.send(OrderInfo::new(order_id)).await?.status);
    }
    for reissues in calls.join_all().await {
        println!("{} reissues", reissues?.len());
    }
    Ok(())
}
