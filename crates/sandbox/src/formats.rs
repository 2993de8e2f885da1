//! The formats of a downloaded certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::authority::{Authority, INTERMEDIATE, ROOT, Signed};
use crate::zip;

/// A file as it is downloaded.
pub(crate) struct File {
    pub(crate) content_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) body: Vec<u8>,
}

/// Returns a certificate in a format; `None` for one that is not known.
pub(crate) fn file(format: &str, leaf: &Signed, authority: &Authority) -> Option<File> {
    let (intermediate, root) = (authority.intermediate_pem(), authority.root_pem());
    let pem = |parts: &[&str]| File {
        content_type: "application/x-pem-file",
        extension: "pem",
        body: parts.concat().into_bytes(),
    };
    let archive = |extension: &str, with_root: bool| {
        let root = with_root.then_some((ROOT, root.as_str()));
        let others = [(INTERMEDIATE, intermediate.as_str()), (&leaf.common_name, &leaf.pem)];
        let files = root.into_iter().chain(others).map(|(name, pem)| {
            let name = name.replace(|it: char| !it.is_ascii_alphanumeric(), "_");
            (format!("{name}.{extension}"), pem.as_bytes())
        });
        let body = zip::archive(&files.collect::<Vec<_>>());
        File { content_type: "application/zip", extension: "zip", body }
    };
    Some(match format {
        // Leaf, intermediate, root: in this order, and with two kinds of line end (observed).
        "pem_all" => pem(&[&leaf.pem, &intermediate, &root]),
        "pem_noroot" => pem(&[&leaf.pem, &intermediate]),
        "pem_nointermediate" => pem(&[&leaf.pem]),
        "p7b" | "cer" => File {
            content_type: "application/x-pkcs7-certificates",
            extension: "p7b",
            body: pkcs7(&[&leaf.der, authority.intermediate_der(), authority.root_der()]),
        },
        "default" | "default_pem" => archive("crt", true),
        "default_cer" => archive("cer", true),
        "apache" => archive("crt", false),
        _ => return None,
    })
}

/// Returns certificates as a PKCS #7 message that signs nothing, in PEM.
fn pkcs7(certificates: &[&[u8]]) -> Vec<u8> {
    const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    const SIGNED_DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    let version = der(0x02, &[1]);
    let none = der(0x31, &[]);
    let content = der(0x30, DATA);
    let certificates = der(0xa0, &certificates.concat());
    let signed = der(0x30, &[&*version, &none, &content, &certificates, &none].concat());
    let message = der(0x30, &[SIGNED_DATA, &der(0xa0, &signed)].concat());
    let base64 = STANDARD.encode(message);
    let mut pem = b"-----BEGIN PKCS7-----\r\n".to_vec();
    for line in base64.as_bytes().chunks(64) {
        pem.extend([line, b"\r\n"].concat());
    }
    pem.extend(b"-----END PKCS7-----\r\n");
    pem
}

/// Returns a value of DER with its tag and length.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = length.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
    let mut value = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => value.push(short),
        _ => {
            value.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
            value.extend(digits);
        }
    }
    value.extend(content);
    value
}
