//! CSRs, and which key belongs to them.

use certcentral_transport_ureq::certificate::CertificateChain;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

/// Makes a CSR for the key. The first of `names` is the common name.
pub(crate) fn make(key: &KeyPair, names: &[String]) -> Result<String, String> {
    let common_name =
        names.first().ok_or("the order names no host; give a --name, or a CSR with --csr")?;
    let refuse = |e| format!("cannot make a CSR for {}: {e}", names.join(", "));
    let mut params = CertificateParams::new(names).map_err(refuse)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.serialize_request(key).and_then(|csr| csr.pem()).map_err(refuse)
}

/// Returns whether a CSR is for this key: a certificate that is made with it tells.
pub(crate) fn is_of(csr: &str, key: &KeyPair) -> bool {
    let certificate = CertificateParams::default().self_signed(key).map(|one| one.pem());
    let chain = certificate.ok().and_then(|pem| CertificateChain::from_pem(&pem).ok());
    chain.is_some_and(|chain| chain.is_for(csr))
}
