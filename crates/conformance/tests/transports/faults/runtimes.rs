//! An async client and the runtimes below it, which come and go.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use certcentral_core::{Error, ListReissues, Reissues};
use certcentral_transport_hyper::Client;
use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
    time::sleep,
};

use certcentral_conformance::fault_server::{
    FaultServer, Gate, Scheme, Script,
    Step::{Open, ReadRequest, Stall},
    responses::good,
    write,
};

use super::setup::{ORDER_ID, api, check_good, hyper};

const ATTEMPT: Duration = Duration::from_secs(1);

#[test]
fn shut_down_with_an_idle_connection() {
    for first in [current_thread(), multi_thread()] {
        let (server, client) = start([]);
        check_good("the call on the first runtime", &first.block_on(list(&client)));
        drop(first);
        let begun = Instant::now();
        check_good("the call on the second", &multi_thread().block_on(list(&client)));
        assert!(begun.elapsed() < ATTEMPT, "the dead connection must cost no attempt");
        assert_eq!((server.connections(), server.requests()), (2, 2));
    }
}

#[test]
fn shut_down_in_the_middle_of_a_call() {
    let reached = Gate::default();
    let (_server, client) = start([vec![ReadRequest, Open(reached.clone()), Stall]]);
    let first = multi_thread();
    let call = first.spawn(list(&client));
    reached.wait();
    first.shutdown_background();
    let second = multi_thread();
    assert!(second.block_on(call).unwrap_err().is_cancelled());
    check_good("the call on the second runtime", &second.block_on(list(&client)));
}

/// The call is on one runtime and its connection on another, which goes away under it.
#[test]
fn shut_down_under_a_call_of_another() {
    let reached = Gate::default();
    let script = vec![ReadRequest, write(good()), ReadRequest, Open(reached.clone()), Stall];
    let (server, client) = start([script]);
    let (first, second) = (current_thread(), multi_thread());
    check_good("the call on the first runtime", &first.block_on(list(&client)));
    // By then the connection is free for the next call.
    first.block_on(async { sleep(Duration::from_millis(10)).await });
    let over = Arc::new(Notify::new());
    let driving = thread::spawn({
        let over = Arc::clone(&over);
        move || first.block_on(over.notified()) // and drops the runtime
    });
    let call = second.spawn(list(&client));
    reached.wait();
    over.notify_one();
    driving.join().unwrap();
    check_good("the call on the second", &second.block_on(call).unwrap());
    assert_eq!((server.connections(), server.requests()), (2, 3), "one attempt was lost");
}

#[test]
fn two_at_the_same_time() {
    let (server, client) = start([]);
    let (one, two) = (multi_thread(), multi_thread());
    for runtime in [&one, &two, &one, &two] {
        check_good("a call", &runtime.block_on(list(&client)));
    }
    // The second is made where the first is not seen to be idle yet.
    assert!(server.connections() <= 2, "kept connections are used by both");
}

/// A runtime on the current thread does nothing while nobody blocks on it, its connections
/// neither. A call elsewhere that is given one of them waits for its attempt's deadline; the next
/// attempt has a separate connection.
#[test]
fn an_idle_current_thread_runtime_costs_one_attempt_at_most() {
    let (server, client) = start([]);
    let idle = current_thread();
    check_good("the call on the first runtime", &idle.block_on(list(&client)));
    let begun = Instant::now();
    check_good("the call on the second", &multi_thread().block_on(list(&client)));
    assert!(begun.elapsed() < ATTEMPT + Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(server.connections() <= 2);
    drop(idle);
}

/// The first is what `Client::send` documents as a panic: tokio's timers have no other way to say
/// it, and nothing tells beforehand.
#[test]
fn none_or_one_without_a_timer_says_so() {
    let (server, client) = start([]);
    let untimed = Builder::new_current_thread().enable_io().build().unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| untimed.block_on(list(&client)))).unwrap_err();
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or(panic.downcast_ref::<String>().map(String::as_str)).unwrap();
    assert!(message.contains("timers are disabled"), "{message}");

    let call = pin!(list(&client));
    let Poll::Ready(Err(error)) = call.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits for nobody");
    };
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(!error.is_transient() && error.to_string().contains("tokio runtime"), "{error}");

    assert_eq!(server.requests(), 0);
    check_good("the call on a whole runtime", &multi_thread().block_on(list(&client)));
}

fn start(scripts: impl IntoIterator<Item = Script>) -> (FaultServer, Client) {
    let server = FaultServer::start(Scheme::Https, scripts);
    let client = hyper(api(&server).attempt_timeout(ATTEMPT).build().unwrap(), ATTEMPT);
    (server, client)
}

fn list(client: &Client) -> impl Future<Output = Result<Reissues, Error>> + use<> {
    client.send(ListReissues::new(ORDER_ID))
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}
