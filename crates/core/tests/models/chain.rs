//! Chains as they are downloaded.

use certcentral_core::{
    CertificateId, Error, OrderId,
    certificate::{CertificateChain, DownloadCertificate},
    order::{ReissueCertificate, Reissued},
};

use crate::{fixture, parse};

#[test]
fn a_chain_is_leaf_intermediates_and_root() {
    let text = certificates("pem-all-lf");
    let chain = download("pem-all-lf");
    assert_eq!(chain.leaf(), text[0]);
    assert_eq!(chain.intermediates().collect::<Vec<_>>(), [&text[1]]);
    assert_eq!(chain.root(), Some(&*text[2]));
    assert_eq!(chain.to_pem(), text.concat());
}

#[test]
fn line_ends_comments_and_order_do_not_count() {
    let chain = download("pem-all-lf");
    for file in ["pem-all", "pem-all-comments", "pem-all-root-first"] {
        assert_eq!(download(file), chain, "{file}");
    }
    let text = chain.to_pem();
    let forms = [
        format!("\u{feff}{text}"),
        format!("\n\n  {text}\n\n"),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        text.replace('\n', ""),
        text.replace('\n', " \n "),
        text.replace("-----END", "\n-----END"),
    ];
    for form in forms {
        let read = parse(&DownloadCertificate::new(CertificateId(1)), 200, form.clone());
        assert_eq!(read.unwrap(), chain, "{form:?}");
    }
}

#[test]
fn a_chain_may_lack_its_root_or_all_but_its_leaf() {
    let whole = download("pem-all");
    let chain = download("pem-noroot");
    assert_eq!((chain.leaf(), chain.root()), (whole.leaf(), None));
    assert!(chain.intermediates().eq(whole.intermediates()));
    let chain = download("pem-nointermediate");
    assert_eq!((chain.leaf(), chain.root()), (whole.leaf(), None));
    assert_eq!(chain.intermediates().count(), 0);
}

#[test]
fn a_cross_signed_root_is_an_intermediate() {
    let text = certificates("pem-all-cross-signed");
    let chain = download("pem-all-cross-signed");
    assert_eq!(chain.leaf(), text[0]);
    assert_eq!(chain.intermediates().collect::<Vec<_>>(), [&text[1], &text[2]]);
    assert_eq!(chain.root(), Some(&*text[3]));

    // However they come.
    for shift in 1..4 {
        let shifted: String = (0..4).map(|i| &*text[(i + shift) % 4]).collect();
        assert_eq!(CertificateChain::from_pem(&shifted).unwrap(), chain, "{shift}");
    }
}

#[test]
fn a_self_signed_certificate_is_a_leaf() {
    let root = download("pem-all").root().unwrap().to_owned();
    let chain = CertificateChain::from_pem(&root).unwrap();
    assert_eq!((chain.leaf(), chain.root()), (&*root, None));
    assert_eq!(chain.intermediates().count(), 0);
}

#[test]
fn certificates_without_names_stay_as_they_come() {
    // Base64, but no DER of a certificate.
    let blocks = [block("MIIC"), block("MIIB"), block("AA=="), block("MIIDAAA=")];
    let chain = CertificateChain::from_pem(&blocks.concat()).unwrap();
    assert_eq!(chain.to_pem(), blocks.concat());
    assert_eq!((chain.intermediates().count(), chain.root()), (3, None));
}

#[test]
fn what_is_no_pem_is_an_error_that_shows_what_came() {
    let refused = |body: &[u8]| {
        let download = DownloadCertificate::new(CertificateId(1));
        let error = parse(&download, 200, body.to_vec()).unwrap_err();
        assert!(matches!(&error, Error::Decode(e) if e.body() == body), "{error:?}");
        error.to_string()
    };
    let page = refused(fixture("download_certificate/page.html"));
    assert!(page.contains("it is not PEM") && page.contains("begins with: <"), "{page}");
    let error = refused(fixture("download_certificate/error.json"));
    assert!(error.contains("it is not PEM") && error.contains("begins with: {"), "{error}");
    let archive = refused(fixture("download_certificate/archive.zip"));
    assert!(archive.contains("binary") && archive.contains("begins with: PK"), "{archive}");
    assert!(refused(b"").contains("there is no PEM certificate in it; the body is empty"));
    assert!(refused(b"not yet").contains("begins with: not yet"));

    // A page that shows a certificate is none.
    let shown = format!("<pre>{}</pre>", download("pem-all").to_pem());
    assert!(refused(shown.as_bytes()).contains("it is not PEM"));
}

