#!/usr/bin/env bash
# A reader of one certificate that is given a PEM chain should take its first, the leaf, as OpenSSL, Node and node-forge
# do, or refuse it. jsrsasign 11.1.5 (npm) takes the last, in `X509` as in `KEYUTIL.getKey`, because the expression
# that cuts off what stands before BEGIN is greedy. Nothing says that there were others.
# Expiry, names and key of a downloaded chain are then those of the intermediate or the root, which live for years.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts jsrsasign@11.1.5 node-forge@1.4.3

node - <<'NODE' | tee seen
const { X509Certificate } = require("crypto");
const forge = require("node-forge");
const { KEYUTIL, X509 } = require("jsrsasign");

const version = (name) => require(`./node_modules/${name}/package.json`).version;
console.log("jsrsasign", version("jsrsasign"), "node-forge", version("node-forge"));

function certificate(subject, issuer, year) {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const made = forge.pki.createCertificate();
  made.publicKey = keys.publicKey;
  made.serialNumber = "7001";
  made.validity.notBefore = new Date("2026-11-01T00:00:00Z");
  made.validity.notAfter = new Date(`${year}-05-01T00:00:00Z`);
  made.setSubject([{ name: "commonName", value: subject }]);
  made.setIssuer([{ name: "commonName", value: issuer }]);
  made.sign(keys.privateKey, forge.md.sha256.create());
  return made;
}

const leaf = certificate("shop.example", "Example TLS CA", 2027);
const issuer = certificate("Example TLS CA", "Example Root", 2036);
const chain = forge.pki.certificateToPem(leaf) + forge.pki.certificateToPem(issuer);

console.log("Node:", new X509Certificate(chain).subject);
console.log("node-forge:", forge.pki.certificateFromPem(chain).subject.getField("CN").value);
const read = new X509(chain);
console.log("jsrsasign:", read.getSubjectString(), read.getNotAfter());
const modulus = KEYUTIL.getKey(chain).n.toString(16);
console.log("jsrsasign, key of the leaf:", modulus === leaf.publicKey.n.toString(16));
console.log("jsrsasign, key of the last:", modulus === issuer.publicKey.n.toString(16));
NODE

diff - seen <<'RECORDED'
jsrsasign 11.1.5 node-forge 1.4.3
Node: CN=shop.example
node-forge: shop.example
jsrsasign: /CN=Example TLS CA 360501000000Z
jsrsasign, key of the leaf: false
jsrsasign, key of the last: true
RECORDED
