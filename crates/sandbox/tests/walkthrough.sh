#!/bin/sh
# The life of a reissue with curl and openssl alone, over the program without TLS. Python's web server
# shows control of a domain.
# Usage: walkthrough.sh PROGRAM, where PROGRAM is certcentral-sandbox.
set -eu
umask 077
folder=$(mktemp -d)
trap 'kill $web $sandbox; rm -rf "$folder" "${ca_file:-}"' EXIT
mkdir -p "$folder/web/.well-known/pki-validation"
python3 -u -m http.server --bind 127.0.0.1 --directory "$folder/web" 0 >"$folder/web.log" 2>&1 &
web=$! sandbox=
until port=$(grep -o 'port [0-9]*' "$folder/web.log"); do sleep 0.05; done
"$1" --http --web-server "127.0.0.1:${port#port }" >"$folder/announced" &
sandbox=$!
until [ "$(wc -l <"$folder/announced")" -eq 3 ]; do sleep 0.05; done
. "$folder/announced" # base_url, api_key, ca_file
cd "$folder"

call() { curl --silent --show-error --fail-with-body --header "X-DC-DEVKEY: $api_key" "$@"; }
# number_after TEXT: the number that follows it on standard input.
number_after() { sed "s/.*$1\([0-9]*\).*/\1/"; }
expect() { printf '%s' "$2" | grep -q "$1" || { echo "expected $1 in: $2" >&2; exit 1; }; }
# certificate NAMES: that of a request for the first name's key and these names, as a list in JSON.
certificate() {
    openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=example.com -out csr.pem 2>openssl.log
    printf '{"dns_names":%s,"csr":"%s","signature_hash":"sha256"}' "$1" "$(awk '{ printf "%s\\n", $0 }' csr.pem)"
}
# verify ID: downloads a certificate, whose chain has to lead to the root, and which has to have the key.
verify() {
    call "$base_url/certificate/$1/download/format/pem_all" >chain.pem
    awk '/BEGIN CERTIFICATE/ { n++ } { print > "certificate" n ".pem" }' chain.pem
    openssl verify -x509_strict -CAfile "$ca_file" -untrusted certificate2.pem certificate1.pem
    openssl x509 -in certificate1.pem -noout -pubkey >issued.pub
    openssl req -in csr.pem -noout -pubkey >requested.pub
    cmp issued.pub requested.pub
    call "$base_url/certificate/$1/download/format/p7b" | openssl pkcs7 -print_certs -noout >p7b.txt
    expect 'Sandbox Root CA' "$(cat p7b.txt)"
    call "$base_url/certificate/$1/download/format/default" >archive.zip
    expect Sandbox_Issuing_CA.crt "$(python3 -m zipfile -l archive.zip)"
    python3 -m zipfile -t archive.zip >tested.txt
}

# An OV order whose domain is validated: a reissue waits for its approval only.
order=$base_url/order/certificate/700101
info=$(call "$order")
expect '^{"id":700101,' "$info"
old=$(printf '%s' "$info" | number_after '"certificate":{"id":')
request=$(call --data "{\"certificate\":$(certificate '["shop.example.com"]')}" "$order/reissue" |
    number_after '"requests":\[{"id":')
expect '"status":"pending"' "$(call "$order/reissue")"
call --request PUT --data '{"status":"approved"}' "$base_url/request/$request/status"
reissues=$(call "$order/reissue")
expect '"status":"issued"' "$reissues"
new=$(printf '%s' "$reissues" | number_after '"certificates":\[{"id":')
verify "$new"

revocation='{"revocation_reason":"superseded","skip_approval":true}'
call --request PUT --data "$revocation" "$base_url/certificate/$old/revoke"
expect "\"certificate\":{\"id\":$new," "$(call "$order")"
expect certificate_already_revoked \
    "$(call --request PUT --data "$revocation" "$base_url/certificate/$old/revoke" 2>&1 || true)"
echo 'the new certificate verifies, and the old one is revoked'

# A DV order: a reissue waits until control of its names is shown, here by a file on a web server.
order=$base_url/order/certificate/700201
names='["blog.example.com","www.blog.example.com"]'
reissue=$(call --data "{\"certificate\":$(certificate "$names"),\"skip_approval\":true,\"dcv_method\":\"http-token\"}" \
    "$order/reissue")
value=$(printf '%s' "$reissue" | sed 's/.*"dcv_random_value":"\([^"]*\)".*/\1/')
expect '"status":"reissue_pending"' "$(call "$order")"
expect '"status":"unapproved"' "$(call "$order/validation")"
expect "$value" "$(call --request PUT "$order/dcv-random-value")"
expect file_random_value_not_found "$(call --request PUT "$order/check-dcv" 2>&1 || true)"
printf '%s' "$value" >web/.well-known/pki-validation/fileauth.txt
checked=$(call --request PUT "$order/check-dcv")
expect '"order_status":"issued"' "$checked"
verify "$(printf '%s' "$checked" | number_after '"certificate_id":')"
expect '"status":"approved"' "$(call "$order/validation")"
echo 'control of the names was shown, and the certificate verifies'
