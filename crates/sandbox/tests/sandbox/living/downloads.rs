//! Downloaded certificates: real, and the CSR's.

use certcentral_sandbox::Sandbox;
use rcgen::{KeyPair, PublicKeyData as _};
use x509_parser::pem::Pem;
use x509_parser::prelude::GeneralName;
use x509_parser::time::ASN1Time;

use crate::caller::{
    call, certificate, code, csr_with, get, now, pending_reissue, post, primary, put, reissue,
    reissues, sandbox,
};
use crate::client::connect;

#[test]
fn the_chain_is_signed_from_root_to_leaf() {
    let sandbox = sandbox();
    let id = reissue(&sandbox);
    let [leaf, intermediate, root] = download(&sandbox, id, "pem_all").try_into().unwrap();
    let [leaf, intermediate, root] =
        [&leaf, &intermediate, &root].map(|pem| pem.parse_x509().unwrap());
    root.verify_signature(None).unwrap();
    intermediate.verify_signature(Some(root.public_key())).unwrap();
    leaf.verify_signature(Some(intermediate.public_key())).unwrap();
    assert_eq!((leaf.issuer(), intermediate.issuer()), (intermediate.subject(), root.subject()));
    assert!(!leaf.is_ca() && intermediate.is_ca() && root.is_ca());
    let now = ASN1Time::from_timestamp(now().unix_timestamp()).unwrap();
    assert!(leaf.validity().is_valid_at(now));
    let (_, trusted) = x509_parser::pem::parse_x509_pem(sandbox.root_pem().as_bytes()).unwrap();
    assert_eq!(trusted.parse_x509().unwrap(), root);
}

#[test]
fn the_leaf_has_the_key_and_names_that_were_asked_for() {
    let sandbox = sandbox();
    for key in [
        KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
    ] {
        let key = key.unwrap();
        let body = certificate(&csr_with(&key, "a.example", &["a.example"]), true);
        let (_, response) = post(&sandbox, "/order/certificate/7/reissue", &body);
        let id = response["certificate_id"].as_u64().unwrap();
        let leaf = download(&sandbox, id, "pem_nointermediate").remove(0);
        let leaf = leaf.parse_x509().unwrap();
        assert_eq!(leaf.public_key().raw, key.subject_public_key_info());
        let names = &leaf.subject_alternative_name().unwrap().unwrap().value.general_names;
        assert_eq!(*names, ["a.example", "b.example"].map(GeneralName::DNSName));
        let common_name = leaf.subject().iter_common_name().next().unwrap().as_str().unwrap();
        assert_eq!(common_name, "a.example");
    }
}

#[test]
fn order_info_and_the_certificate_say_the_same() {
    let sandbox = sandbox();
    reissue(&sandbox);
    let primary = primary(&sandbox);
    let leaf = download(&sandbox, primary["id"].as_u64().unwrap(), "pem_nointermediate").remove(0);
    let leaf = leaf.parse_x509().unwrap();
    let serial = leaf.raw_serial_as_string().replace(':', "");
    assert_eq!(primary["serial_number"], serial);
    let day = |at: ASN1Time| at.to_datetime().date().to_string();
    assert_eq!(primary["valid_from"], day(leaf.validity().not_before));
    assert_eq!(primary["valid_till"], day(leaf.validity().not_after));
    assert_eq!(reissues(&sandbox)[0]["thumbprint"], primary["thumbprint"]);
}

