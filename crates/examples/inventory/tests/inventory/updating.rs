//! Bringing the output of an earlier run up to date.

mod accidents;
mod account;
mod cases;
mod histories;
mod odd_lists;
mod refusals;

use account::{Account, DAY};
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};

/// Starts an account with three orders: one that was reissued twice, one with a duplicate, and one with
/// neither.
fn account(name: &str) -> Account {
    let orders = [3, 5, 7].map(|id| LivingOrder::new(id, [format!("a{id}.example.com")]));
    let sandbox = orders.into_iter().fold(Sandbox::builder(), SandboxBuilder::order);
    let account = Account::new(name, sandbox);
    account.reissue(3, true).unwrap();
    account.reissue(3, true).unwrap();
    account.duplicate(5, true).unwrap();
    // Beyond the hour by which status changes overlap.
    account.sandbox.advance(DAY);
    account
}
