//! Certificate signing requests: what can be none, and which are the same.

use crate::error::InvalidInputError;

/// Refuses what the service cannot take for a CSR, and what must not leave the machine.
pub(super) fn check(csr: &str) -> Result<(), InvalidInputError> {
    let message = if content(csr).next().is_none() {
        "the CSR is empty; give one in PEM"
    } else if csr.contains("PRIVATE KEY-----") {
        "a private key was given with the CSR or in its place; send the CSR alone"
    } else if csr.contains("-----BEGIN CERTIFICATE-----") {
        "a certificate was given in place of a CSR; give the CSR that is for the new one"
    } else {
        return Ok(());
    };
    Err(InvalidInputError::new(message))
}

/// Returns whether two texts hold the same CSR, however their PEM is wrapped, escaped or framed.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    content(one).next().is_some() && content(one).eq(content(other))
}

/// The base64 of a PEM text, or of a text that is nothing else, without white space and padding, and
/// without the backslashes of a text that was escaped once too often.
fn content(pem: &str) -> impl Iterator<Item = u8> {
    // A header is between two dashed marks. In front of it may be a byte-order mark, or what
    // `openssl req -text` says.
    let mut parts = pem.split("-----");
    let first = parts.next();
    let base64 = parts.nth(1).or(first).unwrap_or_default();
    base64.split('\\').enumerate().flat_map(|(index, part)| {
        let escape = if index > 0 { part.strip_prefix(['n', 'r', 't']) } else { None };
        let bytes = escape.unwrap_or(part).bytes();
        bytes.filter(|byte| byte.is_ascii_graphic() && *byte != b'=')
    })
}
