//! Reads CSRs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, PublicKeyData,
    SignatureAlgorithm,
};
use x509_parser::asn1_rs::{Any, BitString, Tag};
use x509_parser::error::X509Error;
use x509_parser::oid_registry::{OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Extension};
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::signature_algorithm::{RsaSsaPssParams, SignatureAlgorithm as Signature};
use x509_parser::verify::verify_signature;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use crate::refusal::Refusal;

/// What the sandbox takes from a CSR.
#[derive(Debug)]
pub(crate) struct Csr {
    pub(crate) key: PublicKey,
    /// In bits.
    pub(crate) key_size: usize,
    pub(crate) common_name: Option<String>,
    pub(crate) dns_names: Vec<String>,
}

/// A key that the authority certifies, however the CSR wrote it.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    algorithm: &'static SignatureAlgorithm,
    bytes: Vec<u8>,
}

impl Csr {
    /// Reads the CSR in a text, and verifies its signature.
    ///
    /// RSA from 2048 bits on, P-256 and P-384 are supported, as at public authorities; a compressed
    /// point is not, because it cannot be verified here. Attributes are read one at a time: what
    /// cannot be read, or is no alternative name, is passed over.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let der = der(text).ok_or_else(Refusal::csr_cannot_be_parsed)?;
        let request = Request::read(&der).ok_or_else(Refusal::csr_cannot_be_parsed)?;
        let (key, key_size) = request.key().ok_or_else(Refusal::csr_is_not_supported)?;
        request.verify()?;
        let mut common_names = request.subject.iter_common_name();
        let common_name = common_names.next().and_then(|name| name.as_str().ok());
        let common_name = common_name.map(str::to_owned);
        Ok(Self { key, key_size, common_name, dns_names: dns_names(request.attributes) })
    }
}

/// The parts of a CSR. x509-parser reads it whole or not at all, and rcgen takes the curve from the
/// signature's digest, though openssl signs with SHA-256 under a P-384 key.
struct Request<'a> {
    subject: X509Name<'a>,
    key: SubjectPublicKeyInfo<'a>,
    attributes: &'a [u8],
    signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
}

impl<'a> Request<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, request) = Any::from_der(der).ok()?;
        if !rest.is_empty() || request.tag() != Tag::Sequence {
            return None;
        }
        let (after_info, info) = Any::from_der(request.data).ok()?;
        let signed = request.data.get(..request.data.len() - after_info.len())?;
        let (rest, algorithm) = AlgorithmIdentifier::from_der(after_info).ok()?;
        let (_, signature) = BitString::from_der(rest).ok()?;
        let (rest, _version) = Any::from_der(info.data).ok()?;
        let (rest, subject) = X509Name::from_der(rest).ok()?;
        let (rest, key) = SubjectPublicKeyInfo::from_der(rest).ok()?;
        // Some tools leave the attributes out where there are none.
        let attributes = Any::from_der(rest).map_or(&[][..], |(_, attributes)| attributes.data);
        Some(Self { subject, key, attributes, signed, algorithm, signature })
    }

    /// The key and its size, if they are supported.
    fn key(&self) -> Option<(PublicKey, usize)> {
        let parsed = self.key.parsed().ok()?;
        let algorithm = match (&parsed, parsed.key_size()) {
            (Parsed::RSA(_), 2048..=8192) => &PKCS_RSA_SHA256,
            // 4 is the uncompressed form.
            (Parsed::EC(point), 256) if point.data().first() == Some(&4) => &PKCS_ECDSA_P256_SHA256,
            (Parsed::EC(point), 384) if point.data().first() == Some(&4) => &PKCS_ECDSA_P384_SHA384,
            _ => return None,
        };
        let bytes = self.key.subject_public_key.data.to_vec();
        Some((PublicKey { algorithm, bytes }, parsed.key_size()))
    }

    fn verify(&self) -> Result<(), Refusal> {
        if let Ok(Signature::RSASSA_PSS(parameters)) = Signature::try_from(&self.algorithm)
            && !has_usual_salt(&parameters)
        {
            return Err(Refusal::csr_is_not_supported());
        }
        verify_signature(&self.key, &self.algorithm, &self.signature, self.signed).map_err(
            |error| match error {
                X509Error::SignatureUnsupportedAlgorithm => Refusal::csr_is_not_supported(),
                _ => Refusal::csr_cannot_be_parsed(),
            },
        )
    }
}

/// Returns whether the salt is as long as the digest: another one cannot be verified here.
fn has_usual_salt(parameters: &RsaSsaPssParams<'_>) -> bool {
    [(OID_NIST_HASH_SHA256, 32), (OID_NIST_HASH_SHA384, 48), (OID_NIST_HASH_SHA512, 64)]
        .contains(&(parameters.hash_algorithm_oid().clone(), parameters.salt_length()))
}

impl From<&KeyPair> for PublicKey {
    fn from(key: &KeyPair) -> Self {
        Self { algorithm: key.algorithm(), bytes: key.der_bytes().to_vec() }
    }
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

/// The alternative names that all requests for extensions ask for, each once.
fn dns_names(attributes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in elements(attributes) {
        let mut parts = elements(attribute);
        let (Some(id), Some(values)) = (parts.next(), parts.next()) else { continue };
        if !EXTENSION_REQUESTS.contains(&id) {
            continue;
        }
        for extension in elements(values).flat_map(extensions) {
            let ParsedExtension::SubjectAlternativeName(found) = extension.parsed_extension()
            else {
                continue;
            };
            for name in &found.general_names {
                if let GeneralName::DNSName(name) = name
                    && !names.iter().any(|known| known == name)
                {
                    names.push((*name).to_owned());
                }
            }
        }
    }
    names
}

/// 1.2.840.113549.1.9.14, and Microsoft's 1.3.6.1.4.1.311.2.1.14, DER.
const EXTENSION_REQUESTS: [&[u8]; 2] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0e],
];

