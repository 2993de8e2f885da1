//! Chains as they are downloaded.

use bytes::Bytes;
use certcentral_core::{
    CertificateId, Error, OrderId,
    certificate::{
        CertificateChain, DownloadCertificate, DownloadCertificateAs, FileFormat,
        GetCertificateChain,
    },
    order::{NewOrder, Placed, ReissueCertificate, Reissued},
};
use http::Response;
use serde_json::Value;

use crate::{api, fixture, parse};

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
    let chain = read(&all().without_root(), "pem-noroot").unwrap();
    assert_eq!((chain.leaf(), chain.root()), (whole.leaf(), None));
    assert!(chain.intermediates().eq(whole.intermediates()));
    let chain = read(&all().leaf_only(), "pem-nointermediate").unwrap();
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
fn what_is_no_pem_is_an_error_that_shows_what_came() {
    let refused = |body: &[u8]| {
        let download = DownloadCertificate::new(CertificateId(1));
        let error = parse(&download, 200, body.to_vec()).unwrap_err();
        assert!(matches!(&error, Error::Decode(e) if e.body() == body), "{error:?}");
        error.to_string()
    };
    let page = refused(fixture("download_certificate/page.html"));
    assert!(page.contains("it is not PEM") && page.contains("begins with: <"), "{page}");
    let error = refused(br#"{"errors": "not yet"}"#);
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
    let leaf = text("pem-nointermediate").replace('\r', "");
    let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
    let other = "something else than certificates in it: -----";
    for (text, message) in [
        (format!("{leaf}{key}"), format!("{other}BEGIN PRIVATE KEY-----")),
        (format!("{key}{leaf}"), format!("{other}BEGIN PRIVATE KEY-----")),
        (leaf.replace("CERTIFICATE", "PKCS7"), format!("{other}BEGIN PKCS7-----")),
        (leaf.replacen("-----BEGIN CERTIFICATE-----\n", "", 1), format!("{other}END CERTIFICATE")),
        (format!("-----BEGIN CERTIFICATE-----\n{leaf}"), format!("{other}BEGIN CERTIFICATE")),
        (leaf.replace("END CERTIFICATE", "END PKCS7"), format!("{other}BEGIN CERTIFICATE")),
        (leaf.replacen("MII", "MI*", 1), "certificate 1 is not base64".into()),
        (leaf.replacen("MII", "MI=", 1), "certificate 1 is not base64".into()),
        (leaf.replacen("MII", "MIé", 1), "certificate 1 is not base64".into()),
        (leaf.replacen("MII", "MIJ", 1), "certificate 1 is not one of X.509".into()),
        (format!("{leaf}{}", block("MIIB")), "certificate 2 is not one of X.509".into()),
        (format!("{leaf}{}", block("MIIBA===")), "certificate 2 is not base64".into()),
        (format!("{leaf}{}", block("")), "certificate 2 is not base64".into()),
        (fixture("csr/plain.csr").escape_ascii().to_string(), other.into()),
    ] {
        let error = CertificateChain::from_pem(&text).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains(&message), "{error}");
    }
}

/// By hand it was stricter, and gave out what it had read. The library takes base64 without its
/// padding, and with anything in the bits that have no meaning.
#[test]
fn base64_is_read_loosely_and_written_as_it_should_be() {
    let chain = CertificateChain::from_pem(&text("pem-noroot-for-plain")).unwrap();
    let leaf = chain.leaf().to_owned();
    let base64 = leaf.lines().nth_back(1).unwrap();
    let digits = base64.trim_end_matches('=');
    assert!(digits.len() < base64.len(), "there is padding to leave out: {base64}");
    let (last, rest) = digits.as_bytes().split_last().unwrap();
    let same = format!("{}{}", str::from_utf8(rest).unwrap(), char::from(last + 1));
    for other in [digits, &same, &format!("{same}==")[..base64.len()]] {
        let chain = CertificateChain::from_pem(&leaf.replace(base64, other)).unwrap();
        assert_eq!(chain.leaf(), leaf, "{other}");
    }
}

