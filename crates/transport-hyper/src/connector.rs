//! The client's own way to connect: name look-up, TCP and TLS within one bound.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::time::timeout;
use tower_service::Service;

use crate::BoxError;

type Inner = HttpsConnector<HttpConnector>;

#[derive(Clone)]
pub(crate) struct Connector {
    inner: Result<Inner, rustls::Error>,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(roots: RootCertStore, limit: Duration) -> Self {
        // ring offers the default versions of TLS; a build in which it does not says so at each
        // attempt, instead of a panic here.
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map(|tls| tls.with_root_certificates(roots).with_no_client_auth());
        // Which schemes are allowed where is the core's decision, made in its `BaseUrl`.
        let https = |tls| {
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build()
        };
        Self { inner: tls.map(https), limit }
    }
}

impl Service<Uri> for Connector {
    type Response = <Inner as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.inner {
            Ok(inner) => inner.poll_ready(context),
            Err(error) => Poll::Ready(Err(error.clone().into())),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // hyper's own connect timeout covers neither the name look-up nor TLS.
        let connecting = self.inner.as_mut().map(|inner| timeout(self.limit, inner.call(uri)));
        let connecting = connecting.map_err(|error| error.clone());
        Box::pin(async move { connecting?.await? })
    }
}
