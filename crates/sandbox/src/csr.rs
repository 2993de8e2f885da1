//! Reading a CSR.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::SubjectPublicKeyInfo;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension};

/// What the sandbox takes from a CSR.
pub(crate) struct Csr {
    pub(crate) key: SubjectPublicKeyInfo,
    /// In bits.
    pub(crate) key_size: usize,
    pub(crate) common_name: Option<String>,
    pub(crate) dns_names: Vec<String>,
}

impl Csr {
    /// Reads a CSR in PEM, with line breaks or without, and verifies its signature.
    ///
    /// RSA, P-256, P-384 and Ed25519 are supported. Extensions other than alternative names are
    /// ignored. rcgen has a reader too, but it takes the curve from the signature's digest, and
    /// openssl signs with SHA-256 under a P-384 key.
    pub(crate) fn parse(pem: &str) -> Option<Self> {
        let der = der(pem)?;
        let (rest, request) = X509CertificationRequest::from_der(&der).ok()?;
        if !rest.is_empty() || request.verify_signature().is_err() {
            return None;
        }
        let info = &request.certification_request_info;
        let common_name =
            info.subject.iter_common_name().next().and_then(|name| name.as_str().ok());
        let names = request
            .requested_extensions()
            .into_iter()
            .flatten()
            .filter_map(|extension| match extension {
                ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
                _ => None,
            })
            .flatten();
        Some(Self {
            key: SubjectPublicKeyInfo::from_der(info.subject_pki.raw).ok()?,
            key_size: info.subject_pki.parsed().ok()?.key_size(),
            common_name: common_name.map(str::to_owned),
            dns_names: names
                .filter_map(|name| match name {
                    GeneralName::DNSName(name) => Some((*name).to_owned()),
                    _ => None,
                })
                .collect(),
        })
    }
}

/// Returns what is between header and footer.
fn der(pem: &str) -> Option<Vec<u8>> {
    LABELS.iter().find_map(|label| {
        let body = pem.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
        let body = body.strip_suffix(&format!("-----END {label}-----"))?;
        let body: String = body.split_ascii_whitespace().collect();
        STANDARD.decode(body).ok()
    })
}

const LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use rcgen::{
        CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
        PublicKeyData as _,
    };

    use super::*;

    fn pem(key: &KeyPair) -> String {
        let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "cn.example");
        params.serialize_request(key).unwrap().pem().unwrap()
    }

    #[test]
    fn key_and_names_are_read() {
        for (algorithm, size) in
            [(&PKCS_ECDSA_P256_SHA256, 256), (&PKCS_ECDSA_P384_SHA384, 384), (&PKCS_ED25519, 0)]
        {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let csr = Csr::parse(&pem(&key)).unwrap();
            assert_eq!(csr.key.subject_public_key_info(), key.subject_public_key_info());
            assert_eq!(csr.key_size, size);
            assert_eq!(csr.common_name.as_deref(), Some("cn.example"));
            assert_eq!(csr.dns_names, ["a.example"]);
        }
    }

    #[test]
    fn line_breaks_do_not_matter() {
        let pem = pem(&KeyPair::generate().unwrap());
        let label = "CERTIFICATE REQUEST";
        for same in [
            pem.replace('\n', ""),
            pem.replace('\n', "\r\n"),
            format!("\n{pem}\n"),
            pem.replace(label, &format!("NEW {label}")),
        ] {
            assert!(Csr::parse(&same).is_some(), "{same}");
        }
    }

    #[test]
    fn what_is_no_csr_is_refused() {
        let pem = pem(&KeyPair::generate().unwrap());
        // Inside the signature, whose last bytes are at the end.
        let at = pem.rfind("\n-----END").unwrap() - 8;
        let mut forged = pem.clone();
        forged.replace_range(at..=at, if &pem[at..=at] == "A" { "B" } else { "A" });
        for other in [
            "",
            "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----",
            "-----BEGIN CERTIFICATE REQUEST-----\n!\n-----END CERTIFICATE REQUEST-----",
            &pem.replace("REQUEST", ""),
            &pem[..pem.len() / 2],
            &forged,
        ] {
            assert!(Csr::parse(other).is_none(), "{other}");
        }
    }
}