/// The contents of the elements of a set or sequence, as far as they can be read.
fn elements(mut der: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (rest, element) = Any::from_der(der).ok()?;
        der = rest;
        Some(element.data)
    })
}

/// The extensions in a list, as far as they can be read.
fn extensions(mut der: &[u8]) -> impl Iterator<Item = X509Extension<'_>> {
    std::iter::from_fn(move || {
        let (rest, _) = Any::from_der(der).ok()?;
        let extension = X509Extension::from_der(der).map(|(_, extension)| extension);
        der = rest;
        Some(extension.ok())
    })
    .flatten()
}

/// Returns what is between the marks of the first block that is a request, wherever it stands.
fn der(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<_> = text.split("-----").collect();
    let body = parts.windows(3).find_map(|part| match part {
        [begin, body, end]
            if begin.starts_with("BEGIN ")
                && begin.ends_with("CERTIFICATE REQUEST")
                && end.starts_with("END ") =>
        {
            Some(*body)
        }
        _ => None,
    });
    let body: String = body?.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use rcgen::{CertificateParams, PKCS_ED25519};

    use super::*;

    fn pem(key: &KeyPair) -> String {
        let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "cn.example");
        params.serialize_request(key).unwrap().pem().unwrap()
    }

    fn fixture(name: &str) -> &'static str {
        let file = certcentral_fixtures::get(&format!("csr/{name}")).unwrap();
        str::from_utf8(file.body).unwrap()
    }

    #[track_caller]
    fn assert_refused(csr: &str, code: &str) {
        let refusal = Csr::parse(csr).unwrap_err();
        assert!(format!("{refusal:?}").contains(code), "{refusal:?}: {csr}");
    }

    #[test]
    fn key_and_names_are_read() {
        for (algorithm, size) in [(&PKCS_ECDSA_P256_SHA256, 256), (&PKCS_ECDSA_P384_SHA384, 384)] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let csr = Csr::parse(&pem(&key)).unwrap();
            assert_eq!(csr.key.subject_public_key_info(), key.subject_public_key_info());
            assert_eq!(csr.key_size, size);
            assert_eq!(csr.common_name.as_deref(), Some("cn.example"));
            assert_eq!(csr.dns_names, ["a.example"]);
        }
    }

    #[test]
    fn what_is_around_the_request_does_not_matter() {
        let pem = pem(&KeyPair::generate().unwrap());
        let label = "CERTIFICATE REQUEST";
        for same in [
            pem.replace('\n', ""),
            pem.replace('\n', "\r\n"),
            format!("\n{pem}\n"),
            pem.replace(label, &format!("NEW {label}")),
            format!("-----BEGIN EC PARAMETERS-----\nAA==\n-----END EC PARAMETERS-----\n{pem}bye"),
        ] {
            assert!(Csr::parse(&same).is_ok(), "{same}");
        }
    }

    #[test]
    fn requests_of_real_tools_are_read() {
        let both = &["shop.example.com", "www.example.com"][..];
        for (name, key_size, dns_names) in [
            ("plain.csr", 256, both),
            ("challenge-ia5.csr", 256, both),
            ("ec-parameters-in-front.csr", 256, both),
            ("microsoft-extensions-oid.csr", 2048, both),
            ("rsa-without-null.csr", 2048, both),
            ("certtool-default.csr", 2048, &both[..1]),
            ("attributes-absent.csr", 256, &[]),
            ("extensions-no-value.csr", 256, &[]),
            ("cn-only.csr", 256, &[]),
            ("pss-salt-32.csr", 2048, &[]),
        ] {
            let csr = Csr::parse(fixture(name)).unwrap();
            assert_eq!(csr.key_size, key_size, "{name}");
            assert_eq!(csr.dns_names, dns_names, "{name}");
            assert_eq!(csr.common_name.as_deref(), Some("shop.example.com"), "{name}");
        }
        let wildcard = Csr::parse(fixture("printable-string-wildcard.csr")).unwrap();
        assert_eq!(wildcard.common_name.as_deref(), Some("*.shop.example.net"));
        // As every certificate has it, the RSA key has its NULL.
        let key = |name| Csr::parse(fixture(name)).unwrap().key.subject_public_key_info();
        assert_eq!(key("rsa-without-null.csr"), key("microsoft-extensions-oid.csr"));
    }

    #[test]
    fn what_is_well_formed_and_not_supported_is_refused_as_such() {
        let ed25519 = pem(&KeyPair::generate_for(&PKCS_ED25519).unwrap());
        assert_refused(&ed25519, "csr_invalid_not_supported");
        for name in ["p521-sha256.csr", "compressed-point.csr", "rsa-1024.csr", "pss-salt-20.csr"] {
            assert_refused(fixture(name), "csr_invalid_not_supported");
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
            fixture("certificate-in-place.csr"),
        ] {
            assert_refused(other, "csr_invalid_cannot_parse");
        }
    }
}
