#!/usr/bin/env bash
# A zone file may leave out a record's name (it is the last record's then) and write a TTL as "1h" or behind the class.
# Two packages of npm read other records, without an error: dns-zonefile 0.3.2 takes the name of the last record of the
# same type, and drops the other two forms; zone-file 1.0.0 takes the TTL or "IN" for the name, and drops such TTLs.
# (dnsz 4.5.2 only takes the class for a type.) What both write again is a valid zone, in which TXT records have moved.
# A tool that adds DigiCert's random value by such a package so breaks a neighbour's validation, or its SPF record.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dnspython==2.9.2
npm install --silent --no-audit --no-fund --ignore-scripts dns-zonefile@0.3.2 zone-file@1.0.0 dnsz@4.5.2

cat > example.net.zone <<'ZONE'
$ORIGIN example.net.
$TTL 300
@              IN SOA ns1 hostmaster 1 3600 600 86400 0
@              IN NS ns1
ns1            IN A 127.0.0.1
_dnsauth.api   60 IN TXT "_q1w2e3"
shop           60 IN A 127.0.0.1
               60 IN TXT "_r4t5y6"
@              60 IN MX 10 shop
                  IN TXT "v=spf1 -all"
_dnsauth.www   1h IN TXT "_u7i8o9"
_dnsauth.mail  IN 60 TXT "_p0a1s2"
ZONE

cat > read.py <<'PYTHON'
import sys

import dns.version
import dns.zone

zone = dns.zone.from_file(sys.argv[1], origin="example.net.")
print(sys.argv[2], "by dnspython", dns.version.version)
for name, ttl, text in zone.iterate_rdatas("TXT"):
    print(" ", name, ttl, text)
PYTHON

cat > read.js <<'NODE'
const fs = require("fs");

const text = fs.readFileSync("example.net.zone", "utf8");
const show = (name, records) => {
  console.log(name, require(`./node_modules/${name}/package.json`).version);
  for (const { name, ttl, type, txt, content } of records) {
    console.log(" ", name, ttl ?? "-", type && type !== "TXT" ? type : "", txt ?? content);
  }
};

(async () => {
  const { default: dnsZonefile } = await import("dns-zonefile");
  const zoneFile = require("zone-file");
  const { parseZone } = await import("dnsz");

  const zone = dnsZonefile.parse(text);
  show("dns-zonefile", zone.txt);
  show("zone-file", zoneFile.parseZoneFile(text).txt);
  show("dnsz", parseZone(text).records.filter((one) => /TXT|IN/.test(one.type)));

  fs.writeFileSync("dns-zonefile.zone", dnsZonefile.generate(zone));
  fs.writeFileSync("zone-file.zone", zoneFile.makeZoneFile(zoneFile.parseZoneFile(text)));
})();
NODE

{
  venv/bin/python read.py example.net.zone "the file"
  node read.js
  venv/bin/python read.py dns-zonefile.zone "dns-zonefile's copy"
  venv/bin/python read.py zone-file.zone "zone-file's copy"
} | tee seen

diff - seen <<'RECORDED'
the file by dnspython 2.9.2
  @ 300 "v=spf1 -all"
  _dnsauth.api 60 "_q1w2e3"
  shop 60 "_r4t5y6"
  _dnsauth.www 3600 "_u7i8o9"
  _dnsauth.mail 60 "_p0a1s2"
dns-zonefile 0.3.2
  _dnsauth.api 60  "_q1w2e3"
  _dnsauth.api 60  "_r4t5y6"
  _dnsauth.api -  "v=spf1 -all"
zone-file 1.0.0
  _dnsauth.api 60  _q1w2e3
  60 -  _r4t5y6
  IN -  v=spf1 -all
  _dnsauth.www -  _u7i8o9
  _dnsauth.mail -  _p0a1s2
dnsz 4.5.2
  _dnsauth.api.example.net 60  "_q1w2e3"
  shop.example.net 60  "_r4t5y6"
  example.net 300  "v=spf1 -all"
  _dnsauth.www.example.net 3600  "_u7i8o9"
  _dnsauth.mail.example.net 300 IN 60 TXT "_p0a1s2"
dns-zonefile's copy by dnspython 2.9.2
  _dnsauth.api 60 "_q1w2e3"
  _dnsauth.api 60 "_r4t5y6"
  _dnsauth.api 60 "v=spf1 -all"
zone-file's copy by dnspython 2.9.2
  _dnsauth.api 60 "_q1w2e3"
  60 300 "_r4t5y6"
  IN 300 "v=spf1 -all"
  _dnsauth.www 300 "_u7i8o9"
  _dnsauth.mail 300 "_p0a1s2"
RECORDED
