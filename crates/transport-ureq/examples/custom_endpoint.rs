//! Calls an endpoint that the library does not have: `GET /account`.

use std::error::Error;

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_ureq::{
    Client, DecodeError, Endpoint, bytes::Bytes, decode_json, http::Method, http::Response,
};

struct AccountDetails;

#[derive(Debug, serde::Deserialize)]
struct Account {
    id: u64,
}

impl Endpoint for AccountDetails {
    type Output = Account;
    fn path(&self) -> String {
        "/account".to_owned()
    }
    fn parse(&self, response: &Response<Bytes>) -> Result<Account, DecodeError> {
        decode_json(response)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // The sandbox does not have it either, but can be told what to send.
    let sandbox = sandbox().respond(Method::GET, "/account", Response::new(r#"{"id": 7}"#.into()));
    let service = Service::from_environment(sandbox)?;
    let client = service.client(Client::builder(service.api()?.build()?))?;

    println!("account {}", client.send(AccountDetails)?.id);
    Ok(())
}
