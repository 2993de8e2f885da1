//! Which connections calls are on, over HTTP/1.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use certcentral_transport_hyper::{
    Api, ApiKey, Client, Error, FailureKind, ListReissues, OrderId, RateLimit, Reissues,
    RetryPolicy,
};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::task::{JoinSet, spawn_blocking};

#[tokio::test]
async fn a_crowd_opens_one_connection_for_each_of_it() {
    each_of_a_crowd_opens_one_connection().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_on_threads_opens_one_connection_for_each_of_it() {
    each_of_a_crowd_opens_one_connection().await;
}

/// A call that begins when another ends finds the connection of that one.
async fn each_of_a_crowd_opens_one_connection() {
    const CROWD: usize = 50;
    let all = Arc::new(Barrier::new(CROWD));
    // No response is sent until all requests are there, each on a separate connection.
    let server = Server::start(move |mut stream, number| {
        read_request(&mut stream)?;
        if number < CROWD {
            all.wait();
        }
        respond(&mut stream)?;
        respond_to_all(stream)
    });
    let client = Client::new(server.api());
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let client = client.clone();
        crowd.spawn(async move {
            for _ in 0..4 {
                list(&client).await?;
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(ended) = crowd.join_next().await {
        ended.unwrap().unwrap();
    }
    assert_eq!(server.connections(), CROWD);
}

#[tokio::test]
async fn connections_of_a_custom_connector_are_kept() {
    let server = Server::start(|mut stream, number| {
        if number > 0 {
            return respond_to_all(stream);
        }
        read_request(&mut stream)?;
        respond(&mut stream)?;
        read_request(&mut stream) // and the connection is closed
    });
    let client = Client::with_connector(server.api(), HttpConnector::new());
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    assert_eq!(server.connections(), 2);
}

/// Then it is not known whether the request was processed.
#[tokio::test]
async fn a_kept_connection_that_ends_inside_a_head_uses_up_an_attempt() {
    let server = Server::start(|mut stream, _| {
        read_request(&mut stream)?;
        respond(&mut stream)?;
        read_request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-")
    });
    let client = Client::new(server.api());
    list(&client).await.unwrap();
    let error = list(&client).await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert_eq!((transport.kind(), error.attempts()), (FailureKind::Closed, 1));
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_time_or_with_the_client() {
    for idle_timeout in [Duration::from_millis(50), Duration::MAX] {
        let (ended, end) = mpsc::channel();
        let server = Server::start(move |stream, _| {
            let served = respond_to_all(stream);
            ended.send(()).unwrap();
            served
        });
        let client = Client::builder(server.api()).pool_idle_timeout(idle_timeout);
        let mut client = Some(client.build().unwrap());
        list(client.as_ref().unwrap()).await.unwrap();
        if idle_timeout == Duration::MAX {
            client = None;
        }
        let ending = spawn_blocking(move || end.recv_timeout(Duration::from_secs(10)));
        ending.await.unwrap().unwrap();
        drop(client);
    }
}

async fn list(client: &Client) -> Result<Reissues, Error> {
    client.send(ListReissues::new(OrderId(112_233))).await
}

/// Has each connection served on a thread.
struct Server {
    base_url: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// `serve` is told how many connections came before.
    fn start(
        serve: impl Fn(TcpStream, usize) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::<AtomicUsize>::default();
        let (seen, serve) = (Arc::clone(&connections), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                let number = seen.fetch_add(1, Ordering::Relaxed);
                let serve = Arc::clone(&serve);
                // A client may go at any point.
                thread::spawn(move || drop(serve(stream, number)));
            }
        });
        Self { base_url, connections }
    }

    /// The server as a service, with one attempt for each call.
    fn api(&self) -> Api {
        let api = Api::builder(ApiKey::new("S3cret").unwrap()).base_url(&*self.base_url);
        api.rate_limit(RateLimit::unlimited()).retry(RetryPolicy::none()).build().unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn respond_to_all(mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        read_request(&mut stream)?;
        respond(&mut stream)?;
    }
}

fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.extend(byte);
    }
    Ok(())
}

fn respond(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")?;
    // As from a server that is far away, the body comes later than the head.
    thread::sleep(Duration::from_millis(2));
    stream.write_all(b"{}")
}