#[test]
fn what_is_not_whole_is_an_error() {
    let text = download("pem-all-cross-signed").to_pem();
    let end = "-----END CERTIFICATE-----\n".len();
    let whole: Vec<_> = text.match_indices("-----END").map(|(at, _)| at + end).collect();
    for cut in 0..text.len() {
        let is_whole = whole.iter().any(|&end| cut == end || cut + 1 == end);
        let read = CertificateChain::from_pem(&text[..cut]);
        assert_eq!(read.is_ok(), is_whole, "cut at {cut}");
    }
}

#[test]
fn other_blocks_and_broken_base64_are_errors() {
    let leaf = download("pem-nointermediate").to_pem();
    let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
    for (text, message) in [
        (format!("{leaf}{key}"), "something else than certificates"),
        (format!("{key}{leaf}"), "something else than certificates"),
        (leaf.replace("CERTIFICATE", "PKCS7"), "something else than certificates"),
        (leaf.replacen("MII", "MI*", 1), "certificate 1 is not base64"),
        (leaf.replacen("MII", "MI", 1), "certificate 1 is not base64"),
        (leaf.replacen("MII", "MI=", 1), "certificate 1 is not base64"),
        (leaf.replacen("MII", "MI-", 1), "certificate 1 is not base64"),
        (leaf.replacen("MII", "MIé", 1), "certificate 1 is not base64"),
        (format!("{leaf}{}", leaf.replacen("MII", "====", 1)), "certificate 2 is not base64"),
        (leaf.replacen("-----BEGIN CERTIFICATE-----\n", "", 1), "something else"),
        (leaf.repeat(65), "65 certificates are no chain"),
    ] {
        let error = CertificateChain::from_pem(&text).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains(message), "{error}");
    }
    // Nothing, too much padding, and a last digit with something in the bits that have no meaning.
    for base64 in ["", "MIIBA===", "MIIBAB==", "MIIBAAB=", "MIIB=", "MIIB===="] {
        assert!(CertificateChain::from_pem(&block(base64)).is_err(), "{base64}");
    }
}

#[test]
fn a_reissue_that_is_issued_at_once_has_its_chain() {
    let reissued = |file: &str| -> Reissued {
        let request = ReissueCertificate::new(OrderId(1), "MIIB");
        parse(&request, 201, fixture(&format!("reissue_certificate/{file}.json"))).unwrap()
    };
    assert_eq!(reissued("issued").chain().unwrap(), Some(download("pem-all")));
    assert_eq!(reissued("pending").chain().unwrap(), None);
    let mut broken = reissued("issued");
    for pem in [None, Some("MIIB"), Some("-----BEGIN CERTIFICATE-----")] {
        broken.certificate_chain[1].pem = pem.map(str::to_owned);
        assert!(matches!(broken.chain(), Err(Error::Invalid(_))), "{pem:?}");
    }
}

#[track_caller]
fn download(file: &str) -> CertificateChain {
    let body = fixture(&format!("download_certificate/{file}.pem"));
    parse(&DownloadCertificate::new(CertificateId(1)), 200, body).unwrap()
}

fn block(base64: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

/// The certificates of a file, with `\n`.
fn certificates(file: &str) -> Vec<String> {
    let text = fixture(&format!("download_certificate/{file}.pem"));
    let text = str::from_utf8(text).unwrap().replace('\r', "");
    let blocks = text.split_inclusive("-----END CERTIFICATE-----\n");
    blocks.map(str::to_owned).collect()
}
