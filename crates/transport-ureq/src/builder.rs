//! The client's own agent, and the choices that go into it.

use std::{sync::Arc, time::Duration};

use certcentral_core::{Api, Attempt, Error, InvalidInput};
use rustls::{RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};

use crate::Client;

/// Makes a [`Client`] with choices of its own.
#[derive(Clone, Debug)]
#[must_use = "nothing is made until `build` is called"]
pub struct ClientBuilder {
    api: Api,
    root_certificates_pem: Option<Vec<u8>>,
    connect_timeout: Duration,
}

impl ClientBuilder {
    pub(crate) fn new(api: Api) -> Self {
        Self { api, root_certificates_pem: None, connect_timeout: Attempt::CONNECT_TIMEOUT }
    }

    /// The certificates to trust, one or more in PEM, in place of the built-in ones.
    pub fn root_certificates_pem(self, pem: &[u8]) -> Self {
        Self { root_certificates_pem: Some(pem.to_vec()), ..self }
    }

    /// How much of an attempt's time may go into connecting, TLS included. Default: 10 s.
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// Makes the [`Client`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the PEM holds no certificate or one that cannot be read, or the
    /// connect timeout is zero.
    pub fn build(self) -> Result<Client, Error> {
        if self.connect_timeout.is_zero() {
            return Err(
                InvalidInput::new("a connect timeout of zero leaves no time to connect").into()
            );
        }
        let roots = match &self.root_certificates_pem {
            Some(pem) => roots(pem)?,
            None => RootCerts::WebPki,
        };
        Ok(Client::with_agent(self.api, agent(roots, self.connect_timeout)))
    }
}

pub(crate) fn agent(roots: RootCerts, connect_timeout: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(roots)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .timeout_connect(Some(connect_timeout))
        // As many as one burst of the documented rate limit can use.
        .max_idle_connections(100)
        .max_idle_connections_per_host(100)
        .build()
        .into()
}

fn roots(pem: &[u8]) -> Result<RootCerts, Error> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| InvalidInput::because("the root certificates are not PEM", e))?;
    if certificates.is_empty() {
        return Err(InvalidInput::new("the root certificates' PEM holds no certificate").into());
    }
    // ureq skips what it cannot read, and a root that is missing shows late and far away.
    let mut readable = RootCertStore::empty();
    for certificate in &certificates {
        readable
            .add(certificate.clone())
            .map_err(|e| InvalidInput::because("a root certificate cannot be read", e))?;
    }
    let owned = |der: &CertificateDer<'_>| Certificate::from_der(der).to_owned();
    Ok(certificates.iter().map(owned).collect::<Vec<_>>().into())
}
