#!/usr/bin/env bash
# A CSR's extensions, its DNS names among them, should be read wherever they stand among its attributes. jsrsasign
# 11.1.5 (npm, CSRUtil.getParam) looks for them in the first attribute alone. A challenge password, which "openssl
# req" asks for by default and which DER sorts to the front, makes the result one without `extreq`, and no error.
# A check of names before an order then sees none but the common name, in a CSR that asks for all of them.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts jsrsasign@11.1.5 node-forge@1.4.3

node - <<'NODE' | tee seen
const forge = require("node-forge");
const { KJUR } = require("jsrsasign");

const version = (name) => require(`./node_modules/${name}/package.json`).version;
console.log("jsrsasign", version("jsrsasign"), "node-forge", version("node-forge"));

const keys = forge.pki.rsa.generateKeyPair(2048);
const names = ["shop.example", "www.shop.example"].map((value) => ({ type: 2, value }));
const extensions = { name: "extensionRequest", extensions: [{ name: "subjectAltName", altNames: names }] };
const password = { name: "challengePassword", value: "not-a-secret" };

for (const attributes of [[extensions], [password, extensions]]) {
  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = keys.publicKey;
  csr.setSubject([{ name: "commonName", value: "shop.example" }]);
  csr.setAttributes(attributes);
  csr.sign(keys.privateKey, forge.md.sha256.create());
  const pem = forge.pki.certificationRequestToPem(csr);

  console.log("attributes:", attributes.map((attribute) => attribute.name).join(", "));
  const read = forge.pki.certificationRequestFromPem(pem).getAttribute({ name: "extensionRequest" });
  console.log("  node-forge:", read.extensions[0].altNames.map((name) => name.value).join(", "));
  console.log("  jsrsasign:", JSON.stringify(KJUR.asn1.csr.CSRUtil.getParam(pem).extreq));
}
NODE

diff - seen <<'RECORDED'
jsrsasign 11.1.5 node-forge 1.4.3
attributes: extensionRequest
  node-forge: shop.example, www.shop.example
  jsrsasign: [{"extname":"subjectAltName","array":[{"dns":"shop.example"},{"dns":"www.shop.example"}]}]
attributes: challengePassword, extensionRequest
  node-forge: shop.example, www.shop.example
  jsrsasign: undefined
RECORDED
