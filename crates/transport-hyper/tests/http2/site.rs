//! Where a server is, who it is under TLS, and clients that trust it.

use std::{sync::Arc, time::Duration};

use certcentral_transport_hyper::{
    Api, ApiBuilder, ApiKey, Client, Error, ListReissues, RateLimit, Reissues, RetryPolicy,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::ORDER_ID;

/// What a client needs to know of a server.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) base_url: String,
    pub(crate) key: String,
    pub(crate) ca_pem: String,
}

impl Site {
    /// Returns a site on loopback, and what its server needs.
    pub(crate) async fn open() -> (Self, TcpListener, TlsAcceptor) {
        Self::open_to(false).await
    }

    /// As [`open`](Self::open), with a server that asks for a client certificate.
    pub(crate) async fn open_to_certificates() -> (Self, TcpListener, TlsAcceptor) {
        Self::open_to(true).await
    }

    async fn open_to(certificates: bool) -> (Self, TcpListener, TlsAcceptor) {
        let identity = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = identity.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(identity.signing_key.serialize_der());
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if certificates {
            let mut roots = RootCertStore::empty();
            roots.add(certificate.clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let mut config =
            builder.with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key)).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        config.send_half_rtt_data = true;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let site = Self { base_url, key: "S3cret".to_owned(), ca_pem: identity.cert.pem() };
        (site, listener, TlsAcceptor::from(Arc::new(config)))
    }
}

/// A client without a rate limit, with pauses too short to notice.
pub(crate) fn client(site: &Site) -> Client {
    client_with(site, |api| api)
}

/// A client whose calls end with the first failure that uses up an attempt.
pub(crate) fn client_of_one_attempt(site: &Site) -> Client {
    client_with(site, |api| api.retry(RetryPolicy::none()))
}

pub(crate) fn client_with(site: &Site, settings: fn(ApiBuilder) -> ApiBuilder) -> Client {
    let api = Api::builder(ApiKey::new(&*site.key).unwrap())
        .base_url(&*site.base_url)
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)));
    let api = settings(api).build().unwrap();
    Client::builder(api).root_certificates_pem(&site.ca_pem).build().unwrap()
}

pub(crate) async fn list(client: &Client) -> Result<Reissues, Error> {
    client.send(ListReissues::new(ORDER_ID)).await
}
