//! Many calls at once on one client.

use std::{
    thread,
    time::{Duration, Instant},
};

use certcentral_core::RetryPolicy;

use crate::{
    case::{Case, api, require},
    fault_server::{
        FaultServer, Gate, Scheme,
        Step::{ReadRequest, Reset, Wait},
        responses::{good, response},
        write,
    },
    outcome::refused_with,
    row::check_good,
    transport::{Client, Connector},
};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "crowd: 500 calls at once",
            "waits for 500 requests, responds to all",
            "500 lists, each on a separate connection",
            five_hundred_calls_at_once,
        ),
        Case::new(
            "crowd: 16 threads while connections break",
            "reads a request, sends RST; 16 times among 160 calls",
            "160 lists",
            many_threads_while_connections_break,
        ),
        Case::new(
            "crowd: two clients of one Api",
            "responds to the one with 429, Retry-After: 1",
            "the other waits for a second",
            a_pause_that_one_client_is_told_holds_for_the_other,
        ),
    ]
}

fn five_hundred_calls_at_once(transport: &Connector) -> Result<(), String> {
    const CALLS: usize = 500;
    // No response is sent until all requests are there, each on a separate connection.
    let all = Gate::default();
    let script = vec![ReadRequest, Wait(all.clone()), write(good())];
    let server = FaultServer::start(Scheme::Http, vec![script; CALLS]);
    let client = transport.connect(api(&server).build().unwrap());
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            server.wait_for_requests(CALLS);
            all.open();
        });
        let called = on_threads(&client, CALLS, 1);
        let waited = waiting.join().map_err(|_| "not all requests were there at once".to_owned());
        waited.and(called)
    })?;
    let seen = (server.connections(), server.requests());
    require(seen == (CALLS, CALLS), || format!("{seen:?} connections and requests, not (500, 500)"))
}

fn many_threads_while_connections_break(transport: &Connector) -> Result<(), String> {
    const THREADS: usize = 16;
    const CALLS: usize = 10;
    const BROKEN: usize = 16;
    let server = FaultServer::start(Scheme::Https, vec![vec![ReadRequest, Reset]; BROKEN]);
    // One call may meet all of them.
    let retry = RetryPolicy::default().max_attempts(17).base_delay(Duration::ZERO);
    let client = transport.connect(api(&server).retry(retry).build().unwrap());
    on_threads(&client, THREADS, CALLS)?;
    let requests = server.requests();
    require(requests == THREADS * CALLS + BROKEN, || format!("{requests} requests, not 176"))
}

fn a_pause_that_one_client_is_told_holds_for_the_other(
    transport: &Connector,
) -> Result<(), String> {
    let slow_down = response("429 Slow Down", "Retry-After: 1\r\n", "");
    let server = FaultServer::start(Scheme::Http, [vec![ReadRequest, write(slow_down)]]);
    let api = api(&server).retry(RetryPolicy::none()).build().unwrap();
    let (told, other) = (transport.connect(api.clone()), transport.connect(api));
    let begun = Instant::now();
    refused_with(429).retry_after(1).check(&told.list())?;
    check_good("the other client's call", &other.list())?;
    let took = begun.elapsed();
    require(took >= Duration::from_secs(1), || format!("the other waited {took:.1?}"))?;
    require(server.requests() == 2, || format!("{} requests, not 2", server.requests()))
}

/// Makes `calls` calls on each of `threads` threads.
fn on_threads(client: &Client, threads: usize, calls: usize) -> Result<(), String> {
    let work = || (0..calls).try_for_each(|_| check_good("one of many", &client.list()));
    thread::scope(|scope| {
        let spawn = |_| {
            // Small stacks, because there are hundreds of them.
            let thread = thread::Builder::new().stack_size(512 * 1024);
            thread.spawn_scoped(scope, work).unwrap()
        };
        let threads: Vec<_> = (0..threads).map(spawn).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| "one of many calls panicked".to_owned())?
        })
    })
}
