//! TLS: which root certificates are trusted, and by which provider.

use std::sync::Arc;

use certcentral_core::InvalidInputError;
#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as provider;
#[cfg(not(feature = "aws-lc-rs"))]
use rustls::crypto::ring as provider;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::pem;

/// The root certificates that a builder was given.
#[derive(Clone, Default)]
pub(crate) struct Roots {
    pub(crate) base: BaseRoots,
    /// Those that are trusted too, each in PEM.
    pub(crate) added: Vec<Vec<u8>>,
}

#[derive(Clone, Default)]
pub(crate) enum BaseRoots {
    /// Mozilla's, which are compiled in.
    #[default]
    BuiltIn,
    Pem(Vec<u8>),
    #[cfg(feature = "platform-roots")]
    Platform,
}

impl Roots {
    pub(crate) fn config(&self) -> Result<ClientConfig, InvalidInputError> {
        let mut added = Vec::new();
        for pem in &self.added {
            added.extend(pem::root_certificates(pem)?);
        }
        let mut roots = match &self.base {
            BaseRoots::BuiltIn => built_in(),
            BaseRoots::Pem(pem) => {
                added.extend(pem::root_certificates(pem)?);
                RootCertStore::empty()
            }
            #[cfg(feature = "platform-roots")]
            BaseRoots::Platform => return platform(added),
        };
        // Each is known to be readable.
        roots.add_parsable_certificates(added);
        trusting(roots).map_err(|e| InvalidInputError::with_source("TLS cannot be set up", e))
    }
}

/// Returns a configuration that trusts the built-in root certificates.
///
/// The error is one of how the provider was built: it lacks the default versions of TLS.
pub(crate) fn default_config() -> Result<ClientConfig, rustls::Error> {
    trusting(built_in())
}

fn built_in() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    Ok(unverified()?.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(feature = "platform-roots")]
fn platform(
    added: Vec<rustls::pki_types::CertificateDer<'static>>,
) -> Result<ClientConfig, InvalidInputError> {
    use rustls_platform_verifier::Verifier;

    let new = |provider| {
        if added.is_empty() {
            return Verifier::new(provider);
        }
        #[cfg(not(target_os = "android"))]
        return Verifier::new_with_extra_roots(added, provider);
        #[cfg(target_os = "android")]
        return Err(rustls::Error::General("Android allows no additional roots".to_owned()));
    };
    let config = unverified().and_then(|config| {
        let verifier = new(Arc::clone(config.crypto_provider()))?;
        Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
    });
    let config = config.map_err(|e| {
        InvalidInputError::with_source(
            "the operating system has no usable root certificates; install its CA certificates, \
             name theirs in SSL_CERT_FILE or SSL_CERT_DIR where it reads these, or use the \
             compiled-in ones, without `platform_roots`",
            e,
        )
    })?;
    Ok(config.with_no_client_auth())
}

/// Names the provider: rustls panics where two are compiled in and none is named.
fn unverified() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_safe_default_protocol_versions()
}
