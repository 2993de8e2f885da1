//! Layers of tower below the client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{error::Error as _, net::TcpListener, time::Duration};

use certcentral_core::{
    Api, ApiBuilder, ApiKey, BaseUrl, Error, ListReissues, OrderId, RetryPolicy,
};
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::Client;
use http::{HeaderValue, Request};
use hyper_util::{client::legacy, rt::TokioExecutor};
use tower::ServiceBuilder;

const ORDER_ID: OrderId = OrderId(112_233);

#[tokio::test]
async fn each_sees_every_request() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let service = ServiceBuilder::new()
        .map_request(|mut request: Request<_>| {
            request.headers_mut().insert("x-egress", HeaderValue::from_static("7"));
            request
        })
        .timeout(Duration::from_secs(20))
        .service(legacy::Client::builder(TokioExecutor::new()).build_http());
    let api = api(&sandbox.base_url(), sandbox.api_key()).build().unwrap();
    let client = Client::with_service(api, service);

    for _ in 0..3 {
        let list = client.send(ListReissues::new(ORDER_ID)).await.unwrap();
        assert_eq!(list.certificates.len(), 3);
    }
    let requests = sandbox.requests();
    let egress: Vec<_> = requests.iter().map(|request| &request.headers["x-egress"]).collect();
    assert_eq!(egress, ["7"; 3]);
    assert!(requests.iter().all(|request| request.headers["x-dc-devkey"] == sandbox.api_key()));
}

/// Time is paused, and goes on as soon as nothing else does.
#[tokio::test(start_paused = true)]
async fn what_one_reports_is_the_attempts_failure() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap(); // accepts, and never answers
    let service = ServiceBuilder::new()
        .timeout(Duration::from_secs(20))
        .service(legacy::Client::builder(TokioExecutor::new()).build_http());
    let url = format!("http://{}", silent.local_addr().unwrap());
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let client = Client::with_service(api(&url, "S3cret").retry(retry).build().unwrap(), service);

    let error = client.send(ListReissues::new(ORDER_ID)).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(_)) && error.is_transient(), "{error:?}");
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.source().unwrap().to_string(), "request timed out");
}

fn api(base_url: &str, key: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(key).unwrap()).base_url(BaseUrl::parse(base_url).unwrap())
}
