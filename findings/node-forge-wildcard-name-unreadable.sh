#!/usr/bin/env bash
# A CSR or certificate that node-forge makes should be readable in Python. node-forge 1.4.3 (npm) writes each value of
# a subject as PrintableString unless told otherwise, "*.shop.example" and "Example & Sons Ltd" too, though that type
# has no "*" and no "&" (nor "_" and "@"). OpenSSL, Node and forge do not mind. cryptography 50.0.2 refuses the whole
# file, in an error that names neither value nor character; certbot 5.8.0 only says "Failed to parse CSR file".
# So the CSR for shop.example works, and the first wildcard or the next company fails. `valueTagClass` UTF8 mends it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cryptography==50.0.2
npm install --silent --no-audit --no-fund --ignore-scripts node-forge@1.4.3

cat > write.js <<'NODE'
const fs = require("fs");
const { X509Certificate } = require("crypto");
const forge = require("node-forge");

console.log("node-forge", require("./node_modules/node-forge/package.json").version);
const keys = forge.pki.rsa.generateKeyPair(2048);
const utf8 = { valueTagClass: forge.asn1.Type.UTF8 };
const subjects = [
  ["shop.example", "Example Ltd"],
  ["*.shop.example", "Example Ltd"],
  ["shop.example", "Example & Sons Ltd"],
  ["*.shop.example", "Example & Sons Ltd", utf8],
];

for (const [index, [name, organization, type]] of subjects.entries()) {
  const subject = [
    { name: "commonName", value: name, ...type },
    { name: "organizationName", value: organization, ...type },
  ];

  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = keys.publicKey;
  csr.setSubject(subject);
  csr.sign(keys.privateKey, forge.md.sha256.create());
  fs.writeFileSync(`${index}.csr`, forge.pki.certificationRequestToPem(csr));

  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = "7001";
  certificate.validity.notBefore = new Date("2026-11-01T00:00:00Z");
  certificate.validity.notAfter = new Date("2027-05-01T00:00:00Z");
  certificate.setSubject(subject);
  certificate.setIssuer([{ name: "commonName", value: "Example TLS CA" }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  const pem = forge.pki.certificateToPem(certificate);
  fs.writeFileSync(`${index}.pem`, pem);
  console.log(`${index} by Node:`, new X509Certificate(pem).subject.replace("\n", ", "));
}
NODE

cat > read.py <<'PYTHON'
from pathlib import Path

import cryptography
from cryptography import x509

print("cryptography", cryptography.__version__)
for index in range(4):
    for kind, load in ("csr", x509.load_pem_x509_csr), ("pem", x509.load_pem_x509_certificate):
        try:
            seen = load(Path(f"{index}.{kind}").read_bytes()).subject.rfc4514_string()
        except ValueError as error:
            seen = error
        print(f"{index}.{kind}:", seen)
PYTHON

{
  node write.js
  for csr in ?.csr; do
    if openssl req -in "$csr" -noout -verify 2> /dev/null; then
      echo "$csr by OpenSSL: verified"
    fi
  done
  venv/bin/python read.py
} | tee seen

diff - seen <<'RECORDED'
node-forge 1.4.3
0 by Node: CN=shop.example, O=Example Ltd
1 by Node: CN=*.shop.example, O=Example Ltd
2 by Node: CN=shop.example, O=Example & Sons Ltd
3 by Node: CN=*.shop.example, O=Example & Sons Ltd
0.csr by OpenSSL: verified
1.csr by OpenSSL: verified
2.csr by OpenSSL: verified
3.csr by OpenSSL: verified
cryptography 50.0.2
0.csr: O=Example Ltd,CN=shop.example
0.pem: O=Example Ltd,CN=shop.example
1.csr: error parsing asn1 value: ParseError { kind: InvalidValue, location: [0, 0, "AttributeTypeValue::value", "AttributeValue::PrintableString"] }
1.pem: error parsing asn1 value: ParseError { kind: InvalidValue, location: [0, 0, "AttributeTypeValue::value", "AttributeValue::PrintableString"] }
2.csr: error parsing asn1 value: ParseError { kind: InvalidValue, location: [1, 0, "AttributeTypeValue::value", "AttributeValue::PrintableString"] }
2.pem: error parsing asn1 value: ParseError { kind: InvalidValue, location: [1, 0, "AttributeTypeValue::value", "AttributeValue::PrintableString"] }
3.csr: O=Example & Sons Ltd,CN=*.shop.example
3.pem: O=Example & Sons Ltd,CN=*.shop.example
RECORDED
