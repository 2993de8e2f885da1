#!/usr/bin/env bash
# octoDNS should refuse a CNAME whose target has no final dot, as 1.16.0 does ("missing trailing ."). In octodns 1.22.0
# that check belongs to the validators "best-practice", which are off by default. octodns-validate is content, the plan
# shows the target as wanted, and octodns-bind 1.1.0 writes it into the zone file, where it is relative to the zone.
# DigiCert writes the target of its CNAME validation without a dot: the record is served and points to a name below the
# zone itself, so the domain stays unvalidated. With "best-practice" enabled, 1.22.0 refuses it too.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 1.16.0 1.22.0; do
  python3 -m venv "$version"
  "$version"/bin/pip install --quiet --disable-pip-version-check \
    "octodns==$version" octodns-bind==1.1.0 dnspython==2.9.2 PyYAML==6.0.4
done
mkdir zones served

cat > zones/example.net.yaml <<'YAML'
'':
  type: NS
  values: [ns1.example.net., ns2.example.net.]
_dnsauth.shop:
  ttl: 60
  type: CNAME
  value: _q1w2e3.dcv.digicert.com
YAML

cat > default.yaml <<'YAML'
providers:
  yaml:
    class: octodns.provider.yaml.YamlProvider
    directory: zones
  bind:
    class: octodns_bind.ZoneFileProvider
    directory: served
zones:
  example.net.:
    sources: [yaml]
    targets: [bind]
YAML
cp default.yaml careful.yaml
cat >> careful.yaml <<'YAML'
manager:
  validators:
    enabled: [legacy, best-practice]
YAML

validate() {
  echo "octodns $1, $2:"
  if "$1"/bin/octodns-validate --config-file "$2" > log 2>&1; then
    echo "  accepted"
  else
    grep -o "CNAME value.*" log | sed 's/^/  /'
  fi
}

{
  validate 1.16.0 default.yaml
  validate 1.22.0 careful.yaml
  validate 1.22.0 default.yaml
  1.22.0/bin/octodns-sync --config-file default.yaml --doit --force 2>&1 | grep -o "Create <Cname.*>" | sort -u
  grep CNAME served/*
  1.22.0/bin/python - <<'PYTHON'
from pathlib import Path

import dns.zone

[path] = Path("served").iterdir()
zone = dns.zone.from_file(str(path), origin="example.net.", relativize=False)
print("read by dnspython:", zone.find_rdataset("_dnsauth.shop", "CNAME")[0].target)
PYTHON
} | tee seen

diff - seen <<'RECORDED'
octodns 1.16.0, default.yaml:
  CNAME value "_q1w2e3.dcv.digicert.com" missing trailing .
octodns 1.22.0, careful.yaml:
  CNAME value "_q1w2e3.dcv.digicert.com" missing trailing ., via: target-value-best-practice
octodns 1.22.0, default.yaml:
  accepted
Create <CnameRecord CNAME 60, _dnsauth.shop.example.net., _q1w2e3.dcv.digicert.com>
_dnsauth.shop       60 IN CNAME    _q1w2e3.dcv.digicert.com
read by dnspython: _q1w2e3.dcv.digicert.com.example.net.
RECORDED
