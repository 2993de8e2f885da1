//! Certificate signing requests: reads them as tools write them.

mod names;

pub use self::names::CsrNames;
use crate::{
    certificate::{
        der::{Der, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, part},
        pem::{self, Problem},
        x509::{Certificate, PublicKey},
    },
    error::{Error, InvalidInputError},
    text::Excerpted,
};

/// Reads the CSR in the bytes of a file, and returns it as PEM: its block alone, with `\n` and 64
/// characters a line.
///
/// The block may stand anywhere, whatever is around it. Its line ends may be any, none, or escaped
/// (`\n` in two characters). A file may also hold nothing but its base64, or DER, and a text may be
/// UTF-16.
///
/// # Errors
///
/// [`Error::Invalid`] if there is no CSR, or more than one. It says what there is in its place, such
/// as a private key, a certificate or JSON.
///
/// ```
/// use certcentral_core::order::read_csr;
///
/// let file = b"shop.example.net:\r\n-----BEGIN NEW CERTIFICATE REQUEST-----\r\nMIIB\r\n\
///     -----END NEW CERTIFICATE REQUEST-----\r\n";
/// let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
/// assert_eq!(read_csr(file)?, csr);
///
/// let error = read_csr(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
/// assert!(error.unwrap_err().to_string().contains("a certificate was given"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
pub fn read_csr(file: &[u8]) -> Result<String, Error> {
    let csr =
        if is_der(file) { read_der(file) } else { decode_text(file).and_then(|it| read(&it)) };
    Ok(csr?)
}

/// Reads the CSR in a text.
pub(crate) fn read(text: &str) -> Result<String, InvalidInputError> {
    // The strings of JSON would pass for a text whose line ends are escaped.
    if trimmed(text).starts_with(['{', '[']) {
        let key = if has_private_key(text) { ", with a private key in it" } else { "" };
        let message = format!("this is JSON{key}; give the CSR in it alone, as PEM");
        return Err(InvalidInputError::new(message));
    }
    let mut requests = requests(text);
    let Some(request) = requests.next() else {
        return Base64(text).decode().map_or_else(|| Err(no_csr(text)), |der| read_der(&der));
    };
    if requests.any(|other| other != request) {
        return Err(InvalidInputError::new("there is more than one CSR in it; give one"));
    }
    let der = request.decode().ok_or(NOT_BASE64).map_err(InvalidInputError::new)?;
    Ok(pem::encode("CERTIFICATE REQUEST", &der))
}

/// Finds the CSR in a text, or takes a text without marks for one.
pub(crate) fn find(text: &str) -> Option<Base64<'_>> {
    let bare = || (!text.contains("-----")).then_some(Base64(text));
    requests(text).next().or_else(bare).filter(|base64| base64.digits().next().is_some())
}

/// What is between the marks of a CSR. It is the same however it is wrapped or escaped.
pub(crate) struct Base64<'a>(&'a str);

impl Base64<'_> {
    /// Reads the key; none if this is no CSR.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        PublicKey::read(Fields::read(&self.decode()?)?.public_key)
    }

    fn decode(&self) -> Option<Vec<u8>> {
        pem::decode(&self.digits().collect::<String>())
    }

    /// Without white space and padding, and without the backslashes of a text that was escaped once
    /// too often.
    fn digits(&self) -> impl Iterator<Item = char> {
        self.0.split('\\').enumerate().flat_map(|(index, part)| {
            let escape = if index > 0 { part.strip_prefix(['n', 'r', 't']) } else { None };
            let is_digit = |c: &char| !c.is_whitespace() && !matches!(c, '=' | '\u{feff}');
            escape.unwrap_or(part).chars().filter(is_digit)
        })
    }
}

impl PartialEq for Base64<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.digits().eq(other.digits())
    }
}

/// What a CSR says. What follows it, and its signature, may be anything.
struct Fields<'a> {
    subject: Der<'a>,
    public_key: Der<'a>,
    attributes: Der<'a>,
}

