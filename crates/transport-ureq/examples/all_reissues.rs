//! Lists the reissues of every order of the account, page by page.

use std::error::Error;

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_ureq::{Client, ListReissues, order::ListOrders};

fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::from_environment(sandbox())?;
    let client = service.client(Client::builder(service.api()?.build()?))?;

    // Sorted, so that an order that is placed meanwhile comes last and moves no other.
    for page in client.pages(ListOrders::new().sort("order_id")) {
        for order in page? {
            println!("order {}: {} reissues", order.id, order.reissues_count.unwrap_or_default());
            if order.has_reissues == Some(false) {
                continue; // no call is needed
            }
            for reissue in client.send(ListReissues::new(order.id))? {
                println!("  {} {} {:?}", reissue.id, reissue.status, reissue.valid_till);
            }
        }
    }
    Ok(())
}
