//! Kept connections that end at their next request.

use certcentral_transport_hyper::FailureKind;

use crate::{
    frames::{Reply, Server},
    kind_of,
    site::{client, client_of_one_attempt, list},
};

#[tokio::test]
async fn a_kept_connection_that_ends_uses_up_no_attempt() {
    let server = Server::start(|connection, stream| match (connection, stream) {
        (0, 1) => Reply::Close,
        _ => Reply::List,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    list(&client).await.unwrap();
    list(&client).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (2, 3));
}

#[tokio::test]
async fn a_new_connection_that_ends_uses_up_an_attempt() {
    let server = Server::start(|_, _| Reply::Close).await;
    let error = list(&client_of_one_attempt(&server.site)).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Closed, 1));
}

/// The server has processed the request then, or has begun to.
#[tokio::test]
async fn a_stream_that_is_reset_uses_up_an_attempt() {
    let server = Server::start(|_, stream| match stream {
        1 => Reply::Reset,
        _ => Reply::List,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    list(&client).await.unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Closed, 1));
    list(&client).await.unwrap();
    assert_eq!((server.connections(), server.streams()), (1, 3));
}

/// As proxies do that lose the server behind them.
#[tokio::test]
async fn a_stream_that_is_reset_without_an_error_is_no_list() {
    let server = Server::start(|_, stream| match stream {
        0 => Reply::CutList,
        1 => Reply::SizedList,
        _ => Reply::List,
    })
    .await;
    let client = client_of_one_attempt(&server.site);
    let error = list(&client).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Closed, 1), "{error:#}");
    for _ in 0..2 {
        list(&client).await.unwrap();
    }
    assert_eq!((server.connections(), server.streams()), (1, 3));
}

/// As Varnish, lighttpd and Caddy do when their backend dies in the middle.
#[tokio::test]
async fn a_stream_that_ends_before_its_announced_length_is_retried() {
    let server = Server::start(|_, stream| match stream {
        0 | 1 => Reply::ShortList,
        _ => Reply::List,
    })
    .await;
    let error = list(&client_of_one_attempt(&server.site)).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Closed, 1), "{error:#}");
    assert!(error.is_transient());
    list(&client(&server.site)).await.unwrap();
}
