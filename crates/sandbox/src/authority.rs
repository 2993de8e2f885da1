//! The sandbox's certificate authority: a root, an intermediate, and what they sign.

use std::fmt::Write as _;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    Error, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData, SerialNumber,
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use time::{Date, Duration, OffsetDateTime, Time};

use crate::json::ORGANIZATION;

/// The organization of the authority, and of the server's certificate.
const SANDBOX: &str = "certcentral-sandbox";
/// The common name of the root.
pub(crate) const ROOT: &str = "Sandbox Root CA";
/// The common name of the intermediate, which issues the certificates of orders.
pub(crate) const INTERMEDIATE: &str = "Sandbox Issuing CA";

/// Made at start, under new keys.
pub(crate) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

/// What a certificate of an order says.
pub(crate) struct Contents<'a> {
    pub(crate) common_name: &'a str,
    pub(crate) dns_names: &'a [String],
    pub(crate) valid_from: Date,
    /// The last day.
    pub(crate) valid_till: Date,
}

/// A certificate of an order.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) common_name: String,
    pub(crate) der: Vec<u8>,
    /// With `\r\n` at the end of each line, as the service sends it.
    pub(crate) pem: String,
    /// 32 hexadecimal digits, lower case as in most recordings.
    pub(crate) serial_number: String,
    /// The SHA-1 of the certificate: 40 hexadecimal digits, upper case.
    pub(crate) thumbprint: String,
}

impl Authority {
    pub(crate) fn generate() -> Result<Self, Error> {
        let root = CertifiedIssuer::self_signed(
            ca_params(ROOT, BasicConstraints::Unconstrained),
            KeyPair::generate()?,
        )?;
        let mut params = ca_params(INTERMEDIATE, BasicConstraints::Constrained(0));
        params.use_authority_key_identifier_extension = true;
        let intermediate = CertifiedIssuer::signed_by(params, KeyPair::generate()?, &root)?;
        Ok(Self { root, intermediate })
    }

    /// Signs the certificate that the sandbox shows under TLS: by the root, so that a client needs
    /// no intermediate.
    pub(crate) fn sign_server(&self, names: &[&str], key: &KeyPair) -> Result<Certificate, Error> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = server_params(names)?;
        params.distinguished_name = distinguished_name(SANDBOX, "localhost");
        params.signed_by(key, &self.root)
    }

    /// Signs a certificate of an order.
    ///
    /// # Errors
    ///
    /// If a name is no ASCII text.
    pub(crate) fn sign(
        &self,
        contents: &Contents<'_>,
        key: &impl PublicKeyData,
    ) -> Result<Signed, Error> {
        let serial_number = serial_number()?;
        let mut params = server_params(contents.dns_names.to_vec())?;
        params.distinguished_name = distinguished_name(ORGANIZATION, contents.common_name);
        params.not_before = OffsetDateTime::new_utc(contents.valid_from, Time::MIDNIGHT);
        let last_second = Time::MIDNIGHT - Duration::SECOND;
        params.not_after = OffsetDateTime::new_utc(contents.valid_till, last_second);
        params.serial_number = Some(SerialNumber::from_slice(&serial_number));
        let certificate = params.signed_by(key, &self.intermediate)?;
        Ok(Signed {
            common_name: contents.common_name.to_owned(),
            der: certificate.der().to_vec(),
            pem: with_crlf(&certificate.pem()),
            serial_number: hex(&serial_number).to_lowercase(),
            thumbprint: hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der()).as_ref()),
        })
    }

    pub(crate) fn root_pem(&self) -> String {
        with_lf(&self.root.pem())
    }

    pub(crate) fn intermediate_pem(&self) -> String {
        with_lf(&self.intermediate.pem())
    }

    pub(crate) fn root_der(&self) -> &[u8] {
        self.root.der()
    }

    pub(crate) fn intermediate_der(&self) -> &[u8] {
        self.intermediate.der()
    }
}

fn ca_params(name: &str, constraints: BasicConstraints) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name(SANDBOX, name);
    params.is_ca = IsCa::Ca(constraints);
    // Long before any order, and about ten years from now: some servers lose TLS over rcgen's default,
    // the year 4096.
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(5 * 365);
    params.not_after = now + Duration::days(10 * 365);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(dns_names: Vec<String>) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(dns_names)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    // Strict verifiers, Python's among them, want to see which authority signed.
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn distinguished_name(organization: &str, common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, organization);
    name.push(DnType::CommonName, common_name);
    name
}

/// A positive number whose first byte is never zero, so that every tool shows all 32 digits.
fn serial_number() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::RingUnspecified)?;
    let [first, ..] = &mut bytes;
    *first = (*first & 0x7f) | 0x40;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

/// rcgen ends lines as the operating system does.
pub(crate) fn with_crlf(pem: &str) -> String {
    pem.lines().fold(String::new(), |pem, line| pem + line + "\r\n")
}

fn with_lf(pem: &str) -> String {
    pem.lines().fold(String::new(), |pem, line| pem + line + "\n")
}