#[test]
fn every_text_is_a_part_of_the_chain_whatever_is_accepted() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].as_u64().unwrap();
    let format = |format: &str| {
        let (content_type, body) =
            file(&sandbox, &format!("/certificate/{id}/download/format/{format}"));
        assert_eq!(content_type, "application/x-pem-file");
        String::from_utf8(body).unwrap()
    };
    let (leaf, all) = (format("pem_nointermediate"), format("pem_all"));
    assert_eq!(leaf.lines().count(), leaf.matches("\r\n").count(), "the leaf's lines end in CR LF");
    assert!(!all.strip_prefix(&leaf).unwrap().contains('\r'), "the others' in LF");
    assert_eq!(all, format("pem_noroot") + sandbox.root_pem());
    for path in [
        "/certificate/download/order/7/format/pem_all".to_owned(),
        format!("/certificate/{id}/download/platform/29"),
    ] {
        assert_eq!(file(&sandbox, &path).1, all.as_bytes());
    }

    let chain = get(&sandbox, &format!("/certificate/{id}/chain")).1;
    let chain = chain["intermediates"].as_array().unwrap();
    let joined: String = chain.iter().map(|link| link["pem"].as_str().unwrap()).collect();
    assert_eq!(joined.lines().collect::<Vec<_>>(), all.lines().collect::<Vec<_>>());
    let other = get(&sandbox, &format!("/certificate/{id}/download/format/papyrus"));
    assert_eq!(code(&other), (400, "invalid_param:format_type"));
}

#[test]
fn other_formats_are_a_bundle_or_an_archive() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].as_u64().unwrap();
    let format =
        |format: &str| file(&sandbox, &format!("/certificate/{id}/download/format/{format}"));
    let bundle = format("p7b");
    assert_eq!(bundle.0, "application/x-pkcs7-certificates");
    assert!(bundle.1.starts_with(b"-----BEGIN PKCS7-----\r\n"));
    assert_eq!(format("cer"), bundle);

    let leaf = format("pem_nointermediate").1;
    let ends_with_leaf = |(content_type, archive): (String, Vec<u8>), count: u16| {
        assert_eq!(content_type, "application/zip");
        let end = &archive[archive.len() - 12..];
        assert_eq!(u16::from_le_bytes([end[0], end[1]]), count, "files");
        assert!(archive.windows(leaf.len()).any(|part| part == leaf));
    };
    for (name, count) in [("default", 3), ("default_pem", 3), ("default_cer", 3), ("apache", 2)] {
        ends_with_leaf(format(name), count);
    }
    for path in
        ["/certificate/download/order/7".to_owned(), format!("/certificate/{id}/download/platform")]
    {
        ends_with_leaf(file(&sandbox, &path), 2);
    }
}

/// Content type and body of a download, by a client that says that it wants JSON.
fn file(sandbox: &Sandbox, path: &str) -> (String, Vec<u8>) {
    let headers = format!("X-DC-DEVKEY: {}\r\nAccept: application/json\r\n", sandbox.api_key());
    let reply = connect(sandbox).ask("GET", &format!("/services/v2{path}"), &headers);
    assert_eq!(reply.status, 200, "{path}");
    (reply.content_type.unwrap(), reply.body)
}

#[test]
fn only_what_was_issued_can_be_downloaded() {
    let sandbox = sandbox();
    pending_reissue(&sandbox);
    let pending = reissues(&sandbox)[0]["id"].clone();
    for path in [
        format!("/certificate/{pending}/download/format/pem_all"),
        format!("/certificate/{pending}/chain"),
    ] {
        assert_eq!(code(&get(&sandbox, &path)), (400, "certificate_not_issued"));
    }
    sandbox.reject(7);
    let id = primary(&sandbox)["id"].as_u64().unwrap();
    put(
        &sandbox,
        &format!("/certificate/{id}/revoke"),
        &serde_json::json!({"skip_approval": true}),
    );
    assert_eq!(download(&sandbox, id, "pem_all").len(), 3, "a revoked one too");
    let none = get(&sandbox, "/certificate/1/download/format/pem_all");
    assert_eq!(code(&none), (404, "not_found|certificate"));
    let none = get(&sandbox, "/certificate/download/order/8/format/pem_all");
    assert_eq!(code(&none), (404, "not_found|order"));
}

fn download(sandbox: &Sandbox, id: u64, format: &str) -> Vec<Pem> {
    let path = format!("/certificate/{id}/download/format/{format}");
    let reply = call(sandbox, "GET", &path, "");
    assert_eq!(reply.status, 200);
    Pem::iter_from_buffer(&reply.body).map(|pem| pem.unwrap()).collect()
}
