//! Which connections are kept, and for how long.

use std::{thread, time::Duration};

use crate::{
    builders::{Builder, TRANSPORTS},
    clients::{sandbox, unlimited},
};

#[test]
fn with_none_idle_each_call_has_a_connection_of_its_own() {
    for &on in TRANSPORTS {
        let sandbox = sandbox();
        let builder = Builder::trusting(on, unlimited(&sandbox).build().unwrap(), &sandbox);
        let client = builder.pool_max_idle(0).build().unwrap();
        for calls in 1..=3 {
            client.list(112_233).unwrap();
            assert_eq!((sandbox.requests().len(), sandbox.connections()), (calls, calls), "{on:?}");
        }
    }
}

#[test]
fn one_that_was_idle_for_too_long_is_not_used_again() {
    let (short, longer) = (Duration::from_millis(1), Duration::from_millis(30));
    for &on in TRANSPORTS {
        for (idle_timeout, connections) in
            [(short, 3), (Duration::ZERO, 3), (Duration::from_secs(600), 1), (Duration::MAX, 1)]
        {
            let sandbox = sandbox();
            let builder = Builder::trusting(on, unlimited(&sandbox).build().unwrap(), &sandbox);
            let client = builder.pool_idle_timeout(idle_timeout).build().unwrap();
            for _ in 0..3 {
                client.list(112_233).unwrap();
                thread::sleep(longer);
            }
            assert_eq!(sandbox.connections(), connections, "{on:?} {idle_timeout:?}");
        }
    }
}
