//! Connections that fall silent, and stay open: the next attempt does not share them.

use std::time::Duration;

use certcentral_transport_hyper::{Client, FailureKind, RetryPolicy};
use tokio::{task::JoinSet, time::timeout};

use crate::{
    frames::{Reply, Server},
    kind_of,
    site::{client_with, list},
};

#[tokio::test]
async fn a_retry_goes_on_a_new_connection() {
    for silent_from in [0, 1] {
        let server = server(silent_from).await;
        let client =
            client_with(&server.site, |api| api.attempt_timeout(Duration::from_millis(500)));
        for _ in 0..3 {
            list(&client).await.unwrap();
        }
        assert_eq!((server.connections(), server.streams()), (2, 4), "from {silent_from} on");
    }
}

#[tokio::test]
async fn the_next_call_goes_on_a_new_connection() {
    let server = server(1).await;
    let client = client_with(&server.site, |api| {
        api.attempt_timeout(Duration::from_millis(500)).retry(RetryPolicy::none())
    });
    list(&client).await.unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(kind_of(&error), FailureKind::Timeout);
    list(&client).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_crowd_that_met_silence_shares_the_new_connection() {
    let server = server(1).await;
    let client = client_with(&server.site, |api| api.attempt_timeout(Duration::from_millis(500)));
    list(&client).await.unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client: Client = client.clone();
        calls.spawn(async move { list(&client).await });
    }
    while let Some(list) = calls.join_next().await {
        list.unwrap().unwrap();
    }
    list(&client).await.unwrap();
    assert_eq!(server.connections(), 2);
}

/// The caller's own timeout drops the call before the attempt's deadline.
#[tokio::test]
async fn a_call_that_was_dropped_leaves_no_silent_connection() {
    let server = server(1).await;
    let client = client_with(&server.site, |api| api);
    list(&client).await.unwrap();
    assert!(timeout(Duration::from_millis(1100), list(&client)).await.is_err());
    timeout(Duration::from_secs(10), list(&client)).await.unwrap().unwrap();
    assert_eq!(server.connections(), 2);
}

/// Such as one on a runtime that is not driven any more. The others wait for its connection.
#[tokio::test]
async fn a_call_that_nobody_polls_costs_others_one_attempt() {
    let server = server(1).await;
    let client = client_with(&server.site, |api| {
        let retry = RetryPolicy::default().max_attempts(2).base_delay(Duration::ZERO);
        api.attempt_timeout(Duration::from_millis(500)).retry(retry)
    });
    let mut first = Box::pin(list(&client));
    assert!(timeout(Duration::ZERO, &mut first).await.is_err());
    list(&client).await.unwrap();
    drop(first);
}

/// Returns a server whose first connection is silent from this stream on.
async fn server(silent_from: usize) -> Server {
    let plan = match silent_from {
        0 => |connection, _| if connection == 0 { Reply::Silence } else { Reply::List },
        _ => |connection, stream| match (connection, stream) {
            (0, 1..) => Reply::Silence,
            _ => Reply::List,
        },
    };
    Server::start(plan).await
}
