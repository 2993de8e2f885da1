#!/usr/bin/env bash
# ssl.PEM_cert_to_DER_cert should take the first certificate of a PEM chain, or refuse the chain. It removes the first
# BEGIN and the last END and decodes all between as Base64, the marks too, and the decoder stops at the first padding.
# Six of nine chains of two thus give the leaf. If its DER needs no padding, as one in three does, two of nine are an
# error, and one comes back without any, with junk behind the leaf: its fingerprint is nobody's. A few tests miss it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cryptography==50.0.2
venv/bin/python --version

venv/bin/python - <<'PYTHON' | tee seen
import ssl
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

key = Ed25519PrivateKey.generate()


def certificate(name):
    return (
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


# An Ed25519 signature is always 64 bytes long, so three names give the three remainders.
three = [certificate(name + ".example") for name in ("a", "aa", "aaa")]
three.sort(key=lambda one: len(one.public_bytes(Encoding.DER)) % 3)
for leaf in three:
    for issuer in three:
        der = leaf.public_bytes(Encoding.DER)
        rests = [len(one.public_bytes(Encoding.DER)) % 3 for one in (leaf, issuer)]
        chain = leaf.public_bytes(Encoding.PEM) + issuer.public_bytes(Encoding.PEM)
        try:
            seen = ssl.PEM_cert_to_DER_cert(chain.decode())
            outcome = "the leaf" if seen == der else "junk behind" if seen.startswith(der) else "junk"
        except ValueError as error:
            outcome = f"{type(error).__module__}.{type(error).__name__}"
        print("bytes beyond a multiple of 3:", *rests, "->", outcome)
PYTHON

diff - seen <<'RECORDED'
bytes beyond a multiple of 3: 0 0 -> binascii.Error
bytes beyond a multiple of 3: 0 1 -> junk behind
bytes beyond a multiple of 3: 0 2 -> binascii.Error
bytes beyond a multiple of 3: 1 0 -> the leaf
bytes beyond a multiple of 3: 1 1 -> the leaf
bytes beyond a multiple of 3: 1 2 -> the leaf
bytes beyond a multiple of 3: 2 0 -> the leaf
bytes beyond a multiple of 3: 2 1 -> the leaf
bytes beyond a multiple of 3: 2 2 -> the leaf
RECORDED
