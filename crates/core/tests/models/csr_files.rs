//! CSRs in the files that tools write, and what is given in their place.

use certcentral_core::{
    Error, OrderId,
    order::{CsrNames, ReissueCertificate, read_csr},
};
use proptest::prelude::*;
use rustls_pki_types::{CertificateSigningRequestDer, pem::PemObject};
use serde_json::Value;

use crate::{api, cases, fixture};

// Reading.

#[test]
fn a_request_is_read_wherever_it_stands() {
    let plain = text("plain.csr");
    for name in [
        "plain.csr",
        "ec-parameters-in-front.csr",
        "utf16.csr",
        "cr-only.csr",
        "line-breaks-escaped.csr",
        "base64-only.csr",
    ] {
        assert_eq!(read_csr(csr(name)).unwrap(), plain, "{name}");
    }
    let big_endian: Vec<u8> = plain.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let certificate = text("certificate-in-place.csr");
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let forms: [Vec<u8>; 10] = [
        plain.replace('\n', "\r\n").into(),
        plain.replace('\n', " ").into(),
        plain.replace('\n', "").into(),
        plain.replace('\n', "\n\u{a0}  ").into(),
        plain.replace('=', "").into(),
        format!("\u{feff}{plain}").into(),
        // What is around it stays here, a key most of all.
        format!("{key}{certificate}{plain}{key}").into(),
        format!("-----BEGIN CERTIFICATE-----\n{plain}").into(),
        format!("{plain}{plain}-----").into(),
        der("plain.csr"),
    ];
    let utf16 = [big_endian.clone(), [&[0xfe, 0xff], &*big_endian].concat(), utf16(&plain)];
    for form in forms.into_iter().chain(utf16) {
        let read = read_csr(&form);
        assert_eq!(read.unwrap(), plain, "{:?}", String::from_utf8_lossy(&form));
    }
}

#[test]
fn the_block_alone_is_sent() {
    for (name, first) in
        [("certtool-default.csr", "MIICxDCC"), ("ec-parameters-in-front.csr", "MIIBFTCB")]
    {
        let file = str::from_utf8(csr(name)).unwrap();
        let request = api().build_request(&ReissueCertificate::new(OrderId(7), file)).unwrap();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let sent = body["certificate"]["csr"].as_str().unwrap();
        let marks =
            ("-----BEGIN CERTIFICATE REQUEST-----\n", "\n-----END CERTIFICATE REQUEST-----\n");
        assert!(sent.starts_with(&format!("{}{first}", marks.0)) && sent.ends_with(marks.1));
        assert_eq!(sent.matches("-----BEGIN").count(), 1, "{sent}");
        assert_eq!(read_csr(csr(name)).unwrap(), sent);
    }
}

#[test]
fn what_is_no_request_is_named() {
    let key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
    let pkcs7 = "-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n";
    let signed_data = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let pkcs8 = b"\x30\x08\x02\x01\x00\x30\x03\x06\x01\x00";
    let plain = text("plain.csr");
    let without_key = format!("{{\"csr\": {plain:?}}}");
    let other = text("cn-only.csr");
    for (file, said) in [
        (csr("certificate-in-place.csr"), "a certificate was given in place of a CSR"),
        (&certificate_der(), "a certificate was given in place of a CSR"),
        (csr("cfssl-genkey.json"), "this is JSON, with a private key in it;"),
        (without_key.as_bytes(), "this is JSON; give the CSR in it alone"),
        (key.as_bytes(), "a private key was given in place of a CSR"),
        (pkcs8, "a private key was given in place of a CSR"),
        (pkcs7.as_bytes(), "PKCS #7, which holds certificates"),
        (signed_data, "PKCS #7, which holds certificates"),
        (b"-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n", "EC PARAMETERS"),
        (b"", "the CSR is empty"),
        (b"\xef\xbb\xbf\r\n", "the CSR is empty"),
        (b"\xff\xfe", "the CSR is empty"),
        (b"shop.example.com.csr", "give the text of a file, not its name"),
        (b"MIIB", "there is no CSR in it"),
        (b"PK\x03\x04\xff", "something binary"),
        (&plain.as_bytes()[..200], "the CSR is cut off"),
        (&plain.as_bytes()[..plain.len() - 3], "the CSR is cut off"),
        (plain.replace("MIIB", "MI*B").as_bytes(), "is not base64"),
        (plain.replace("MIIB", "MIéB").as_bytes(), "is not base64"),
        (format!("{plain}{other}").as_bytes(), "more than one CSR"),
    ] {
        let error = read_csr(file).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
        // As a text it is refused in the same words, before anything is sent.
        if let Ok(file) = str::from_utf8(file)
            && !file.contains('\0')
        {
            let reissue = ReissueCertificate::new(OrderId(7), file);
            let refused = api().build_request(&reissue).unwrap_err();
            assert_eq!(refused.to_string(), error.to_string());
        }
    }
    let utf16 = String::from_utf8_lossy(csr("utf16.csr"));
    let error = api().build_request(&ReissueCertificate::new(OrderId(7), utf16)).unwrap_err();
    assert!(error.to_string().contains("UTF-16"), "{error}");
}

