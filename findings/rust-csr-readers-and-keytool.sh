#!/usr/bin/env bash
# Many CSRs for servers come from Java's keytool, so a reader of CSRs in Rust should take one as it is. Three do not.
# The label is "NEW CERTIFICATE REQUEST" (so it is from NSS and Windows): rustls-pki-types 1.16.0 finds no item, and
# x509-cert 0.3.0 has an error. rcgen 0.14.10 takes any label, but refuses the subject key identifier that keytool
# (OpenJDK 17) puts into every CSR, with -ext or without: "UnsupportedExtension", and nothing tells which.
# OpenSSL, GnuTLS and x509-parser 0.18.1 read it, names and all. A test with a CSR of "openssl req" never shows this.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src

cat > Cargo.toml <<'TOML'
[package]
name = "scratch"
version = "0.0.0"
edition = "2024"

[dependencies]
rcgen = { version = "=0.14.10", default-features = false, features = ["pem", "ring", "x509-parser"] }
rustls-pki-types = { version = "=1.16.0", features = ["std"] }
x509-cert = { version = "=0.3.0", features = ["pem"] }
x509-parser = "=0.18.1"
TOML

# keytool -genkeypair -keyalg EC -groupname secp256r1 -dname CN=shop.example …
# keytool -certreq -ext san=dns:shop.example,dns:www.shop.example …
cat > keytool.csr <<'PEM'
-----BEGIN NEW CERTIFICATE REQUEST-----
MIIBLTCB1AIBADAXMRUwEwYDVQQDEwxzaG9wLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASBig+iSZNG2n7nABWJmmyh8lOzlKdlz+N8lLQzTRG9TpUv
Hg5WybvxoRp8rNotR6HIimh4pmiryRqkUQhjvKbUoFswWQYJKoZIhvcNAQkOMUww
SjAdBgNVHQ4EFgQUIb9RlP3V6qGQoyK2het2Czw3uVkwKQYDVR0RBCIwIIIMc2hv
cC5leGFtcGxlghB3d3cuc2hvcC5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCIQDZ
sOguJilPH+CYTMGaeHMrux22hMcaAfdzIonxw/xgSwIgF2tgloH8kjs28e4ettne
yN9w2iMdXJfm1gtNLSZRIaQ=
-----END NEW CERTIFICATE REQUEST-----
PEM

cat > src/main.rs <<'RUST'
use rcgen::CertificateSigningRequestParams;
use rustls_pki_types::{CertificateSigningRequestDer, pem::PemObject};
use x509_cert::{der::DecodePem, request::CertReq};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::{extensions::ParsedExtension, pem::parse_x509_pem, prelude::FromDer};

fn main() {
    let csr = include_str!("../keytool.csr");
    for text in [csr.to_owned(), csr.replace(" NEW ", " ")] {
        println!("{}", text.lines().next().unwrap());
        match CertificateSigningRequestDer::from_pem_slice(text.as_bytes()) {
            Ok(_) => println!("  rustls-pki-types: read"),
            Err(error) => println!("  rustls-pki-types: {error:?}"),
        }
        match CertReq::from_pem(&text) {
            Ok(csr) => println!("  x509-cert: {}", csr.info.subject),
            Err(error) => println!("  x509-cert: {:?}", error.kind()),
        }
        match CertificateSigningRequestParams::from_pem(&text) {
            Ok(csr) => println!("  rcgen: {:?}", csr.params.subject_alt_names),
            Err(error) => println!("  rcgen: {error:?}"),
        }
    }

    let (_, block) = parse_x509_pem(csr.as_bytes()).unwrap();
    let (_, csr) = X509CertificationRequest::from_der(&block.contents).unwrap();
    println!("x509-parser, as it is: {}", csr.certification_request_info.subject);
    for extension in csr.requested_extensions().unwrap() {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => println!("  {:?}", names.general_names),
            ParsedExtension::SubjectKeyIdentifier(_) => println!("  subject key identifier"),
            other => println!("  {other:?}"),
        }
    }
}
RUST

grep '"=' Cargo.toml
cargo run --quiet -j1 | tee seen

diff - seen <<'RECORDED'
-----BEGIN NEW CERTIFICATE REQUEST-----
  rustls-pki-types: NoItemsFound
  x509-cert: Pem(UnexpectedTypeLabel { expected: "CERTIFICATE REQUEST" })
  rcgen: UnsupportedExtension
-----BEGIN CERTIFICATE REQUEST-----
  rustls-pki-types: read
  x509-cert: CN=shop.example
  rcgen: UnsupportedExtension
x509-parser, as it is: CN=shop.example
  subject key identifier
  [DNSName("shop.example"), DNSName("www.shop.example")]
RECORDED
