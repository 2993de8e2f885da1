//! Connections that nobody uses any more are closed, also if no other call comes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues, OrderId};

#[test]
fn an_idle_connection_is_closed_after_its_time() {
    let idle = Duration::from_millis(300);
    let (listener, client) = listen(idle);
    let begun = Instant::now();
    let mut server = call_once(&listener, &client);
    assert_closed(&mut server);
    assert!(begun.elapsed() >= idle, "{:?}", begun.elapsed());
    call_once(&listener, &client);
}

#[test]
fn an_idle_connection_that_the_server_closed_is_closed() {
    let (listener, client) = listen(Duration::from_secs(600));
    let mut server = call_once(&listener, &client);
    server.shutdown(Shutdown::Write).unwrap();
    assert_closed(&mut server);
    call_once(&listener, &client);
}

#[test]
fn a_dropped_client_closes_its_connections() {
    let (listener, client) = listen(Duration::from_secs(600));
    let mut server = call_once(&listener, &client);
    drop(client);
    assert_closed(&mut server);
}

#[cfg(target_os = "linux")]
#[test]
fn the_thread_that_closes_them_ends_with_the_last() {
    let is_running = || {
        let threads = std::fs::read_dir("/proc/self/task").unwrap().map(Result::unwrap);
        let mut names = threads.filter_map(|thread| {
            std::fs::read_to_string(thread.path().join("comm")).ok() // unless it has just ended
        });
        names.any(|name| name.trim() == "certcentral-idl") // the kernel keeps 15 letters
    };
    // The other tests here have such threads too, for a while.
    let wait_until = |runs| {
        let begun = Instant::now();
        while is_running() != runs {
            assert!(begun.elapsed() < PATIENCE, "{runs}");
            thread::sleep(Duration::from_millis(10));
        }
    };
    let (listener, client) = listen(Duration::from_secs(600));
    let _server = call_once(&listener, &client);
    wait_until(true);
    drop(client);
    wait_until(false);
}

fn listen(pool_idle_timeout: Duration) -> (TcpListener, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let api = Api::builder(ApiKey::new("0123456789ABCDEF").unwrap()).base_url(url).build().unwrap();
    (listener, Client::builder(api).pool_idle_timeout(pool_idle_timeout).build().unwrap())
}

/// Makes one call on a new connection, and returns the server's end of it.
fn call_once(listener: &TcpListener, client: &Client) -> TcpStream {
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let (mut socket, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let byte = &mut [0];
                socket.read_exact(byte).unwrap();
                head.extend_from_slice(byte);
            }
            let body = br#"{"certificates":[]}"#;
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n").unwrap();
            socket.write_all(body).unwrap();
            socket
        });
        client.send(ListReissues::new(OrderId(112_233))).unwrap();
        server.join().unwrap()
    })
}

const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until the client has closed its end.
fn assert_closed(server: &mut TcpStream) {
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
}
