//! Keys, CSRs, and which certificate belongs to which.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PublicKeyData};
use x509_parser::{
    certificate::X509Certificate,
    certification_request::X509CertificationRequest,
    extensions::{GeneralName, ParsedExtension},
    pem::parse_x509_pem,
    prelude::FromDer,
};

/// A certificate signing request.
pub(crate) struct Csr {
    pub(crate) pem: String,
    /// The common name first, if there is one.
    pub(crate) names: Vec<String>,
    /// DER.
    public_key: Vec<u8>,
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
        Self::parse(&pem)
    }

    /// Reads a CSR in PEM. What is around it, such as the text of `openssl req -text`, is left out.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let pem = block(text).ok_or("it is not PEM")?.to_owned();
        let der = der(&pem)?;
        let (_, csr) = X509CertificationRequest::from_der(&der)
            .map_err(|e| format!("it is not a certificate signing request: {e}"))?;
        let info = &csr.certification_request_info;
        let common_name = info.subject.iter_common_name().filter_map(|name| name.as_str().ok());
        let mut names: Vec<String> = common_name.take(1).map(str::to_owned).collect();
        for name in csr.requested_extensions().into_iter().flatten().flat_map(dns_names) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let public_key = info.subject_pki.raw.to_owned();
        Ok(Self { pem, names, public_key })
    }

    pub(crate) fn is_of(&self, key: &KeyPair) -> bool {
        self.public_key == key.subject_public_key_info()
    }

    /// Checks that a certificate is for the key of this CSR, and has the serial number.
    pub(crate) fn check(&self, certificate: &str, serial: Option<&str>) -> Result<(), String> {
        let der = der(certificate)?;
        let (_, certificate) =
            X509Certificate::from_der(&der).map_err(|e| format!("it is not a certificate: {e}"))?;
        if certificate.public_key().raw != self.public_key {
            return Err("it is for another key than the CSR's".to_owned());
        }
        let found = certificate.raw_serial_as_string().replace(':', "").to_ascii_uppercase();
        match serial.map(significant) {
            Some(serial) if serial != significant(&found) => {
                Err(format!("its serial number is {found} and not {serial}"))
            }
            _ => Ok(()),
        }
    }
}

/// Returns the first block of PEM, without what is around it but with its last line break.
fn block(text: &str) -> Option<&str> {
    let (_, text) = text.split_at_checked(text.find("-----BEGIN ")?)?;
    let footer = text.find("-----END ")?;
    let length = text.get(footer..)?.find('\n').map_or(text.len(), |end| footer + end + 1);
    text.get(..length)
}

fn der(pem: &str) -> Result<Vec<u8>, String> {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).map_err(|e| format!("it is not PEM: {e}"))?;
    Ok(pem.contents)
}

fn dns_names(extension: &ParsedExtension<'_>) -> Vec<String> {
    let ParsedExtension::SubjectAlternativeName(names) = extension else { return Vec::new() };
    let names = names.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    names.collect()
}

/// A serial number without what can differ between two ways of writing it.
fn significant(serial: &str) -> String {
    serial.trim().trim_start_matches('0').to_ascii_uppercase()
}
