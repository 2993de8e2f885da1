//! Certificates as PEM text (RFC 7468).

use super::der;

/// One certificate of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Certificate {
    /// With `\n`, and 64 characters a line.
    pub(super) pem: String,
    /// DER, as `subject`; both are empty if the certificate cannot be read.
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
}

impl Certificate {
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject && !self.subject.is_empty()
    }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates in `text`. Text between them is passed over.
pub(super) fn certificates(text: &str) -> Result<Vec<Certificate>, String> {
    // A page that shows a certificate is not a certificate.
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['<', '{', '[']) {
        return Err("it is not PEM".to_owned());
    }
    let mut certificates = Vec::new();
    let mut rest = text;
    while let Some((comment, after)) = rest.split_once(BEGIN) {
        check_comment(comment)?;
        let (base64, after) = after.split_once(END).ok_or("the last certificate is cut off")?;
        let base64: String = base64.split_ascii_whitespace().collect();
        let (issuer, subject) = decode(&base64)
            .map(|der| {
                let (issuer, subject) = der::names(&der).unwrap_or_default();
                (issuer.to_vec(), subject.to_vec())
            })
            .ok_or_else(|| format!("certificate {} is not base64", certificates.len() + 1))?;
        certificates.push(Certificate { pem: wrapped(&base64), issuer, subject });
        rest = after;
    }
    check_comment(rest)?;
    Ok(certificates)
}

/// A line that begins with a dash is a mark, or what is left of one.
fn check_comment(text: &str) -> Result<(), String> {
    let is_mark = |line: &str| line.trim_start().starts_with('-') || line.contains("-----");
    let has_mark = text.lines().any(is_mark);
    if has_mark {
        Err("there is something else than certificates in it".to_owned())
    } else {
        Ok(())
    }
}

fn wrapped(base64: &str) -> String {
    let line_ends = base64.len() / LINE + 4;
    let mut pem = String::with_capacity(BEGIN.len() + base64.len() + END.len() + line_ends);
    pem.extend([BEGIN, "\n"]);
    for line in base64.as_bytes().chunks(LINE).filter_map(|line| str::from_utf8(line).ok()) {
        pem.extend([line, "\n"]);
    }
    pem.extend([END, "\n"]);
    pem
}

/// Characters a line.
const LINE: usize = 64;

/// Reads base64 with its padding; none if it is not that, or nothing.
fn decode(base64: &str) -> Option<Vec<u8>> {
    let digits = base64.trim_end_matches('=');
    let padding = base64.len() - digits.len();
    if digits.is_empty() || padding > 2 || !base64.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    // What is left of the last digit is 0 in a text that nobody has cut.
    (bits == 0).then_some(bytes)
}
