//! The rivals: what the transports stand on, bare, and reqwest. Each has one timeout from connecting
//! to the last byte, another for connecting, and a body limit, and reads into the typed model.

use std::{fs, sync::Arc, time::Duration};

use bytes::Bytes;
use certcentral_bench::typed::Reissues;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use reqwest::redirect;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::time::timeout;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::{BODY_LIMIT, TIMEOUT};
use crate::process::Address;

/// hyper-util's client without anything above it.
#[derive(Clone)]
pub(super) struct BareHyper {
    client: legacy::Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    base_url: String,
    headers: HeaderMap,
}

impl BareHyper {
    pub(super) fn new(at: &Address) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(at))
            .https_only()
            .enable_http1()
            .wrap_connector(http);
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(15))
            .build(connector);
        Self { client, base_url: at.base_url.clone(), headers: headers(at) }
    }

    pub(super) async fn list(&self, order: u64) -> Reissues {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = url(&self.base_url, order).parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        let body = timeout(TIMEOUT, async {
            let response = self.client.request(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            Limited::new(response.into_body(), BODY_LIMIT).collect().await.unwrap().to_bytes()
        });
        serde_json::from_slice(&body.await.unwrap()).unwrap()
    }
}

/// What most people would write, with the bounds that they should.
#[derive(Clone)]
pub(crate) struct Reqwest {
    client: reqwest::Client,
    base_url: String,
}

impl Reqwest {
    pub(crate) fn new(at: &Address) -> Self {
        let client = reqwest::Client::builder()
            .default_headers(headers(at))
            .tls_backend_preconfigured(tls(at))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .build();
        Self { client: client.unwrap(), base_url: at.base_url.clone() }
    }

    /// Lists an order, or says which status came in place of the list.
    pub(crate) async fn list(&self, order: u64) -> Result<Reissues, StatusCode> {
        let request = self.client.get(url(&self.base_url, order));
        let mut response = request.send().await.unwrap();
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        // `.json()` reads without a limit.
        let expected = response.content_length().and_then(|length| length.try_into().ok());
        let mut body = Vec::with_capacity(expected.unwrap_or(0).min(BODY_LIMIT));
        while let Some(chunk) = response.chunk().await.unwrap() {
            assert!(chunk.len() <= BODY_LIMIT - body.len());
            body.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&body).unwrap())
    }
}

/// ureq without anything above it.
pub(super) struct BareUreq {
    agent: ureq::Agent,
    base_url: String,
    headers: HeaderMap,
}

impl BareUreq {
    pub(super) fn new(at: &Address) -> Self {
        let pem = fs::read(&at.ca_file).unwrap();
        let root = Certificate::from_pem(&pem).unwrap();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(RootCerts::from(vec![root]))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(TIMEOUT))
            .build();
        Self { agent: agent.into(), base_url: at.base_url.clone(), headers: headers(at) }
    }

    pub(super) fn list(&self, order: u64) -> Reissues {
        let mut request = Request::new(());
        *request.uri_mut() = url(&self.base_url, order).parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        let body = self.agent.run(request).unwrap().into_body();
        let body = body.into_with_config().limit(BODY_LIMIT as u64).read_to_vec().unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

fn url(base_url: &str, order: u64) -> String {
    format!("{base_url}/order/certificate/{order}/reissue")
}

/// Those that ours sends.
fn headers(at: &Address) -> HeaderMap {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert("x-dc-devkey", HeaderValue::from_str(&at.api_key).unwrap());
    headers.insert(header::ACCEPT, json.clone());
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(header::CONTENT_TYPE, json);
    headers.insert(header::USER_AGENT, HeaderValue::from_static("certcentral-rs/0.1.0"));
    headers
}

fn tls(at: &Address) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&at.ca_file).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}
