//! Tests code that uses the client, with a sandbox in place of DigiCert.

use std::error::Error;

use certcentral_sandbox::{Sandbox, http::StatusCode};
use certcentral_transport_ureq::{Api, ApiKey, Client, Error as CallError, ListReissues, OrderId};

/// The code under test.
fn issued(client: &Client, order_id: OrderId) -> Result<usize, CallError> {
    let reissues = client.send(ListReissues::new(order_id))?;
    Ok(reissues.iter().filter(|reissue| reissue.serial_number.is_some()).count())
}

// In your own crate this is a `#[test]`.
fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().reissues(7, r#"{"certificates": []}"#).start()?;
    let api = Api::builder(ApiKey::new(sandbox.api_key())?).base_url(sandbox.base_url()).build()?;
    let roots = sandbox.ca_pem().ok_or("the sandbox has no TLS")?;
    let client = Client::builder(api).root_certificates_pem(roots).build()?;

    assert_eq!(issued(&client, OrderId(112_233))?, 1);
    assert_eq!(issued(&client, OrderId(7))?, 0);

    sandbox.fail_next(StatusCode::SERVICE_UNAVAILABLE, "one moment, please"); // retried
    sandbox.fail_next(StatusCode::FORBIDDEN, r#"{"errors": [{"code": "access_denied"}]}"#); // final
    assert!(issued(&client, OrderId(7)).is_err_and(|error| error.is_access_denied()));
    assert_eq!(sandbox.orders_asked(), [112_233, 7, 7, 7]);
    println!("passed");
    Ok(())
}
