//! A host name that does not exist.

use std::time::{Duration, Instant};

use crate::{
    case::{Case, api_at, require},
    outcome::{CONNECT, retried},
};

/// Reserved for names that do not exist (RFC 2606), so no resolver knows it.
const NOWHERE: &str = "https://does-not-exist.invalid/services/v2";

pub(crate) fn cases() -> Vec<Case> {
    let required = format!("{}, at the next call too", retried(CONNECT));
    vec![Case::new("connection: unknown host", "does not exist", required, |transport| {
        let client = transport.connect(api_at(NOWHERE).build().unwrap());
        // There is no server whose next response could be good; the next call must fail as well.
        for _ in 0..2 {
            let begun = Instant::now();
            retried(CONNECT).check(&client.list())?;
            let took = begun.elapsed();
            require(took < Duration::from_secs(30), || format!("it took {took:.1?}"))?;
        }
        Ok(())
    })]
}
