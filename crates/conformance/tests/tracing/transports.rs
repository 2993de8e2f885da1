//! What is logged during an exchange belongs to the call, and the call to its caller.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use http::{Request, Response};
use http_body_util::Full;
use tower_service::Service;
use ureq::{Agent, Body, SendBody, middleware::MiddlewareNext};

use crate::output;

const LIST: &str = r#"{"certificates": []}"#;

/// What both tests log, from the caller's span down to the exchange.
const BELONGING: &str = r#" INFO caller:certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue"}: tracing::transports: a layer's own event
 INFO caller:certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 status=200 bytes=20 outcome="ok"}: certcentral_core: close
 INFO caller: tracing::transports: close
"#;

#[test]
fn on_hyper_wherever_the_future_is_polled() {
    let client = on_hyper::Client::with_service(api(), StandIn);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let logged = output::of(|| {
        let call = tracing::info_span!("caller")
            .in_scope(|| client.send(ListReissues::new(OrderId(112_233))));
        let _elsewhere = tracing::info_span!("elsewhere").entered();
        let _inside = runtime.enter();
        runtime.block_on(tokio::spawn(call)).unwrap().unwrap();
    });
    assert_eq!(logged, format!("{BELONGING} INFO elsewhere: tracing::transports: close\n"));
}

#[test]
fn on_ureq() {
    let agent = Agent::config_builder().middleware(stand_in).build().new_agent();
    let client = on_ureq::Client::with_agent(api(), agent);
    let logged = output::of(|| {
        tracing::info_span!("caller").in_scope(|| {
            client.send(ListReissues::new(OrderId(112_233))).unwrap();
        });
    });
    assert_eq!(logged, BELONGING);
}

#[derive(Clone)]
struct StandIn;

impl Service<Request<Full<Bytes>>> for StandIn {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        tracing::info!("a layer's own event");
        ready(Ok(Response::new(LIST.into())))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "ureq's signature")]
fn stand_in(_: Request<SendBody>, _: MiddlewareNext) -> Result<Response<Body>, ureq::Error> {
    tracing::info!("a layer's own event");
    Ok(Response::new(Body::builder().data(LIST)))
}

fn api() -> Api {
    Api::new(ApiKey::new("0123456789ABCDEF").unwrap())
}
