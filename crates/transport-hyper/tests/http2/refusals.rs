//! Streams that a server did not process, and says so: no attempt is used up.

use bytes::Bytes;
use certcentral_transport_hyper::{DecodeError, Endpoint, Error, FailureKind};
use http::{Method, Response};
use tokio::task::JoinSet;

use crate::{
    frames::{Reply, Server},
    kind_of,
    site::{client_of_one_attempt, list},
};

/// As nginx does with `keepalive_requests 3`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_serve_three_requests_fail_no_call() {
    let server = Server::start(|_, stream| match stream {
        0 | 1 => Reply::List,
        _ => Reply::LastList,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    let mut calls = JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        calls.spawn(async move {
            for _ in 0..4 {
                list(&client).await?;
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(ended) = calls.join_next().await {
        ended.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_on_a_new_connection() {
    let server = Server::start(|connection, stream| match (connection, stream) {
        (0, 1) | (1, 0) => Reply::Refuse,
        _ => Reply::List,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    list(&client).await.unwrap();
    // On a kept connection, and then on a new one.
    list(&client).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (3, 4));
    list(&client).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (3, 5));
}

#[tokio::test]
async fn a_server_that_refuses_every_stream_ends_the_call() {
    let server = Server::start(|_, _| Reply::Refuse).await;
    let error = list(&client_of_one_attempt(&server.site)).await.unwrap_err();
    assert_eq!(kind_of(&error), FailureKind::Stale);
    assert_eq!(u32::try_from(server.streams()).unwrap(), error.attempts());
}

/// As Envoy does with a connection that has served its number of requests.
#[tokio::test]
async fn a_connection_that_ends_as_a_call_takes_it_uses_up_no_attempt() {
    let server = Server::start_leaving(1, |_, _| Reply::List).await;
    list(&client_of_one_attempt(&server.site)).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (1, 1));
}

/// hyper has the same error for one whose head it writes all the same: without a body, that is all of it.
#[tokio::test]
async fn a_stream_that_is_left_out_is_sent_again_if_it_has_a_body() {
    struct Post(&'static str);
    impl Endpoint for Post {
        type Output = ();

        fn method(&self) -> Method {
            Method::POST
        }

        fn path(&self) -> String {
            "/post".to_owned()
        }

        fn body(&self) -> Result<Option<Bytes>, Error> {
            Ok(Some(self.0.into()))
        }

        fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
            Ok(())
        }
    }
    let server = Server::start(|_, stream| match stream {
        0 => Reply::List,
        _ => Reply::LeaveOut,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    list(&client).await.unwrap();
    client.send(Post("{}")).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (2, 3));
    let error = client.send(Post("")).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Stale, 1));
    assert!(error.may_have_taken_effect());
}
