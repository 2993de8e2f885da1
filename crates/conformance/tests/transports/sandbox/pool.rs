//! The options of the connection pool.

use std::{thread, time::Duration};

use crate::both::TRANSPORTS;

use super::sandboxes::{sandbox, trusting, unlimited};

#[test]
fn without_idle_connections_each_call_opens_one() {
    for on in TRANSPORTS {
        let sandbox = sandbox();
        let builder = trusting(on, unlimited(&sandbox).build().unwrap(), &sandbox);
        let client = builder.pool_max_idle(0).build().unwrap();
        for calls in 1..=3 {
            client.list(112_233).unwrap();
            assert_eq!((sandbox.requests().len(), sandbox.connections()), (calls, calls), "{on:?}");
        }
    }
}

#[test]
fn a_connection_idle_for_too_long_is_not_reused() {
    let (short, longer) = (Duration::from_millis(1), Duration::from_millis(30));
    for on in TRANSPORTS {
        for (idle_timeout, connections) in
            [(short, 3), (Duration::ZERO, 3), (Duration::from_secs(600), 1), (Duration::MAX, 1)]
        {
            let sandbox = sandbox();
            let builder = trusting(on, unlimited(&sandbox).build().unwrap(), &sandbox);
            let client = builder.pool_idle_timeout(idle_timeout).build().unwrap();
            for _ in 0..3 {
                client.list(112_233).unwrap();
                thread::sleep(longer);
            }
            assert_eq!(sandbox.connections(), connections, "{on:?} {idle_timeout:?}");
        }
    }
}
