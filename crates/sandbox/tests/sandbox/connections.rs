//! Connections, and the end of a sandbox.

use std::io::{BufRead, BufReader, ErrorKind};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use certcentral_sandbox::Sandbox;

use crate::client::{connect, connect_to, get, target};

#[test]
fn a_connection_is_kept_alive_and_counted_once() {
    let sandbox = plain();
    assert_eq!(sandbox.connections(), 0);
    let mut first = connect(&sandbox);
    first.get("112233", sandbox.api_key());
    first.get("1", "wrong");
    let mut second = connect(&sandbox);
    second.get("112300", sandbox.api_key());
    first.get("112233", sandbox.api_key());

    assert_eq!(sandbox.connections(), 2);
    let numbers: Vec<_> = sandbox.requests().iter().map(|request| request.connection).collect();
    assert_eq!(numbers, [1, 1, 2, 1]);
}

#[test]
fn a_request_that_is_slow_to_come_holds_up_no_other() {
    let sandbox = plain();
    let mut slow = connect(&sandbox);
    let key = sandbox.api_key();
    slow.write(&format!("GET {} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n", target("112233")));
    assert_eq!(get(&sandbox, "112233").status, 200);
    slow.write("Content-Length: 2\r\n\r\n{");
    assert_eq!(get(&sandbox, "112233").status, 200);
    slow.write("}");
    assert_eq!(slow.read().status, 200);
}

#[test]
fn a_client_that_leaves_within_a_request_is_not_recorded() {
    let sandbox = plain();
    let mut leaving = connect(&sandbox);
    leaving.write("GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{");
    drop(leaving);
    get(&sandbox, "112233");
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn dropping_it_closes_connections_and_frees_the_port() {
    let sandbox = plain();
    let port = sandbox.port();
    let mut idle = connect(&sandbox);
    idle.get("112233", sandbox.api_key());
    let mut unfinished = connect(&sandbox);
    unfinished.write("GET / HTTP/1.1\r\n");

    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(idle.is_closed() && unfinished.is_closed());
    // Somebody else may have got a port by then, but not time and again.
    let port_of_another = |_| {
        let sandbox = plain();
        sandbox.port()
    };
    let mut ports = [port].into_iter().chain((0..3).map(port_of_another));
    assert!(ports.any(|port| {
        let error = TcpStream::connect(("127.0.0.1", port)).err();
        error.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }));
}

/// The shell lowers the limit of the program that it becomes.
#[cfg(unix)]
#[test]
fn it_serves_again_after_file_descriptors_ran_out() {
    let program = env!("CARGO_BIN_EXE_certcentral-sandbox");
    let mut command = Command::new("sh");
    let script = format!("ulimit -n 20; exec '{program}' --http");
    let mut child = command.args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();

    let mut connections: Vec<_> = (0..40).map(|_| connect_to(port)).collect();
    let key = "sandbox-key-not-a-secret";
    assert_eq!(connections[0].get("112310", key).status, 200);
    let mut last = connections.pop().unwrap();
    drop(connections);
    assert_eq!(last.get("112310", key).status, 200);

    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(env::temp_dir().join(format!("certcentral-sandbox-{port}.pem"))).unwrap();
}

#[test]
fn two_sandboxes_know_nothing_of_each_other() {
    let (one, two) = (plain(), plain());
    get(&one, "112233");
    assert_eq!((one.requests().len(), two.requests().len()), (1, 0));
    drop(one);
    assert_eq!(get(&two, "112233").status, 200);
}

#[test]
fn a_taken_port_is_an_error() {
    let sandbox = plain();
    let error = Sandbox::builder().port(sandbox.port()).start().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn it_starts_fails_and_ends_in_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let sandbox = plain();
        assert!(Sandbox::builder().port(sandbox.port()).start().is_err());
        assert_eq!(get(&sandbox, "112233").status, 200);
    });
}

fn plain() -> Sandbox {
    Sandbox::builder().plain_http().start().unwrap()
}
