//! TLS: whose certificates are trusted, by which provider.
//!
//! One file for both transports, so that they mean the same; the async one has a link to it.

use std::sync::Arc;

use certcentral_core::InvalidInputError;
#[cfg(not(feature = "ring"))]
use rustls::crypto::aws_lc_rs as provider;
#[cfg(feature = "ring")]
use rustls::crypto::ring as provider;
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Whose certificates are trusted.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    BuiltIn,
    Pem(Vec<u8>),
    #[cfg(feature = "platform-roots")]
    Platform,
}

impl Roots {
    pub(crate) fn config(&self) -> Result<ClientConfig, InvalidInputError> {
        match self {
            Self::BuiltIn => trusting_built_in_roots()
                .map_err(|e| InvalidInputError::because("TLS cannot be set up", e)),
            Self::Pem(pem) => {
                let roots = read(pem)?;
                let tls = unverified();
                let tls = tls.map_err(|e| InvalidInputError::because("TLS cannot be set up", e))?;
                Ok(tls.with_root_certificates(roots).with_no_client_auth())
            }
            #[cfg(feature = "platform-roots")]
            Self::Platform => {
                use rustls_platform_verifier::BuilderVerifierExt;
                let tls = unverified().and_then(BuilderVerifierExt::with_platform_verifier);
                let tls = tls.map_err(|e| {
                    InvalidInputError::because("the platform's root certificates cannot be read", e)
                })?;
                Ok(tls.with_no_client_auth())
            }
        }
    }
}

/// Mozilla's root certificates, which are compiled in.
///
/// The error is one of the provider's build: that it lacks the default versions of TLS.
pub(crate) fn trusting_built_in_roots() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(unverified()?.with_root_certificates(roots).with_no_client_auth())
}

/// Names the provider: rustls panics where two are compiled in and none is named.
fn unverified() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_safe_default_protocol_versions()
}

fn read(pem: &[u8]) -> Result<RootCertStore, InvalidInputError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate
            .map_err(|e| InvalidInputError::because("the root certificates are not PEM", e))?;
        roots
            .add(certificate)
            .map_err(|e| InvalidInputError::because("a root certificate cannot be read", e))?;
    }
    if roots.is_empty() {
        return Err(InvalidInputError::new("the root certificates' PEM holds no certificate"));
    }
    Ok(roots)
}
