//! Whom to trust, and with which cryptography.

use std::sync::Arc;

use certcentral_core::{Error, InvalidInput};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// A configuration that trusts `roots`.
pub(crate) fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    // The provider is named: with two in one build, rustls would not know which to take.
    let provider = Arc::new(ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

pub(crate) fn built_in_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

pub(crate) fn roots(pem: &[u8]) -> Result<RootCertStore, Error> {
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
