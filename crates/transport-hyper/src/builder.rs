//! The client's own connector, and the choices that go into it.

use std::time::Duration;

use certcentral_core::{Api, Attempt, Error, InvalidInput};
use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::{Client, connector::Connector};

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
            None => built_in_roots(),
        };
        Ok(Client::with_connector(self.api, Connector::new(roots, self.connect_timeout)))
    }
}

pub(crate) fn built_in_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate
            .map_err(|e| InvalidInput::because("the root certificates are not PEM", e))?;
        roots
            .add(certificate)
            .map_err(|e| InvalidInput::because("a root certificate cannot be read", e))?;
    }
    if roots.is_empty() {
        return Err(InvalidInput::new("the root certificates' PEM holds no certificate").into());
    }
    Ok(roots)
}
