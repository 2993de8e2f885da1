//! Ours and the rivals' clients, all with the same authority, headers and TLS.

use std::{fs, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use certcentral_bench::plain;
use certcentral_core::{Api, ApiKey, BaseUrl, ListReissues, OrderId, RateLimit};
use certcentral_own_transport as over_reqwest;
use certcentral_transport_hyper::Client as OursOnHyper;
use certcentral_transport_ureq::Client as OursOnUreq;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::{BodyExt, Empty};
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
use tokio::runtime::{self, Runtime};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::process::Address;

pub(crate) const OURS_ON_HYPER: &str = "ours on hyper";
pub(crate) const BARE_HYPER: &str = "bare hyper-util";
pub(crate) const OURS_ON_UREQ: &str = "ours on ureq";
pub(crate) const BARE_UREQ: &str = "bare ureq";
pub(crate) const REQWEST: &str = "reqwest, `.json()`";
pub(crate) const OURS_OVER_REQWEST: &str = "ours over reqwest";

/// Lists an order and answers how many rows there are.
pub(crate) type List = Arc<dyn Fn(u64) -> Listing + Send + Sync>;
type Listing = Pin<Box<dyn Future<Output = usize> + Send>>;

/// A new async client by name. The box around each future is one more allocation, for all alike.
pub(crate) fn lister(name: &str, at: &Address) -> List {
    match name {
        OURS_ON_HYPER => {
            let client = ours_on_hyper(at);
            Arc::new(move |order| {
                let call = client.send(ListReissues::new(OrderId(order)));
                Box::pin(async { call.await.unwrap().certificates.len() })
            })
        }
        BARE_HYPER => {
            let client = BareHyper::new(at);
            Arc::new(move |order| {
                let client = client.clone();
                Box::pin(async move { client.list(order).await.certificates.len() })
            })
        }
        REQWEST => {
            let client = Reqwest::new(at);
            Arc::new(move |order| {
                let client = client.clone();
                Box::pin(async move { client.list(order).await.certificates.len() })
            })
        }
        OURS_OVER_REQWEST => {
            let (api, client) = (api(at), Reqwest::without_headers(at));
            Arc::new(move |order| {
                let (call, client) = (api.call(ListReissues::new(OrderId(order))), client.clone());
                Box::pin(async move {
                    over_reqwest::send(&client, call).await.unwrap().certificates.len()
                })
            })
        }
        _ => panic!("no async client is named {name}"),
    }
}

/// A new client by name that lists an order on the calling thread.
pub(crate) fn caller(name: &str, at: &Address) -> Box<dyn Fn(u64) -> usize + Sync> {
    match name {
        OURS_ON_UREQ => {
            let client = ours_on_ureq(at);
            Box::new(move |order| {
                client.send(ListReissues::new(OrderId(order))).unwrap().certificates.len()
            })
        }
        BARE_UREQ => {
            let client = BareUreq::new(at);
            Box::new(move |order| client.list(order).certificates.len())
        }
        _ => {
            let (list, runtime) = (lister(name, at), runtime());
            Box::new(move |order| runtime.block_on(list(order)))
        }
    }
}

/// All on one thread, so that its allocations are all there are.
pub(crate) fn runtime() -> Runtime {
    runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The core without a rate limit, which would be all that is measured.
fn api(at: &Address) -> Api {
    Api::builder(ApiKey::new(at.api_key.as_str()).unwrap())
        .base_url(BaseUrl::parse(&at.base_url).unwrap())
        .rate_limit(RateLimit::unlimited())
        .attempt_timeout(Duration::from_secs(300))
        .build()
        .unwrap()
}

fn ours_on_hyper(at: &Address) -> OursOnHyper {
    let pem = fs::read(&at.ca_file).unwrap();
    let client = OursOnHyper::builder(api(at)).root_certificates_pem(&pem);
    client.connect_timeout(Duration::from_secs(300)).build().unwrap()
}

fn ours_on_ureq(at: &Address) -> OursOnUreq {
    let pem = fs::read(&at.ca_file).unwrap();
    OursOnUreq::builder(api(at)).root_certificates_pem(&pem).build().unwrap()
}

/// hyper-util's client without anything above it.
#[derive(Clone)]
struct BareHyper {
    client: legacy::Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    base_url: String,
    headers: HeaderMap,
}

impl BareHyper {
    fn new(at: &Address) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(at))
            .https_only()
            .enable_http1()
            .build();
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(15))
            .build(connector);
        Self { client, base_url: at.base_url.clone(), headers: headers(at) }
    }

    async fn list(&self, order: u64) -> plain::Reissues {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = url(&self.base_url, order).parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        let answer = self.client.request(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }
}

/// What most people would write.
#[derive(Clone)]
struct Reqwest {
    client: reqwest::Client,
    base_url: String,
}

impl Reqwest {
    fn new(at: &Address) -> Self {
        let client = Self::builder(at).default_headers(headers(at)).build().unwrap();
        Self { client, base_url: at.base_url.clone() }
    }

    /// For the core, whose requests are complete.
    fn without_headers(at: &Address) -> reqwest::Client {
        Self::builder(at).build().unwrap()
    }

    fn builder(at: &Address) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls(at))
            .redirect(redirect::Policy::none())
            .no_proxy()
    }

    async fn list(&self, order: u64) -> plain::Reissues {
        let answer = self.client.get(url(&self.base_url, order)).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }
}

/// ureq without anything above it.
struct BareUreq {
    agent: ureq::Agent,
    base_url: String,
    headers: HeaderMap,
}

impl BareUreq {
    fn new(at: &Address) -> Self {
        let pem = fs::read(&at.ca_file).unwrap();
        let root = Certificate::from_pem(&pem).unwrap();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(RootCerts::from(vec![root]))
            .build();
        let agent = ureq::Agent::config_builder().tls_config(tls).proxy(None).build().into();
        Self { agent, base_url: at.base_url.clone(), headers: headers(at) }
    }

    fn list(&self, order: u64) -> plain::Reissues {
        let mut request = Request::new(());
        *request.uri_mut() = url(&self.base_url, order).parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        let body = self.agent.run(request).unwrap().into_body();
        let body = body.into_with_config().limit(32 << 20).read_to_vec().unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

fn url(base_url: &str, order: u64) -> String {
    format!("{base_url}/order/certificate/{order}/reissue")
}

fn headers(at: &Address) -> HeaderMap {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert("x-dc-devkey", HeaderValue::from_str(&at.api_key).unwrap());
    headers.insert(header::ACCEPT, json.clone());
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
