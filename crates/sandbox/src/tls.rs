//! The server's side of TLS.

use std::error::Error;
use std::sync::Arc;

use rcgen::KeyPair;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::authority::Authority;

/// What the certificate is valid for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Returns an acceptor that shows a new certificate of `authority`.
pub(crate) fn acceptor(authority: &Authority) -> Result<TlsAcceptor, Box<dyn Error + Send + Sync>> {
    let key = KeyPair::generate()?;
    let certificate = authority.sign_server(&NAMES, &key)?;
    // The provider is named: with two in one build, rustls would not know which to take.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