impl<'a> Fields<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut fields = Der::new(der).element(SEQUENCE)?.element(SEQUENCE)?;
        let _version = fields.element(INTEGER)?;
        let subject = fields.element(SEQUENCE)?;
        let public_key = fields.element(SEQUENCE)?;
        // Some writers leave them out where there are none.
        let attributes = fields.element(part(0)).unwrap_or_default();
        Some(Self { subject, public_key, attributes })
    }
}

/// What is between the marks of each CSR in a text.
fn requests(text: &str) -> impl Iterator<Item = Base64<'_>> {
    let blocks = pem::blocks(text).filter_map(Result::ok);
    let requests = blocks.filter(|block| block.label.ends_with("CERTIFICATE REQUEST"));
    requests.map(|block| Base64(block.base64))
}

fn is_der(file: &[u8]) -> bool {
    let mut elements = Der::new(file);
    elements.element(SEQUENCE).is_some() && elements.is_empty()
}

fn read_der(der: &[u8]) -> Result<String, InvalidInputError> {
    if Fields::read(der).is_some_and(|fields| PublicKey::read(fields.public_key).is_some()) {
        return Ok(pem::encode("CERTIFICATE REQUEST", der));
    }
    let first = Der::new(der).element(SEQUENCE).and_then(|mut file| file.next());
    Err(InvalidInputError::new(match first {
        _ if Certificate::read(der).is_some() => CERTIFICATE,
        Some((INTEGER, _)) => PRIVATE_KEY,
        Some((OBJECT_IDENTIFIER, _)) => PKCS7,
        _ => NO_CSR,
    }))
}

/// Decodes UTF-8, or UTF-16 with or without its mark.
fn decode_text(file: &[u8]) -> Result<String, InvalidInputError> {
    let unit: Option<fn([u8; 2]) -> u16> = match file {
        [0xff, 0xfe, ..] | [_, 0, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, _, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    let text = match unit {
        None => String::from_utf8(file.to_vec()).ok(),
        Some(unit) => {
            let units: Vec<u16> = file.as_chunks().0.iter().copied().map(unit).collect();
            String::from_utf16(&units).ok()
        }
    };
    text.ok_or_else(|| {
        InvalidInputError::new("the CSR is neither PEM nor DER but something binary")
    })
}

/// Says what a text without a CSR is.
fn no_csr(text: &str) -> InvalidInputError {
    let other = pem::blocks(text).find_map(|block| match block {
        Ok(block) => Some(block.label),
        Err(_) => None,
    });
    let is_cut = pem::blocks(text).any(|block| matches!(block, Err(Problem::Cut)));
    InvalidInputError::new(match other {
        _ if trimmed(text).is_empty() => "the CSR is empty; give one in PEM",
        _ if has_private_key(text) => PRIVATE_KEY,
        _ if text.contains('\0') => "the CSR is in UTF-16; save it as UTF-8",
        _ if requests(text).next().is_some() => NOT_BASE64,
        Some("CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") => CERTIFICATE,
        Some("PKCS7" | "PKCS #7 SIGNED DATA" | "CMS") => PKCS7,
        Some(label) => {
            let label = Excerpted(label);
            return InvalidInputError::new(format!("{NO_CSR}, but a block of {label}"));
        }
        None if is_cut => "the CSR is cut off: its last line is missing",
        None if !text.contains('\n') => {
            let problem = format!("{NO_CSR}; give the text of a file, not its name");
            return InvalidInputError::new(problem);
        }
        None => NO_CSR,
    })
}

fn has_private_key(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
}

/// A text without the mark and the white space that it may begin with.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim_start()
}

const CERTIFICATE: &str =
    "a certificate was given in place of a CSR; give the CSR that is for the new one";
const PRIVATE_KEY: &str = "a private key was given in place of a CSR; keep it, and give the CSR";
const PKCS7: &str = "PKCS #7, which holds certificates, was given in place of a CSR; give the CSR";
const NOT_BASE64: &str = "what is between the marks of the CSR is not base64";
const NO_CSR: &str = "there is no CSR in it: no -----BEGIN CERTIFICATE REQUEST-----";
