//! The certificates of servers, as files that a program reads.

use std::sync::LazyLock;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

use crate::temp_dir::TempDir;

/// The certificate of the authority that every client here trusts, in PEM.
pub(crate) fn root_pem() -> String {
    AUTHORITY.pem()
}

/// Writes `chain.pem` and `key.pem` for `localhost`, both together as `server.pem`, and the
/// authority as `root.pem`.
pub(crate) fn write_files(dir: &TempDir) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().unwrap();
    let chain = params.signed_by(&key, &*AUTHORITY).unwrap().pem();
    let key = key.serialize_pem();
    dir.write("chain.pem", &chain);
    dir.write("key.pem", &key);
    dir.write("server.pem", &[chain, key].concat());
    dir.write("root.pem", &root_pem());
}

static AUTHORITY: LazyLock<CertifiedIssuer<'static, KeyPair>> = LazyLock::new(|| {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "authority of the programs");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
});
