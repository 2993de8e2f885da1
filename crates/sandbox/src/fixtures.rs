//! The files of `fixtures/`, embedded.

use std::str::FromStr;

use http::StatusCode;

/// The order ids that the sandbox knows by itself, each with the body that it answers with.
///
/// They are the files of `fixtures/orders`, in the order of their names; 112233 is the example of
/// the documented page, byte for byte.
pub fn orders() -> impl Iterator<Item = (u64, &'static [u8])> {
    numbered(ORDERS)
}

/// The error answers that are known of the service, each a status and a body: the files of
/// `fixtures/errors`.
///
/// [`SandboxBuilder::answer`](crate::SandboxBuilder::answer) serves any of them.
pub fn errors() -> impl Iterator<Item = (StatusCode, &'static [u8])> {
    numbered(ERRORS)
}

/// Each file under the number that its name begins with.
fn numbered<N: FromStr>(table: Table) -> impl Iterator<Item = (N, &'static [u8])> {
    table.iter().filter_map(|(name, body)| {
        let (number, _) = name.split_once('-')?;
        Some((number.parse().ok()?, *body))
    })
}

/// File names and contents, sorted by name; written by `build.rs`.
type Table = &'static [(&'static str, &'static [u8])];

const ORDERS: Table = include!(concat!(env!("OUT_DIR"), "/orders.rs"));
const ERRORS: Table = include!(concat!(env!("OUT_DIR"), "/errors.rs"));

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_file_has_a_number_and_no_two_orders_the_same() {
        let ids: HashSet<u64> = orders().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), ORDERS.len());
        assert_eq!(errors().count(), ERRORS.len());
    }
}
