//! Which certificate the server has under TLS: one to be trusted, and several that are not.

use std::{
    fmt::{self, Display, Formatter},
    sync::{Arc, LazyLock},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};

/// Which certificate a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// One for `localhost` that clients trust.
    Trusted,
    /// One that is right in all but one thing: no client knows its authority.
    UnknownAuthority,
    /// One for another host.
    AnotherHost,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    NotYetValid,
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
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, authority).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}
