//! CSRs, and which key belongs to them.

use certcentral_transport_ureq::{
    Error,
    certificate::CertificateChain,
    order::{CsrNames, read_csr},
};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

/// A certificate signing request.
pub(crate) struct Csr {
    pub(crate) pem: String,
}

impl Csr {
    /// Makes a CSR for the key. The first of `names` is the common name.
    pub(crate) fn make(key: &KeyPair, names: &[String]) -> Result<Self, String> {
        let refuse = |e| format!("cannot make a CSR for {}: {e}", names.join(", "));
        let mut params = CertificateParams::new(names).map_err(refuse)?;
        params.distinguished_name = DistinguishedName::new();
        if let Some(common_name) = names.first() {
            params.distinguished_name.push(DnType::CommonName, common_name);
        }
        let pem = params.serialize_request(key).and_then(|csr| csr.pem()).map_err(refuse)?;
        Self::read(pem.as_bytes()).map_err(|e| e.to_string())
    }

    /// Reads the CSR in a file. What is around it, such as the text of `openssl req -text`, is left
    /// out.
    pub(crate) fn read(file: &[u8]) -> Result<Self, Error> {
        let pem = read_csr(file)?;
        CsrNames::read(&pem)?;
        Ok(Self { pem })
    }

    /// Returns its names that are those of no host, such as mail addresses.
    pub(crate) fn other_names(&self) -> Vec<String> {
        let names = CsrNames::read(&self.pem).unwrap_or_default();
        let is_address = |name: &String| name.parse::<std::net::IpAddr>().is_ok();
        names.other_names.into_iter().filter(|name| !is_address(name)).collect()
    }

    /// Returns whether the CSR is for this key: a certificate that is made with it tells.
    pub(crate) fn is_of(&self, key: &KeyPair) -> bool {
        let certificate = CertificateParams::default().self_signed(key).map(|one| one.pem());
        let chain = certificate.ok().and_then(|pem| CertificateChain::from_pem(&pem).ok());
        chain.is_some_and(|chain| chain.is_for(&self.pem))
    }
}