// Chains that are not whole.

#[test]
fn a_chain_that_is_not_whole_is_an_error() {
    let [leaf, intermediate, root] = &certificates("pem-all-lf")[..] else { panic!() };
    let [_, _, cross_signed, _] = &certificates("pem-all-cross-signed")[..] else { panic!() };
    let of_another = &certificates("pem-noroot-of-another-certificate")[1];
    let all = all();
    let without_root = all.clone().without_root();
    let leaf_only = all.clone().leaf_only();
    for (request, blocks, is_whole) in [
        (&all, &[leaf, intermediate, root][..], true),
        (&all, &[leaf, intermediate, cross_signed], true),
        (&all, &[root, leaf, intermediate], true),
        (&all, &[root], true),
        (&all, &[leaf, intermediate], false),
        (&all, &[leaf], false),
        (&all, &[leaf, leaf, leaf], false),
        (&all, &[leaf, root], false),
        (&all, &[leaf, intermediate, of_another], false),
        (&without_root, &[leaf, intermediate], true),
        (&without_root, &[leaf, intermediate, root], true),
        (&without_root, &[leaf], false),
        (&without_root, &[leaf, leaf], false),
        (&without_root, &[leaf, of_another], false),
        (&leaf_only, &[leaf], true),
        (&leaf_only, &[leaf, intermediate, root], true),
    ] {
        let text: String = blocks.iter().copied().map(String::as_str).collect();
        match parse(request, 200, text.clone()) {
            Ok(chain) => assert!(is_whole && chain.leaf() == leaf || blocks == [root], "{text}"),
            Err(error) => {
                assert!(!is_whole, "{error}");
                assert!(error.is_transient() && !error.may_have_taken_effect(), "{error:?}");
                let said = "the chain lacks the issuer of a certificate";
                assert!(error.to_string().contains(said), "{error}");
            }
        }
    }
}

#[test]
fn a_chain_that_is_cut_is_an_error_wherever_it_is_cut() {
    let text = download("pem-all").to_pem();
    let end = text.trim_end().len();
    for cut in 1..end {
        for request in [all(), all().without_root(), all().leaf_only()] {
            match parse(&request, 200, text[..cut].to_owned()) {
                Err(error) => assert!(error.is_transient(), "cut at {cut}: {error:?}"),
                Ok(_) => assert!(text[..cut].trim_end().ends_with("-----END CERTIFICATE-----")),
            }
        }
    }
    assert!(parse(&all(), 200, text[..end].to_owned()).is_ok());
}

#[test]
fn an_error_quotes_what_follows_the_last_certificate() {
    let leaf = text("pem-nointermediate");
    let said = "upstream connect error or disconnect/reset before headers";
    let error = parse(&all(), 200, format!("{leaf}{said}\r\n")).unwrap_err();
    let told = format!("behind the last certificate: {said};");
    assert!(error.to_string().contains(&told), "{error}");
    let error = parse(&all(), 200, leaf).unwrap_err();
    assert!(!error.to_string().contains("behind the last"), "{error}");
}

// What is in a certificate.

