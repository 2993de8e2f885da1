//! CSRs, and which key and certificate belong to them.

use certcentral_transport_ureq::{
    Error,
    certificate::CertificateChain,
    order::{CsrNames, read_csr},
};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

/// A certificate signing request.
pub(crate) struct Csr {
    pub(crate) pem: String,
    /// The common name first, if there is one.
    pub(crate) names: Vec<String>,
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
        let CsrNames { common_name, dns_names, .. } = CsrNames::read(&pem)?;
        let mut names: Vec<String> = common_name.into_iter().collect();
        for name in dns_names {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(Self { pem, names })
    }

    /// Returns whether the CSR is for this key: a certificate that is made with it tells.
    pub(crate) fn is_of(&self, key: &KeyPair) -> bool {
        let certificate = CertificateParams::default().self_signed(key).map(|one| one.pem());
        let chain = certificate.ok().and_then(|pem| CertificateChain::from_pem(&pem).ok());
        chain.is_some_and(|chain| chain.is_for(&self.pem))
    }

    /// Checks that a certificate is for the key of this CSR, and has the serial number.
    pub(crate) fn check(
        &self,
        chain: &CertificateChain,
        serial: Option<&str>,
    ) -> Result<(), String> {
        if !chain.is_for(&self.pem) {
            return Err("it is for another key than the CSR's".to_owned());
        }
        let found = chain.serial_number();
        match serial.map(significant) {
            Some(serial) if serial != significant(&found) => {
                Err(format!("its serial number is {found} and not {serial}"))
            }
            _ => Ok(()),
        }
    }
}

/// A serial number without what can differ between two ways of writing it.
fn significant(serial: &str) -> String {
    serial.trim().trim_start_matches('0').to_ascii_uppercase()
}