// Names.

#[test]
fn names_are_read_from_every_request_for_extensions() {
    let shop = "shop.example.com";
    let both = &[shop, "www.example.com"][..];
    for (name, common_name, dns_names, other_names) in [
        ("plain.csr", shop, both, &[][..]),
        ("microsoft-extensions-oid.csr", shop, both, &[]),
        ("challenge-ia5.csr", shop, both, &[]),
        ("rsa-without-null.csr", shop, both, &[]),
        ("cn-is-no-name.csr", "Example Shop Ltd.", both, &[]),
        ("cn-upper-case.csr", "SHOP.Example.COM", both, &[]),
        ("attributes-absent.csr", shop, &[], &[]),
        ("extensions-no-value.csr", shop, &[], &[]),
        ("cn-only.csr", shop, &[], &[]),
        ("certtool-default.csr", shop, &[shop], &[]),
        ("p521-sha256.csr", shop, &[shop], &[]),
        ("san-u-label.csr", "xn--bcher-kva.example", &["bücher.example"], &[]),
        (
            "printable-string-wildcard.csr",
            "*.shop.example.net",
            &["*.shop.example.net", "shop.example.net"],
            &[],
        ),
        (
            "san-ip-and-more.csr",
            shop,
            &[shop],
            &["192.0.2.7", "admin@example.com", "https://shop.example.com/"],
        ),
    ] {
        let names = CsrNames::read(str::from_utf8(csr(name)).unwrap()).unwrap();
        assert_eq!(names.common_name.as_deref(), Some(common_name), "{name}");
        assert_eq!(names.dns_names, dns_names, "{name}");
        assert_eq!(names.other_names, other_names, "{name}");
    }
    let none = CsrNames::read(&text("certificate-in-place.csr")).unwrap_err();
    assert!(none.to_string().contains("a certificate was given"), "{none}");
    let broken = text("plain.csr").replace("MIIB", "MIIC");
    let broken = CsrNames::read(&broken).unwrap_err();
    assert!(broken.to_string().contains("is not PKCS #10"), "{broken}");
}

#[test]
fn an_attribute_that_cannot_be_read_spoils_nothing() {
    let plain = der("plain.csr");
    // The attribute's SET, its SEQUENCE, and the OCTET STRING of the names, become something else.
    for (from, to) in
        [(b"\x31\x30\x30\x2e", b"\x30\x30\x30\x2e"), (b"\x31\x30\x30\x2e", b"\x31\x30\x31\x2e")]
    {
        let at = plain.windows(from.len()).position(|bytes| bytes == from).unwrap();
        let mut broken = plain.clone();
        broken[at..at + to.len()].copy_from_slice(to);
        let names = CsrNames::read(&read_csr(&broken).unwrap()).unwrap();
        assert_eq!(names.common_name.as_deref(), Some("shop.example.com"));
    }
}

proptest! {
    #![proptest_config(cases(64))]

    /// Nothing panics, and what is read is read again.
    #[test]
    fn any_file_is_read_or_refused(
        name in prop::sample::select(vec!["plain.csr", "utf16.csr", "microsoft-extensions-oid.csr"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        as_der: bool,
    ) {
        let mut file = if as_der && name != "utf16.csr" { der(name) } else { csr(name).to_vec() };
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(read) = read_csr(&file) {
            prop_assert_eq!(read_csr(read.as_bytes()).unwrap(), read.clone());
            let _ = CsrNames::read(&read);
        }
    }
}

fn csr(name: &str) -> &'static [u8] {
    fixture(&format!("csr/{name}"))
}

fn text(name: &str) -> String {
    str::from_utf8(csr(name)).unwrap().to_owned()
}

fn der(name: &str) -> Vec<u8> {
    let pem = read_csr(csr(name)).unwrap();
    CertificateSigningRequestDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

fn certificate_der() -> Vec<u8> {
    let pem = csr("certificate-in-place.csr");
    rustls_pki_types::CertificateDer::from_pem_slice(pem).unwrap().to_vec()
}

/// Without a mark.
fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
