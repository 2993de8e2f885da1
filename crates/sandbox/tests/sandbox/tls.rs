//! TLS, the default.

use std::net::TcpStream;
use std::sync::Arc;

use certcentral_sandbox::Sandbox;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::Connection;

#[test]
fn a_client_that_trusts_the_root_connects_under_every_name() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(sandbox.base_url(), format!("https://localhost:{}/services/v2", sandbox.port()));
    for name in ["localhost", "127.0.0.1", "::1"] {
        let mut connection = Connection::over(tls(&sandbox, sandbox.ca_pem().unwrap(), name));
        for _ in 0..2 {
            assert_eq!(connection.get("112233", sandbox.api_key()).status, 200);
        }
    }
    assert_eq!(sandbox.connections(), 3);
    assert_eq!(sandbox.requests().len(), 6);
}

#[test]
fn a_client_that_trusts_another_root_never_connects() {
    let (sandbox, other) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    assert_ne!(sandbox.ca_pem(), other.ca_pem());
    let mut stream = tls(&sandbox, other.ca_pem().unwrap(), "localhost");
    assert!(stream.conn.complete_io(&mut stream.sock).is_err());
    assert_eq!(sandbox.connections(), 0);
}

#[test]
fn without_tls_there_is_no_root() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    assert_eq!(
        (sandbox.base_url(), sandbox.ca_pem()),
        (format!("http://127.0.0.1:{}/services/v2", sandbox.port()), None)
    );
}

fn tls(sandbox: &Sandbox, ca_pem: &str, name: &str) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}
