//! The certificates of the server: a trusted one, and several that clients must refuse.

use std::{
    fmt::{self, Display, Formatter},
    sync::{Arc, LazyLock},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};

/// Which certificate a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// One for `localhost` that clients trust.
    Trusted,
    /// One of an authority that no client knows; otherwise it is right.
    UnknownAuthority,
    /// One for another host.
    AnotherHost,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    NotYetValid,
    /// The trusted one, with TLS 1.2, in exchange for a client certificate.
    ForClientCertificateTls12,
    /// The trusted one, with TLS 1.3, in exchange for a client certificate. The client learns that it
    /// is refused after its part of the handshake is over.
    ForClientCertificateTls13,
}

impl Identity {
    pub(crate) fn config(self) -> Arc<ServerConfig> {
        static TRUSTED: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| issue(&AUTHORITY, |_| {}));
        match self {
            Self::Trusted => Arc::clone(&TRUSTED),
            Self::UnknownAuthority => issue(&authority(), |_| {}),
            Self::AnotherHost => issue(&AUTHORITY, |params| {
                let names = CertificateParams::new(["www.digicert.com".to_owned()]);
                params.subject_alt_names = names.unwrap().subject_alt_names;
            }),
            Self::Expired => {
                issue(&AUTHORITY, |params| params.not_after = date_time_ymd(2020, 1, 1))
            }
            Self::NotYetValid => {
                issue(&AUTHORITY, |params| params.not_before = date_time_ymd(4000, 1, 1))
            }
            Self::ForClientCertificateTls12 => asking_for_a_client_certificate(&TLS12),
            Self::ForClientCertificateTls13 => asking_for_a_client_certificate(&TLS13),
        }
    }
}

impl Display for Identity {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trusted => "the trusted certificate",
            Self::UnknownAuthority => "a certificate of an unknown authority",
            Self::AnotherHost => "another host's certificate",
            Self::Expired => "a certificate that has expired",
            Self::NotYetValid => "a certificate that is not valid yet",
            Self::ForClientCertificateTls12 => "the trusted certificate, for a client's, TLS 1.2",
            Self::ForClientCertificateTls13 => "the trusted certificate, for a client's, TLS 1.3",
        })
    }
}

/// Returns the certificate of the authority that clients must trust, in PEM.
pub fn root_certificate_pem() -> &'static str {
    static PEM: LazyLock<String> = LazyLock::new(|| AUTHORITY.pem());
    &PEM
}

type Authority = CertifiedIssuer<'static, KeyPair>;

static AUTHORITY: LazyLock<Authority> = LazyLock::new(authority);

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "fault server's authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn issue(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> Arc<ServerConfig> {
    let (chain, key) = leaf(authority, change);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

fn asking_for_a_client_certificate(
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.der().clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let (chain, key) = leaf(&AUTHORITY, |_| {});
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

fn leaf(
    authority: &Authority,
    change: impl FnOnce(&mut CertificateParams),
) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, authority).unwrap();
    (vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}
