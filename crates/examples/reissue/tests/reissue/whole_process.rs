//! From an order's id to its certificate.

use certcentral_example_cli::testing::TempDir;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use x509_parser::{certificate::X509Certificate, pem::Pem, prelude::FromDer};

use crate::service::{ORDER, REQUESTS, reissue_requests, reissues, requests, sandbox};
use crate::{PROGRAM, temp_dir};

#[test]
fn a_new_key_gets_its_certificate() {
    let (dir, sandbox) = (temp_dir("new-key"), sandbox());
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(requests(&sandbox), REQUESTS);
    let reissues = reissues(&sandbox);
    let end = reissues.certificates[0].valid_till.unwrap();
    let said = format!(
        "wrote ./700101.key\nwrote ./700101.csr\nrequesting a reissue for shop.example.com, \
         www.shop.example.com\ncertificate 810000002 is issued, and valid until {end}\n\
         wrote ./700101.pem\n"
    );
    assert_eq!(run.stderr, said);
    assert_saved(&dir);

    let body = &reissue_requests(&sandbox)[0];
    assert_eq!(body["certificate"]["csr"], dir.read("700101.csr"));
    assert_eq!(body["certificate"]["common_name"], "shop.example.com");
    let names = ["shop.example.com", "www.shop.example.com"];
    assert_eq!(body["certificate"]["dns_names"], serde_json::json!(names));

    assert_eq!(reissues.len(), 1);
    assert_eq!(reissues.certificates[0].serial_number, Some(serial_number(&dir)));
}

#[test]
fn a_given_csr_is_sent_with_its_names() {
    let (dir, sandbox) = (temp_dir("given"), sandbox());
    let names = ["new.example.com".to_owned(), "other.example.com".to_owned()];
    let mut params = CertificateParams::new(names.clone()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let key = KeyPair::generate().unwrap();
    let csr = params.serialize_request(&key).unwrap().pem().unwrap();
    dir.write("my.csr", csr.replace('\n', "\r\n"));

    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20", "--csr", "my.csr"]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let certificate = &reissue_requests(&sandbox)[0]["certificate"];
    assert_eq!(certificate["csr"], csr);
    assert_eq!(certificate["common_name"], "shop.example.com");
    let mut all = vec!["shop.example.com", "www.shop.example.com"];
    all.extend(names.iter().map(String::as_str));
    assert_eq!(certificate["dns_names"], serde_json::json!(all));
    assert_eq!(dir.files(), ["700101.pem", "my.csr"]);
    assert_eq!(public_key(&dir), key.subject_public_key_info());
}

#[test]
fn names_can_be_given() {
    let (dir, sandbox) = (temp_dir("names"), sandbox());
    let args = [ORDER, "--name", "a.example.com", "--name", "b.example.com", "--directory", "new"];
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let said = "the reissue would leave out shop.example.com, www.shop.example.com, and the service \
                would then revoke the order's certificates within 72 hours; name them too, or use \
                --remove-names\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
    assert!(reissue_requests(&sandbox).is_empty());

    let run = dir.start(PROGRAM, &sandbox, &[&args[..], &["--remove-names"]].concat()).end();
    let said = "a.example.com, b.example.com (new: a.example.com, b.example.com) (left out: \
                shop.example.com, www.shop.example.com)\n";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let certificate = &reissue_requests(&sandbox)[0]["certificate"];
    assert_eq!(certificate["common_name"], "a.example.com");
    assert_eq!(certificate["dns_names"], serde_json::json!(["a.example.com", "b.example.com"]));
    assert!(dir.path("new/700101.pem").exists());
}

#[test]
fn with_nothing_configured_it_says_that_it_queries_a_sandbox() {
    for (order, args) in
        [(ORDER, &[ORDER, "--timeout", "20"][..]), ("5", &["5", "--interval", "1"])]
    {
        let dir = temp_dir(&format!("unconfigured-{order}"));
        let args = [args, &["--directory", "."]].concat();
        let run = dir.start_unconfigured(PROGRAM, &args).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let said = "CERTCENTRAL_API_KEY is not set: querying a local sandbox\n";
        assert!(run.stderr.starts_with(said), "{}", run.stderr);
        assert!(run.stderr.ends_with(&format!("wrote ./{order}.pem\n")), "{}", run.stderr);
    }
}

/// Checks that key, CSR and certificate are there, and belong together.
pub(crate) fn assert_saved(dir: &TempDir) {
    assert_eq!(dir.files(), ["700101.csr", "700101.key", "700101.pem"]);
    let key = KeyPair::from_pem(&dir.read("700101.key")).unwrap();
    assert_eq!(public_key(dir), key.subject_public_key_info());
    assert_eq!(chain(dir).len(), 2, "the certificate and its intermediate");
}

fn public_key(dir: &TempDir) -> Vec<u8> {
    let chain = chain(dir);
    let (_, certificate) = X509Certificate::from_der(&chain[0]).unwrap();
    certificate.public_key().raw.to_owned()
}

fn serial_number(dir: &TempDir) -> String {
    let chain = chain(dir);
    let (_, certificate) = X509Certificate::from_der(&chain[0]).unwrap();
    certificate.raw_serial_as_string().replace(':', "")
}

fn chain(dir: &TempDir) -> Vec<Vec<u8>> {
    let pem = dir.read("700101.pem");
    Pem::iter_from_buffer(pem.as_bytes()).map(|pem| pem.unwrap().contents).collect()
}
