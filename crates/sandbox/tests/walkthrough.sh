#!/bin/sh
# The life of a reissue with curl and openssl alone, over the program without TLS.
# Usage: walkthrough.sh PROGRAM, where PROGRAM is certcentral-sandbox.
set -eu
umask 077
folder=$(mktemp -d)
"$1" --http >"$folder/announced" &
sandbox=$!
trap 'kill $sandbox; rm -rf "$folder" "${ca_file:-}"' EXIT
until [ "$(wc -l <"$folder/announced")" -eq 3 ]; do sleep 0.05; done
. "$folder/announced" # base_url, api_key, ca_file
cd "$folder"

call() { curl --silent --show-error --fail-with-body --header "X-DC-DEVKEY: $api_key" "$@"; }
# number_after TEXT: the number that follows it on standard input.
number_after() { sed "s/.*$1\([0-9]*\).*/\1/"; }
expect() { printf '%s' "$2" | grep -q "$1" || { echo "expected $1 in: $2" >&2; exit 1; }; }

order=700101
info=$(call "$base_url/order/certificate/$order")
expect '^{"id":700101,' "$info"
old=$(printf '%s' "$info" | number_after '"certificate":{"id":')

openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=shop.example.com -out csr.pem 2>openssl.log
csr=$(awk '{ printf "%s\\n", $0 }' csr.pem)
certificate="{\"common_name\":\"shop.example.com\",\"csr\":\"$csr\",\"signature_hash\":\"sha256\"}"
reissue=$(call --data "{\"certificate\":$certificate}" "$base_url/order/certificate/$order/reissue")
request=$(printf '%s' "$reissue" | number_after '"requests":\[{"id":')
expect '"status":"pending"' "$(call "$base_url/order/certificate/$order/reissue")"

call --request PUT --data '{"status":"approved"}' "$base_url/request/$request/status"
reissues=$(call "$base_url/order/certificate/$order/reissue")
expect '"status":"issued"' "$reissues"
new=$(printf '%s' "$reissues" | number_after '"certificates":\[{"id":')

call "$base_url/certificate/$new/download/format/pem_all" >chain.pem
awk '/BEGIN CERTIFICATE/ { n++ } { print > "certificate" n ".pem" }' chain.pem
openssl verify -x509_strict -CAfile "$ca_file" -untrusted certificate2.pem certificate1.pem
openssl x509 -in certificate1.pem -noout -pubkey >issued.pub
openssl req -in csr.pem -noout -pubkey >requested.pub
cmp issued.pub requested.pub

revocation='{"revocation_reason":"superseded","skip_approval":true}'
call --request PUT --data "$revocation" "$base_url/certificate/$old/revoke"
expect "\"certificate\":{\"id\":$new," "$(call "$base_url/order/certificate/$order")"
expect certificate_already_revoked \
    "$(call --request PUT --data "$revocation" "$base_url/certificate/$old/revoke" 2>&1 || true)"
echo 'the new certificate verifies, and the old one is revoked'
