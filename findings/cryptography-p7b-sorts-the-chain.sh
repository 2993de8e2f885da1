#!/usr/bin/env bash
# A .p7b made from leaf, intermediate and root should hold them in that order, as one from OpenSSL does. cryptography
# 50.0.2 sorts them by their bytes (DER's rule for a SET OF), in effect by length: the leaf, the longest, comes last,
# and `load_pem_pkcs7_certificates` returns the root first. It says so nowhere, and the order that was given is lost.
# Who takes the first certificate of a .p7b for the leaf, as in a PEM chain, gets another one: look for the key's.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cryptography==50.0.2 asn1crypto==1.5.1

venv/bin/python - <<'PYTHON' | tee seen
from datetime import datetime

import cryptography
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7


def certificate(subject, issuer, names=()):
    key = Ed25519PrivateKey.generate()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(subject))
        .issuer_name(x509.Name.from_rfc4514_string(issuer))
        .public_key(key.public_key())
        .serial_number(7001)
        .not_valid_before(datetime(2026, 11, 1))
        .not_valid_after(datetime(2027, 5, 1))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(key, None)


chain = [
    certificate("CN=shop.example", "CN=Example TLS CA", ["shop.example", "www.shop.example"]),
    certificate("CN=Example TLS CA", "CN=Example Root"),
    certificate("CN=Example Root", "CN=Example Root"),
]
print("cryptography", cryptography.__version__)
print("given:", [one.subject.rfc4514_string() for one in chain])
der = pkcs7.serialize_certificates(chain, Encoding.DER)
print("read:", [one.subject.rfc4514_string() for one in pkcs7.load_der_pkcs7_certificates(der)])
stored = cms.ContentInfo.load(der)["content"]["certificates"]
print("in the file:", [one.chosen.subject.native["common_name"] for one in stored])
PYTHON

diff - seen <<'RECORDED'
cryptography 50.0.2
given: ['CN=shop.example', 'CN=Example TLS CA', 'CN=Example Root']
read: ['CN=Example Root', 'CN=Example TLS CA', 'CN=shop.example']
in the file: ['Example Root', 'Example TLS CA', 'shop.example']
RECORDED
