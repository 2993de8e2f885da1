//! A host name that nobody knows.

use std::time::{Duration, Instant};

use certcentral_both_transports::TRANSPORTS;
use certcentral_core::{Error, FailureKind};

use crate::setup::{api_at, call, connect};

/// Reserved for names that do not exist (RFC 2606), so no resolver has a response.
const NOWHERE: &str = "https://does-not-exist.invalid/services/v2";

#[test]
fn a_name_that_does_not_exist_is_retried_and_says_so() {
    for on in TRANSPORTS {
        let client = connect(on, api_at(NOWHERE).build().unwrap());
        // There is no server whose next response could be good; the client must fail as well again.
        for _ in 0..2 {
            let begun = Instant::now();
            let error = call(&client).unwrap_err();
            let Error::Transport(transport) = &error else { panic!("{error:?}") };
            assert_eq!((transport.kind(), error.attempts()), (FailureKind::Connect, 3), "{on:?}");
            assert!(error.is_transient() && !error.is_timeout(), "{on:?}");
            assert!(begun.elapsed() < Duration::from_secs(30), "an attempt's time");
        }
    }
}
