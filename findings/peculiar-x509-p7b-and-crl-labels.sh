#!/usr/bin/env bash
# A chain exported as PKCS#7 in PEM should be readable as a .p7b, and a CRL in PEM as a CRL. @peculiar/x509 2.2.0 (npm)
# labels the first "CMS", which RFC 7468 allows, and the second "CRL", which it does not (it says "X509 CRL").
# "openssl pkcs7", cryptography 50.0.2 and node-forge 1.4.3 refuse that .p7b, "openssl crl" and cryptography that CRL.
# With the usual labels they read the same bytes. The library itself ignores labels, so a test of writing and reading
# passes, and those who are sent the files find them broken.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cryptography==50.0.2
npm install --silent --no-audit --no-fund --ignore-scripts \
  @peculiar/x509@2.2.0 node-forge@1.4.3 reflect-metadata@0.2.2

cat > write.js <<'NODE'
require("reflect-metadata");
const fs = require("fs");
const { webcrypto } = require("crypto");
const x509 = require("@peculiar/x509");

x509.cryptoProvider.set(webcrypto);
const signingAlgorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

async function certificate(serialNumber, subject, issuer, publicKey, signingKey) {
  const notBefore = new Date("2026-11-01T00:00:00Z");
  const notAfter = new Date("2027-05-01T00:00:00Z");
  return x509.X509CertificateGenerator.create({
    serialNumber, subject, issuer, notBefore, notAfter, publicKey, signingKey, signingAlgorithm,
  });
}

(async () => {
  const algorithm = { ...signingAlgorithm, publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const chain = new x509.X509Certificates([
    await certificate("7001", "CN=shop.example", "CN=Example TLS CA", publicKey, privateKey),
    await certificate("01", "CN=Example TLS CA", "CN=Example TLS CA", publicKey, privateKey),
  ]);
  const crl = await x509.X509CrlGenerator.create({
    issuer: "CN=Example TLS CA",
    thisUpdate: new Date("2026-11-01T00:00:00Z"),
    nextUpdate: new Date("2027-05-01T00:00:00Z"),
    signingAlgorithm,
    signingKey: privateKey,
  });

  const p7b = chain.toString("pem");
  fs.writeFileSync("chain.p7b", p7b);
  fs.writeFileSync("relabelled.p7b", p7b.replaceAll(" CMS-", " PKCS7-"));
  fs.writeFileSync("list.crl", crl.toString("pem"));
  fs.writeFileSync("relabelled.crl", crl.toString("pem").replaceAll(" CRL-", " X509 CRL-"));
})();
NODE

cat > read.js <<'NODE'
require("reflect-metadata");
const fs = require("fs");
const forge = require("node-forge");
const x509 = require("@peculiar/x509");

const file = process.argv[2];
const text = fs.readFileSync(file, "utf8");
const show = (name, read) => {
  try {
    console.log(`  ${name}:`, read());
  } catch (error) {
    console.log(`  ${name}:`, error.message);
  }
};
if (file.endsWith(".p7b")) {
  show("@peculiar/x509", () => `${new x509.X509Certificates(text).length} certificates`);
  show("node-forge", () => `${forge.pkcs7.messageFromPem(text).certificates.length} certificates`);
} else {
  show("@peculiar/x509", () => new x509.X509Crl(text).issuer);
}
NODE

cat > read.py <<'PYTHON'
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

file = sys.argv[1]
with open(file, "rb") as opened:
    text = opened.read()
try:
    if file.endswith(".p7b"):
        seen = f"{len(pkcs7.load_pem_pkcs7_certificates(text))} certificates"
    else:
        seen = x509.load_pem_x509_crl(text).issuer.rfc4514_string()
except ValueError as error:
    seen = str(error).split(". ")[0]
print("  cryptography:", seen)
PYTHON

{
  for package in @peculiar/x509 node-forge; do
    node -p "'$package ' + require('./node_modules/$package/package.json').version"
  done
  node write.js
  for file in chain.p7b relabelled.p7b list.crl relabelled.crl; do
    head -n 1 "$file"
    node read.js "$file"
    venv/bin/python read.py "$file"
    command=pkcs7
    [[ $file == *.p7b ]] || command=crl
    if openssl "$command" -in "$file" -noout 2> /dev/null; then
      echo "  openssl $command: read"
    else
      echo "  openssl $command: refused"
    fi
  done
} | tee seen

diff - seen <<'RECORDED'
@peculiar/x509 2.2.0
node-forge 1.4.3
-----BEGIN CMS-----
  @peculiar/x509: 2 certificates
  node-forge: Could not convert PKCS#7 message from PEM; PEM header type is not "PKCS#7".
  cryptography: The provided PEM data does not have the PKCS7 tag.
  openssl pkcs7: refused
-----BEGIN PKCS7-----
  @peculiar/x509: 2 certificates
  node-forge: 2 certificates
  cryptography: 2 certificates
  openssl pkcs7: read
-----BEGIN CRL-----
  @peculiar/x509: CN=Example TLS CA
  cryptography: Valid PEM but no BEGIN X509 CRL/END X509 delimiters
  openssl crl: refused
-----BEGIN X509 CRL-----
  @peculiar/x509: CN=Example TLS CA
  cryptography: CN=Example TLS CA
  openssl crl: read
RECORDED
