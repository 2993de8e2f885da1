#!/usr/bin/env bash
# A tool that adds a DNS record should fail when the server refuses it. dns-lexicon 3.25.2 with its provider "ddns" (RFC
# 2136) never looks at the response's code: "True" and exit status 0 for REFUSED as for NOERROR (its issue 1840).
# So nobody sees that a relative name, as in its README, is sent without the zone (NOTZONE, by BIND 9.18.47 too) and a
# CNAME's target without a final dot with the zone behind it. "list", which could tell, ends with a TypeError.
# A hook that puts DigiCert's random value into DNS thus succeeds, and the domain stays unvalidated: query the server.
set -euo pipefail

work=$(mktemp -d)
server=
stop() {
  [[ -z $server ]] || kill "$server"
  server=
}
trap 'stop; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dns-lexicon==3.25.2 dnspython==2.9.2

# A name server for example.net that checks signatures. It answers an update with its argument, or with NOTZONE.
cat > server.py <<'PYTHON'
import socketserver
import sys
import threading

import dns.message
import dns.opcode
import dns.rcode
import dns.rrset
import dns.tsigkeyring

keyring = dns.tsigkeyring.from_text({"hook": ("hmac-sha256", "bm90LWEtc2VjcmV0")})
zone = dns.name.from_text("example.net.")
soa = dns.rrset.from_text(zone, 0, "IN", "SOA", "ns1.example.net. hostmaster.example.net. 1 3600 600 86400 0")


def respond(wire):
    query = dns.message.from_wire(wire, keyring=keyring)
    response = dns.message.make_response(query)
    if query.opcode() == dns.opcode.UPDATE:
        [record] = query.update
        inside = record.name.is_subdomain(zone)
        response.set_rcode(dns.rcode.from_text(sys.argv[1]) if inside else dns.rcode.NOTZONE)
        print("  update: ", record.name, dns.rdatatype.to_text(record.rdtype), record[0])
        print("  server: ", dns.rcode.to_text(response.rcode()), flush=True)
    elif query.question[0].rdtype == dns.rdatatype.SOA:
        response.answer.append(soa)
    else:
        response.answer.append(dns.rrset.from_text(query.question[0].name, 0, "IN", "TXT", "_q1w2e3"))
    return response.to_wire()


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(respond(self.request[0]), self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        wire = respond(self.rfile.read(int.from_bytes(self.rfile.read(2), "big")))
        self.wfile.write(len(wire).to_bytes(2, "big") + wire)


udp = socketserver.UDPServer(("127.0.0.1", 0), Udp)
tcp = socketserver.TCPServer(("127.0.0.1", 0), Tcp)
threading.Thread(target=tcp.serve_forever, daemon=True).start()
with open("ports.new", "w") as ports:
    print(udp.server_address[1], tcp.server_address[1], file=ports)
udp.serve_forever()
PYTHON

# lexicon as it is but for the port, for which it has no option.
cat > run.py <<'PYTHON'
import functools

import dns.query
import dns.resolver
from lexicon._private.cli import main

udp, tcp = map(int, open("ports").read().split())
dns.query.tcp = functools.partial(dns.query.tcp, port=tcp)
dns.resolver.default_resolver = dns.resolver.Resolver(configure=False)
dns.resolver.default_resolver.nameservers = ["127.0.0.1"]
dns.resolver.default_resolver.port = udp
main()
PYTHON

serve() {
  venv/bin/python server.py "$1" &
  server=$!
  for _ in {1..200}; do
    [[ -s ports.new ]] && break
    sleep 0.05
  done
  mv ports.new ports
}

lexicon() {
  echo "$*"
  code=0
  venv/bin/python run.py ddns "$@" --ddns-server 127.0.0.1 --auth-token hmac-sha256:hook:bm90LWEtc2VjcmV0 \
    --output TABLE-NO-HEADER 2>&1 | tail -n 1 | sed 's/^/  lexicon: /' || code=$?
  echo "  status:  $code"
}

{
  venv/bin/pip freeze --disable-pip-version-check | grep -E '^(dns-lexicon|dnspython)='
  serve REFUSED
  lexicon create example.net TXT --name _dnsauth.shop.example.net --content _q1w2e3
  stop
  serve NOERROR
  lexicon create example.net TXT --name _dnsauth.shop.example.net --content _q1w2e3
  lexicon create example.net TXT --name _dnsauth.shop --content _q1w2e3
  lexicon create example.net CNAME --name _dnsauth.shop.example.net --content _q1w2e3.dcv.digicert.com
  lexicon list example.net TXT --name _dnsauth.shop.example.net
  stop
} > seen
cat seen

diff - seen <<'RECORDED'
dns-lexicon==3.25.2
dnspython==2.9.2
create example.net TXT --name _dnsauth.shop.example.net --content _q1w2e3
  update:  _dnsauth.shop.example.net. TXT "_q1w2e3"
  server:  REFUSED
  lexicon: True
  status:  0
create example.net TXT --name _dnsauth.shop.example.net --content _q1w2e3
  update:  _dnsauth.shop.example.net. TXT "_q1w2e3"
  server:  NOERROR
  lexicon: True
  status:  0
create example.net TXT --name _dnsauth.shop --content _q1w2e3
  update:  _dnsauth.shop. TXT "_q1w2e3"
  server:  NOTZONE
  lexicon: True
  status:  0
create example.net CNAME --name _dnsauth.shop.example.net --content _q1w2e3.dcv.digicert.com
  update:  _dnsauth.shop.example.net. CNAME _q1w2e3.dcv.digicert.com.example.net.
  server:  NOERROR
  lexicon: True
  status:  0
list example.net TXT --name _dnsauth.shop.example.net
  lexicon: TypeError: _identifier() takes 1 positional argument but 3 were given
  status:  1
RECORDED
