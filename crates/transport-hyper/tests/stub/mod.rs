//! A service that responds as it is told.

#![allow(dead_code, reason = "each test uses a part")]

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use certcentral_transport_hyper::{
    bytes::Bytes,
    http::{Request, Response},
};
use http_body_util::Full;
use tower_service::Service;

#[derive(Clone)]
pub(crate) struct Stub {
    manner: Manner,
    requests: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
enum Manner {
    /// With one status after another, then with 200, and with an empty object each time.
    Respond(Vec<u16>),
    /// Never becomes ready.
    Fail(&'static str),
    /// Never responds.
    Wait,
}

impl Stub {
    pub(crate) fn responding<const N: usize>(statuses: [u16; N]) -> Self {
        Self::new(Manner::Respond(statuses.into()))
    }

    pub(crate) fn failing(message: &'static str) -> Self {
        Self::new(Manner::Fail(message))
    }

    pub(crate) fn silent() -> Self {
        Self::new(Manner::Wait)
    }

    /// The paths that were asked for.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    fn new(manner: Manner) -> Self {
        Self { manner, requests: Arc::default() }
    }
}

impl Service<Request<Full<Bytes>>> for Stub {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(match self.manner {
            Manner::Fail(message) => Err(message),
            Manner::Respond(_) | Manner::Wait => Ok(()),
        })
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        let mut requests = self.requests.lock().unwrap();
        let status = match &self.manner {
            Manner::Respond(statuses) => statuses.get(requests.len()).copied().unwrap_or(200),
            Manner::Fail(_) => return Box::pin(async { Err("called before it was ready") }),
            Manner::Wait => return Box::pin(pending()),
        };
        requests.push(request.uri().path().to_owned());
        let mut response = Response::new(Full::from("{}"));
        *response.status_mut() = status.try_into().unwrap();
        Box::pin(async {
            // As over a network, the response is not there at once.
            tokio::task::yield_now().await;
            Ok(response)
        })
    }
}
