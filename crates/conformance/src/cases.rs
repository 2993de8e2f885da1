//! The fault tables, one file for each subject: what a server does, and how a call must end.
//!
//! There is no row for a jump of the wall clock: deadlines and pauses are measured on `Instant`, which
//! is monotonic, and core may not read the wall clock (`disallowed-methods` in its `clippy.toml`). A
//! server whose clock is decades off is in [`survived`], certificates of another time in
//! [`certificates`].

mod bodies;
mod certificates;
mod chunks;
mod connections;
mod crowds;
mod deadlines;
mod framing;
mod kept;
mod names;
mod pool;
mod posts;
mod records;
mod redirects;
mod refusals;
mod reissuances;
mod statuses;
mod survived;

use std::{thread, time::Duration};

use bytes::Bytes;
use certcentral_core::{DecodeError, Endpoint, OrderId};
use http::{Method, Response};

use crate::case::Case;

/// Every case of the suite.
pub(crate) fn all() -> Vec<Case> {
    let tables = [
        connections::cases(),
        names::cases(),
        certificates::cases(),
        deadlines::cases(),
        records::cases(),
        framing::cases(),
        chunks::cases(),
        statuses::cases(),
        refusals::cases(),
        redirects::cases(),
        bodies::cases(),
        survived::cases(),
        pool::cases(),
        posts::cases(),
        kept::cases(),
        reissuances::cases(),
        crowds::cases(),
    ];
    tables.into_iter().flatten().collect()
}

/// The order that every call requests.
pub(crate) const ORDER_ID: OrderId = OrderId(112_233);

/// A call that must not be sent twice.
pub(crate) struct Post;

impl Endpoint for Post {
    type Output = ();

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        "/order".to_owned()
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Waits until a transport has put a connection back and noticed what the server did to it. Nothing
/// signals that, so the pause is much longer than loopback needs.
fn settle() {
    thread::sleep(Duration::from_millis(200));
}
