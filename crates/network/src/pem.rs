//! Certificates in PEM. Everything given is used, or an error names what cannot be.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use certcentral_core::InvalidInputError;
use rustls::{RootCertStore, pki_types::CertificateDer};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Reads the root certificates in `pem`, one or more.
///
/// Files that were joined without a line break between them, byte-order marks, and text between
/// entries are accepted.
pub(crate) fn root_certificates(
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, InvalidInputError> {
    if pem.contains(&0) {
        return Err(InvalidInputError::new(
            "the root certificates are not PEM in UTF-8; convert them from UTF-16 or DER",
        ));
    }
    let text = String::from_utf8_lossy(pem).replace('\u{feff}', "");
    let mut certificates = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, entry)) = rest.split_once(BEGIN) {
        reject_remains(before, certificates.len())?;
        let number = certificates.len() + 1;
        let (certificate, after) = read_entry(entry).map_err(|problem| {
            InvalidInputError::new(format!("root certificate {number} cannot be used: {problem}"))
        })?;
        RootCertStore::empty().add(certificate.clone()).map_err(|e| {
            InvalidInputError::because(format!("root certificate {number} cannot be read"), e)
        })?;
        certificates.push(certificate);
        rest = after;
    }
    reject_remains(rest, certificates.len())?;
    if certificates.is_empty() {
        return Err(InvalidInputError::new(
            "the PEM given as root certificates holds no certificate",
        ));
    }
    Ok(certificates)
}

/// Reads what follows `BEGIN`, and returns what follows the entry.
fn read_entry(text: &str) -> Result<(CertificateDer<'static>, &str), String> {
    let (label, rest) = text
        .split_once(DASHES)
        .filter(|(label, _)| !label.contains(['\r', '\n']))
        .ok_or("its BEGIN line is broken")?;
    let end = format!("{DASHES}END {label}{DASHES}");
    let (content, rest) = rest
        .split_once(end.as_str())
        .filter(|(content, _)| !content.contains(DASHES))
        .ok_or("it has no END line that fits its BEGIN line")?;
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" => {}
        "TRUSTED CERTIFICATE" => {
            return Err("it is a TRUSTED CERTIFICATE; convert it with `openssl x509`".to_owned());
        }
        "CMS" | "PKCS7" => {
            return Err(format!("it is {label}; convert it with `openssl pkcs7 -print_certs`"));
        }
        _ => return Err(format!("it is not a CERTIFICATE, but {:?}", short(label))),
    }
    let base64: String = content.split_whitespace().collect();
    let der = BASE64_STANDARD.decode(base64).map_err(|e| format!("it is not Base64: {e}"))?;
    Ok((der.into(), rest))
}

/// Refuses text outside of entries that looks like a part of one.
fn reject_remains(text: &str, number: usize) -> Result<(), InvalidInputError> {
    let is_boundary = |line: &str| {
        let line = line.to_ascii_uppercase();
        line.contains(['-', '–', '—'])
            && ["BEGIN ", "END "].iter().any(|word| line.contains(word))
            && line.contains("CERTIFICATE")
    };
    // Base64 of a certificate in DER begins so.
    let is_content = |line: &str| {
        line.starts_with("MII")
            && line.len() >= 40
            && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    };
    let mut lines = text.split(['\r', '\n']);
    let remains = lines.find(|line| is_boundary(line) || is_content(line.trim()));
    remains.map_or(Ok(()), |line| {
        let place = match number {
            0 => "before the first root certificate".to_owned(),
            number => format!("after root certificate {number}"),
        };
        let line = short(line);
        Err(InvalidInputError::new(format!(
            "{place} is a part of another, without its rest: {line:?}"
        )))
    })
}

/// The beginning of a text that may be long.
fn short(text: &str) -> &str {
    text.char_indices().nth(40).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_certificate_is_read_however_files_were_joined() {
        let (a, b) = (certificate("a"), certificate("b"));
        let (a_pem, b_pem) = (a.pem(), b.pem());
        let (a_end, b_end) = (a_pem.trim_end(), b_pem.trim_end());
        for pem in [
            format!("{a_pem}{b_pem}"),
            format!("{a_end}{b_end}"),
            format!("\u{feff}{a_pem}\u{feff}{b_pem}"),
            format!("{a_end}\u{feff}{b_end}"),
            format!("# A's\nsubject=CN = a\n\n{a_pem}\n=====\nB {b_pem}\nthe end"),
            format!("{a_pem}{b_pem}").replace('\n', "\r\n"),
            format!("{a_pem}{b_pem}").replace('\n', "\n    "),
            format!("{a_pem}{b_pem}").replace("CERTIFICATE", "X509 CERTIFICATE"),
        ] {
            let read = root_certificates(pem.as_bytes()).unwrap();
            assert_eq!(read, [a.der().clone(), b.der().clone()], "{pem}");
        }
        let latin1 = [b"caf\xe9\n", a_pem.as_bytes()].concat();
        assert_eq!(root_certificates(&latin1).unwrap().len(), 1);
    }

    #[test]
    fn an_entry_that_cannot_be_used_is_named() {
        let good = certificate("a").pem();
        let content = good.lines().nth(1).unwrap().to_owned();
        for (bad, problem) in [
            (
                good.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
                "certificate 2 cannot be used: it is a TRUSTED",
            ),
            (good.replace("CERTIFICATE", "PKCS7"), "2 cannot be used: it is PKCS7; convert it"),
            (
                good.replace("CERTIFICATE", "PRIVATE KEY"),
                "certificate 2 cannot be used: it is not a CERTIFICATE",
            ),
            (
                good.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE"),
                "2 cannot be used: its BEGIN line",
            ),
            (good.replace("-----END", "----END"), "2 cannot be used: it has no END line"),
            (
                good.replace("END CERTIFICATE", "END X509 CERTIFICATE"),
                "2 cannot be used: it has no END line",
            ),
            (good.replace("-----END CERTIFICATE-----", ""), "2 cannot be used: it has no END line"),
            (good.replace('M', "*"), "2 cannot be used: it is not Base64"),
            (good.replace(&content, ""), "root certificate 2 cannot be read"),
            (
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned(),
                "root certificate 2 cannot be read",
            ),
            (good.replace("-----BEGIN", "----BEGIN"), "after root certificate 1"),
            (good.replace("-----BEGIN", "—BEGIN"), "after root certificate 1"),
            (good.replace("BEGIN CERTIFICATE", "Begin Certificate"), "after root certificate 1"),
            (good.replace("-----BEGIN CERTIFICATE-----", ""), "after root certificate 1"),
            (content.clone(), "after root certificate 1"),
            (format!("# another:\r{content}\r"), "after root certificate 1"),
            (good.encode_utf16().flat_map(u16::to_le_bytes).map(char::from).collect(), "UTF-8"),
        ] {
            // Whatever else is there: one that is missing silently would be found missing late.
            let pem = [&good, &bad, &good].map(String::as_str).concat();
            let error = root_certificates(pem.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(problem), "{problem}: {error}\n{bad}");
        }
        let error = root_certificates(content.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("before the first root certificate"), "{error}");
    }

    #[test]
    fn a_text_without_a_certificate_is_refused() {
        let der = certificate("a").der().to_vec();
        for pem in [&b""[..], b"no PEM", b"\xef\xbb\xbf", &der] {
            let error = root_certificates(pem).unwrap_err().to_string();
            assert!(error.contains("root certificates"), "{error}");
        }
    }

    fn certificate(name: &str) -> rcgen::Certificate {
        rcgen::generate_simple_self_signed([name.to_owned()]).unwrap().cert
    }
}
