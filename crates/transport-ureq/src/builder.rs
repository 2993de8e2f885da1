//! The client's own agent, and the choices that go into it.

use std::time::Duration;

use certcentral_core::{Api, Attempt, Error, InvalidInput};

use crate::{Client, connector, tls};

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
            Some(pem) => tls::roots(pem)?,
            None => tls::built_in_roots(),
        };
        Ok(Client::on(self.api, connector::agent(roots, self.connect_timeout)))
    }
}
