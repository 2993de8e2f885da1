#!/usr/bin/env bash
# A DNS name in a certificate is ASCII, so a reader should hand it on as it stands. asn1crypto 1.5.1 decodes A-labels
# by Python's codec "idna", which is IDNA 2003: "xn--bcher-kva.example" comes out as "bücher.example", and a name with
# an ß (xn--strae-oqa, valid since 2010) raises UnicodeError, for `valid_domains` and for the certificate's `native`.
# Beside the names of an order, in ASCII, one kind never matches; the other kind makes the certificate unreadable.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cryptography==50.0.2 asn1crypto==1.5.1

PYTHONIOENCODING=utf-8 venv/bin/python - <<'PYTHON' | tee seen
from datetime import datetime

import asn1crypto
import cryptography
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

print("cryptography", cryptography.__version__, "asn1crypto", asn1crypto.__version__)
key = Ed25519PrivateKey.generate()
for name in ("xn--bcher-kva.example", "xn--strae-oqa.example"):
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name.from_rfc4514_string("CN=Example TLS CA"))
        .public_key(key.public_key())
        .serial_number(7001)
        .not_valid_before(datetime(2026, 11, 1))
        .not_valid_after(datetime(2027, 5, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, None)
    )
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    print("cryptography:", names.get_values_for_type(x509.DNSName))
    certificate = Certificate.load(certificate.public_bytes(Encoding.DER))
    for what in ("valid_domains", "native"):
        try:
            value = getattr(certificate, what)
            print(f"asn1crypto, {what}:", value if what == "valid_domains" else "read")
        except UnicodeError as error:
            print(f"asn1crypto, {what}:", str(error.args[0]).splitlines()[0], *error.args[1:])
PYTHON

diff - seen <<'RECORDED'
cryptography 50.0.2 asn1crypto 1.5.1
cryptography: ['xn--bcher-kva.example']
asn1crypto, valid_domains: ['bücher.example']
asn1crypto, native: read
cryptography: ['xn--strae-oqa.example']
asn1crypto, valid_domains: IDNA does not round-trip b'xn--strae-oqa' b'strasse'
asn1crypto, native: IDNA does not round-trip b'xn--strae-oqa' b'strasse'
RECORDED
