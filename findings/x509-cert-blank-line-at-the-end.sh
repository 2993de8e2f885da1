#!/usr/bin/env bash
# A blank line or a tool's text behind a certificate should matter as little as text in front of it. x509-cert 0.3.0
# (pem-rfc7468 1.0.0) takes text in front, but `Certificate::from_pem` refuses one blank line at the end. The error,
# "PreEncapsulationBoundary", points to the wrong end. `load_pem_chain` takes that line, and text between two, but no
# text behind the last, where "openssl s_client -showcerts" has some. rustls-pki-types 1.16.0 reads all of these.
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
pem-rfc7468 = "=1.0.0"
rustls-pki-types = { version = "=1.16.0", features = ["std"] }
x509-cert = { version = "=0.3.0", features = ["pem"] }
TOML

cat > leaf.pem <<'PEM'
-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIQASNFZ4mrze8BI0VniavN7zAKBggqhkjOPQQDAjAZMRcw
FQYDVQQDDA5FeGFtcGxlIFRMUyBDQTAeFw0yNjExMDEwMDAwMDBaFw0yNzAxMzAw
MDAwMDBaMCAxHjAcBgNVBAMMFXhuLS1zdHJhZS1vcWEuZXhhbXBsZTBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABEP6AbsIr+ARMx/J0s7D4oG+vVch6PGcvwRX5Jn1
Hw5T2aUvv3n/P6pIRqkFGnVpSKRu+P4CCR76hfXdz3FtX0ejWTBXMAwGA1UdEwEB
/wQCMAAwRwYDVR0RBEAwPoIVeG4tLXN0cmFlLW9xYS5leGFtcGxlghV4bi0tYmNo
ZXIta3ZhLmV4YW1wbGWCDiouc2hvcC5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUC
IQD9xorJLitJT0kBU1OfG/RLYXoJMLreLDz8XY0Ewyn2bwIgD8VGOSAa6uNkxs3F
UvqDFt490C09RUSYe6ZDeqm8aSg=
-----END CERTIFICATE-----
PEM

cat > src/main.rs <<'RUST'
use rustls_pki_types::{CertificateDer, pem::PemObject};
use x509_cert::{Certificate, der::DecodePem};

fn main() {
    let leaf = include_str!("../leaf.pem");
    for (what, text) in [
        ("as it is", leaf.to_owned()),
        ("text in front", format!("subject=CN = shop.example\n{leaf}")),
        ("blank line at the end", format!("{leaf}\n")),
        ("text at the end", format!("{leaf}Server certificate\n")),
        ("two, text between", format!("{leaf} 1 s:CN = Example TLS CA\n{leaf}")),
    ] {
        let pki_types = CertificateDer::pem_slice_iter(text.as_bytes());
        println!("{what}:");
        println!("  rustls-pki-types: {}", pki_types.filter(Result::is_ok).count());
        match Certificate::from_pem(&text) {
            Ok(_) => println!("  from_pem: 1"),
            Err(error) => println!("  from_pem: {:?}", error.kind()),
        }
        match Certificate::load_pem_chain(text.as_bytes()) {
            Ok(chain) => println!("  load_pem_chain: {}", chain.len()),
            Err(error) => println!("  load_pem_chain: {:?}", error.kind()),
        }
    }
}
RUST

grep '"=' Cargo.toml
cargo run --quiet | tee seen

diff - seen <<'RECORDED'
as it is:
  rustls-pki-types: 1
  from_pem: 1
  load_pem_chain: 1
text in front:
  rustls-pki-types: 1
  from_pem: 1
  load_pem_chain: 1
blank line at the end:
  rustls-pki-types: 1
  from_pem: Pem(PreEncapsulationBoundary)
  load_pem_chain: 1
text at the end:
  rustls-pki-types: 1
  from_pem: Pem(PreEncapsulationBoundary)
  load_pem_chain: Pem(PostEncapsulationBoundary)
two, text between:
  rustls-pki-types: 2
  from_pem: Pem(Base64(InvalidEncoding))
  load_pem_chain: 2
RECORDED