#[test]
fn issuers_of_one_name_are_told_apart_by_their_keys() {
    let [leaf, other, issuer, root] = &certificates("pem-all-two-issuers-of-one-name")[..] else {
        panic!();
    };
    let whole = [&**leaf, issuer, root, other].concat();
    assert_eq!(download("pem-all-two-issuers-of-one-name").to_pem(), whole);
    // The other one is no issuer at all.
    let error = parse(&all().without_root(), 200, format!("{leaf}{other}")).unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[test]
fn a_chain_is_read_out_of_the_output_of_tools() {
    let text = text("s_client-showcerts");
    let chain = CertificateChain::from_pem(&text).unwrap();
    assert_eq!((chain.intermediates().count(), chain.root()), (1, None));
    assert_eq!(chain.serial_number(), "1D736B2590397669069E349D6DA2B896C9CB59ED");

    let [leaf, issuer, ..] = &certificates("pem-all-lf")[..] else { panic!() };
    let certtool =
        format!("X.509 Certificate Information:\n\tVersion: 3\n\n{leaf}\n- Got 1\n---\n");
    let read = CertificateChain::from_pem(&format!("{certtool}{certtool}{issuer}bye")).unwrap();
    assert_eq!(read.to_pem(), format!("{leaf}{issuer}"));
}

#[test]
fn a_chain_tells_its_number_and_its_end() {
    for (file, serial_number, valid_till) in [
        ("pem-all", "0B1C2D3E4F5061728394A5B6C7D8E9FA", "2045-10-16"),
        ("pem-noroot-for-plain", "0A0B0C0D0E0F101112131415161718", "2027-05-18"),
        ("s_client-showcerts", "1D736B2590397669069E349D6DA2B896C9CB59ED", "2027-02-27"),
    ] {
        let chain = CertificateChain::from_pem(&text(file)).unwrap();
        assert_eq!(chain.serial_number(), serial_number, "{file}");
        assert_eq!(chain.valid_till().unwrap().to_string(), valid_till, "{file}");
    }
}

#[test]
fn a_chain_is_for_a_csr_if_the_key_is_the_same() {
    let chain = |file: &str| CertificateChain::from_pem(&text(file)).unwrap();
    let csr = |name: &str| str::from_utf8(fixture(&format!("csr/{name}"))).unwrap();
    let this = chain("pem-noroot-for-plain");
    assert!(this.is_for(csr("plain.csr")));
    assert!(this.is_for(csr("attributes-absent.csr")));
    assert!(this.is_for(csr("ec-parameters-in-front.csr")));
    assert!(this.is_for(csr("base64-only.csr")));
    assert!(!this.is_for(csr("rsa-without-null.csr")));
    assert!(!this.is_for(csr("certificate-in-place.csr")));
    assert!(!this.is_for(""));
    assert!(!chain("pem-noroot-of-another-certificate").is_for(csr("plain.csr")));

    // However the key is written.
    let rsa = chain("pem-noroot-for-rsa-without-null");
    assert!(rsa.is_for(csr("rsa-without-null.csr")));
    assert!(rsa.is_for(csr("microsoft-extensions-oid.csr")), "with the NULL");
    let point = CertificateChain::from_pem(UNCOMPRESSED).unwrap();
    assert!(point.is_for(csr("compressed-point.csr")));
    assert!(!point.is_for(csr("plain.csr")) && !this.is_for(csr("compressed-point.csr")));
}

/// For the key of `csr/compressed-point.csr`.
const UNCOMPRESSED: &str = "\
-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUdIXfow4A4vHV7kMHKLzB67V9ON4wCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjkxMzM5NDVaFw0z
NjExMjYxMzM5NDVaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASTgj0muIH1KhVwQfqZJ9Qfsz3/1/30vnLaYkEa
FX0el4W1h2nR05qoEPUcaU8DbWhuaMKkeELhOCDUvfWqb6kso1MwUTAdBgNVHQ4E
FgQUGDkC0Pu7DJNh9Qxa/kg3fM78xFMwHwYDVR0jBBgwFoAUGDkC0Pu7DJNh9Qxa
/kg3fM78xFMwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAn5IA
IsNBrdOMp/sl6pkQ5gzCDvLD3aHozcWMeIMLd6YCIDiwzDWgb8OgA4xhhxJeiYoW
ZEYPS6ldrXHskpgSD+pZ
-----END CERTIFICATE-----
";

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

#[test]
fn an_order_that_is_placed_has_one_of_three_forms() {
    let placed = |file: &str| -> Placed {
        let order = NewOrder::new("ssl_basic", "MIIB");
        parse(&order, 201, fixture(&format!("new_order/{file}.json"))).unwrap()
    };
    let pending = placed("pending");
    assert_eq!((pending.certificate_id, pending.requests.len()), (None, 1));
    let approved = placed("approved");
    assert!(approved.certificate_id.is_some() && approved.chain().unwrap().is_none());
    assert_eq!(placed("issued").chain().unwrap(), Some(download("pem-all")));

    let token = placed("ov-by-token");
    assert!(token.requests.is_empty(), "the account skips the approval");
    let tokens = token.domains.iter().map(|it| it.dcv_token.as_ref()?.token.as_ref());
    assert!(tokens.eq([token.dcv_random_value.as_ref(); 2]));
    let email = placed("ov-by-email");
    assert_eq!((&email.dcv_random_value, &email.domains[0].dcv_token), (&None, &None));
    assert!(placed("dv-by-token").domains.is_empty());
}

#[test]
fn a_chain_that_is_sent_as_json_is_the_one_of_the_download() {
    let get = GetCertificateChain::new(CertificateId(1));
    let body = fixture("get_certificate_chain/leaf-first.json");
    assert_eq!(parse(&get, 200, body).unwrap(), download("pem-all"));
    let mut list: Value = serde_json::from_slice(body).unwrap();
    let certificates = list["intermediates"].as_array_mut().unwrap();
    certificates.pop();
    certificates.pop();
    let alone = list.to_string();
    for (body, reason) in [
        (&*alone, "the chain lacks the issuer of a certificate"),
        ("{}", "there is no PEM certificate in it"),
        (r#"{"intermediates": [{"pem": "MIIB"}]}"#, "there is no PEM certificate in it"),
        (r#"{"intermediates": [{}]}"#, "there is no PEM certificate in it"),
    ] {
        let error = parse(&get, 200, body.to_owned()).unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(format!("{error:#}").contains(reason), "{error:#}");
    }
}

#[test]
fn a_file_is_whole_and_of_the_kind_that_was_asked_for() {
    let p7b = fixture("download_certificate_as/pkcs7.p7b");
    let zip = fixture("download_certificate/archive.zip");
    let zips = [FileFormat::Apache, FileFormat::ZippedCrt, FileFormat::ZippedCer];
    for (format, file) in zips
        .map(|format| (format, zip))
        .into_iter()
        .chain([(FileFormat::Pkcs7, p7b), ("crt".into(), p7b)])
    {
        let download = DownloadCertificateAs::new(CertificateId(1), format.clone());
        let response = Response::builder().header("content-type", "application/x");
        let whole = response.body(Bytes::from_static(file)).unwrap();
        let read = api().parse_response(&download, whole).unwrap();
        assert_eq!((&*read.body, read.content_type.as_deref()), (file, Some("application/x")));
        for page in ["page.html", "error.json"] {
            let page = fixture(&format!("download_certificate/{page}"));
            assert!(parse(&download, 200, page).is_err(), "{format}");
        }
        if matches!(format, FileFormat::Other(_)) {
            continue; // nothing is known of its end
        }
        let cut = parse(&download, 200, &file[..file.len() - 9]).unwrap_err();
        assert!(matches!(&cut, Error::Decode(error) if error.is_incomplete()), "{format}: {cut:?}");
        let other = if file == zip { p7b } else { zip };
        assert!(parse(&download, 200, other).is_err(), "{format}");
    }
}

fn all() -> DownloadCertificate {
    DownloadCertificate::new(CertificateId(1))
}

#[track_caller]
fn download(file: &str) -> CertificateChain {
    read(&all(), file).unwrap()
}

fn read(request: &DownloadCertificate, file: &str) -> Result<CertificateChain, Error> {
    parse(request, 200, fixture(&format!("download_certificate/{file}.pem")))
}

fn text(file: &str) -> String {
    str::from_utf8(fixture(&format!("download_certificate/{file}.pem"))).unwrap().to_owned()
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
