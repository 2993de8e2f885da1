//! Who the server is under TLS: someone to be trusted, and several who are not.

use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};

/// What a server needs, and the authority that a client must trust to believe it.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: Arc<str>,
}

/// The one that every client here trusts.
pub(crate) fn trusted() -> Identity {
    static TRUSTED: LazyLock<Identity> = LazyLock::new(|| issue(&AUTHORITY, |_| {}));
    TRUSTED.clone()
}

/// A certificate that is right in all but one thing: no client knows its authority.
pub(crate) fn of_unknown_authority() -> Arc<ServerConfig> {
    issue(&authority(), |_| {}).config
}

pub(crate) fn of_another_host() -> Arc<ServerConfig> {
    let rename = |params: &mut CertificateParams| {
        params.subject_alt_names =
            CertificateParams::new(["www.digicert.com".to_owned()]).unwrap().subject_alt_names;
    };
    issue(&AUTHORITY, rename).config
}

pub(crate) fn expired() -> Arc<ServerConfig> {
    issue(&AUTHORITY, |params| params.not_after = date_time_ymd(2020, 1, 1)).config
}

pub(crate) fn not_yet_valid() -> Arc<ServerConfig> {
    issue(&AUTHORITY, |params| params.not_before = date_time_ymd(4000, 1, 1)).config
}

/// One that asks for a client certificate, which no client here has.
pub(crate) fn demanding_a_client_certificate(
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

type Authority = CertifiedIssuer<'static, KeyPair>;

static AUTHORITY: LazyLock<Authority> = LazyLock::new(authority);

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "fault server's authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn issue(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let (chain, key) = leaf(authority, change);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Identity { config: Arc::new(config), ca_pem: authority.pem().into() }
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
