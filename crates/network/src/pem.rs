//! Root certificates in PEM. Everything given is used, or an error names what cannot be.

use certcentral_core::InvalidInputError;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Reads the root certificates in `pem`, one or more.
///
/// Files that were joined without a line break between them, byte-order marks, and text between
/// certificates are accepted.
pub(crate) fn root_certificates(
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, InvalidInputError> {
    if pem.contains(&0) {
        return Err(InvalidInputError::new(
            "the root certificates are not PEM in UTF-8; convert them from UTF-16 or DER",
        ));
    }
    let text = in_lines(pem);
    check_marks(&text)?;
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let problem = || format!("root certificate {} cannot be read", certificates.len() + 1);
        let certificate = certificate.map_err(|e| InvalidInputError::with_source(problem(), e))?;
        RootCertStore::empty()
            .add(certificate.clone())
            .map_err(|e| InvalidInputError::with_source(problem(), e))?;
        certificates.push(certificate);
    }
    if certificates.is_empty() {
        return Err(InvalidInputError::new(
            "the PEM given as root certificates holds no certificate; give the text of a file, not its \
             name",
        ));
    }
    Ok(certificates)
}

/// Puts each mark on a separate line: the reader drops whatever follows an END on its line.
fn in_lines(pem: &[u8]) -> String {
    let text = String::from_utf8_lossy(pem)
        .replace('\u{feff}', "")
        .replace("X509 CERTIFICATE-----", "CERTIFICATE-----") // OpenSSL's old label
        .replace("-----BEGIN ", "\n-----BEGIN ")
        .replace("-----END ", "\n-----END ")
        .replace("CERTIFICATE-----", "CERTIFICATE-----\n");
    let lines: Vec<_> = text.split(['\r', '\n']).map(str::trim).collect();
    lines.join("\n")
}

/// Refuses marks that the reader would skip: of something else than a certificate, without a
/// counterpart, or misspelled.
fn check_marks(text: &str) -> Result<(), InvalidInputError> {
    let (mut count, mut is_inside) = (0, false);
    // With a line at the end that ends the last certificate, if its own is missing.
    for line in text.lines().filter(|line| is_mark(line)).chain([""]) {
        match (line, is_inside) {
            (BEGIN, false) => count += 1,
            (END, true) | ("", false) => {}
            _ => return Err(misplaced(line, count, is_inside)),
        }
        is_inside = line == BEGIN;
    }
    Ok(())
}

fn is_mark(line: &str) -> bool {
    let upper = line.to_ascii_uppercase();
    let names_certificate = upper.contains("CERTIFICATE") && line.contains(['-', '–', '—']);
    ["BEGIN ", "END "].iter().any(|word| {
        line.strip_prefix("-----").is_some_and(|rest| rest.starts_with(word))
            || names_certificate && upper.contains(word)
    })
}

fn misplaced(line: &str, count: usize, is_inside: bool) -> InvalidInputError {
    let line: String = line.chars().take(40).collect();
    let advice = if line.contains("TRUSTED") {
        "; convert it with `openssl x509`"
    } else if line.contains("PKCS7") || line.contains("CMS") {
        "; convert it with `openssl pkcs7 -print_certs`"
    } else {
        ""
    };
    let place = match count {
        _ if is_inside => {
            let what = "has no END line that fits its BEGIN line";
            return InvalidInputError::new(format!("root certificate {count} {what}"));
        }
        _ if line.starts_with("-----BEGIN ") => {
            format!("in place of root certificate {}", count + 1)
        }
        0 => "before the first root certificate".to_owned(),
        count => format!("after root certificate {count}"),
    };
    InvalidInputError::new(format!("{place} is {line:?}, which cannot be used{advice}"))
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
            format!("{a_pem}{b_pem}").replace('\n', "\r"),
            format!("{a_pem}{b_pem}").replace('\n', " "),
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
                "cannot be used; convert it with `openssl x509`",
            ),
            (
                good.replace("CERTIFICATE", "PKCS7"),
                "cannot be used; convert it with `openssl pkcs7",
            ),
            (
                good.replace("CERTIFICATE", "PRIVATE KEY"),
                "root certificate 2 is \"-----BEGIN PRIVATE KEY-----\"",
            ),
            (
                good.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE"),
                "in place of root certificate 2",
            ),
            (good.replace("-----END", "----END"), "certificate 2 has no END line"),
            (
                good.replace("END CERTIFICATE", "END TRUSTED CERTIFICATE"),
                "certificate 2 has no END line",
            ),
            (good.replace("-----END CERTIFICATE-----", ""), "certificate 2 has no END line"),
            (good.replace('M', "*"), "root certificate 2 cannot be read"),
            (good.replace(&content, ""), "root certificate 2 cannot be read"),
            (
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned(),
                "root certificate 2 cannot be read",
            ),
            (good.replace("-----BEGIN", "----BEGIN"), "after root certificate 1"),
            (good.replace("-----BEGIN", "—BEGIN"), "after root certificate 1"),
            (good.replace("BEGIN CERTIFICATE", "Begin Certificate"), "after root certificate 1"),
            (good.replace("-----BEGIN CERTIFICATE-----", ""), "after root certificate 1"),
            (good.encode_utf16().flat_map(u16::to_le_bytes).map(char::from).collect(), "UTF-8"),
        ] {
            // Whatever else is there: one that is missing silently would be found missing late.
            for pem in [[&good, &bad, &good].map(String::as_str).concat(), [&*good, &bad].concat()]
            {
                let error = root_certificates(pem.as_bytes()).unwrap_err().to_string();
                assert!(error.contains(problem), "{problem}: {error}\n{bad}");
            }
        }
        let bad = good.replace("-----BEGIN CERTIFICATE-----", "");
        let error = root_certificates(bad.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("before the first root certificate"), "{error}");
    }

    #[test]
    fn base64_outside_of_marks_is_a_comment() {
        let good = certificate("a").pem();
        let content = good.lines().nth(1).unwrap();
        let pem = format!("{content}\n{good}{content}\n");
        assert_eq!(root_certificates(pem.as_bytes()).unwrap().len(), 1);
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
