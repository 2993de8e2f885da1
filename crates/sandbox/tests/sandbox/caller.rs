//! Calls with JSON bodies, and the keys and CSRs that they need.

use bytes::Bytes;
use certcentral_core::reissuance::{Challenge, DnsRecordKind};
use certcentral_core::{Api, ApiKey, Endpoint, Error};
use certcentral_sandbox::time::{Date, Month, OffsetDateTime};
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use http::Response;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use serde_json::{Value, json};

use crate::client::{Reply, connect};

/// A plain sandbox with one living order.
pub(crate) fn sandbox() -> Sandbox {
    builder().order(LivingOrder::new(7, ["a.example", "b.example"])).start().unwrap()
}

/// For a plain sandbox whose clock starts on the [first day](first_day).
pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().plain_http().clock(now())
}

pub(crate) fn now() -> OffsetDateTime {
    first_day().midnight().assume_utc()
}

/// For months from then on, certificates and validations are for 199 days.
pub(crate) fn first_day() -> Date {
    Date::from_calendar_date(2026, Month::April, 1).unwrap()
}

/// Status and JSON of a response; `null` for no body.
pub(crate) type Result = (u16, Value);

pub(crate) fn get(sandbox: &Sandbox, path: &str) -> Result {
    result(&call(sandbox, "GET", path, ""))
}

pub(crate) fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Result {
    result(&call(sandbox, "POST", path, &body.to_string()))
}

pub(crate) fn put(sandbox: &Sandbox, path: &str, body: &Value) -> Result {
    result(&call(sandbox, "PUT", path, &body.to_string()))
}

/// The response to a request for `path`, which is below the base URL.
pub(crate) fn call(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Reply {
    let (key, length) = (sandbox.api_key(), body.len());
    let mut connection = connect(sandbox);
    connection.write(&format!(
        "{method} /services/v2{path} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    ));
    connection.read()
}

fn result(reply: &Reply) -> Result {
    let body = if reply.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&reply.body).unwrap()
    };
    (reply.status, body)
}

/// A refusal's status and code.
pub(crate) fn code((status, body): &Result) -> (u16, &str) {
    (*status, body["errors"][0]["code"].as_str().unwrap_or("none"))
}

/// A CSR in PEM, under a new key, for these names; the first is the common name.
pub(crate) fn csr(names: &[&str]) -> String {
    csr_with(&KeyPair::generate().unwrap(), names[0], names)
}

pub(crate) fn csr_with(key: &KeyPair, common_name: &str, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.serialize_request(key).unwrap().pem().unwrap()
}

/// The body of a reissue or duplicate.
pub(crate) fn certificate(csr: &str, skip_approval: bool) -> Value {
    json!({
        "certificate": {
            "common_name": "a.example", "dns_names": ["a.example", "b.example"],
            "csr": csr, "signature_hash": "sha256",
        },
        "skip_approval": skip_approval,
    })
}

/// Requests a reissue of order 7 that waits for its approval, and returns the request's id.
pub(crate) fn pending_reissue(sandbox: &Sandbox) -> u64 {
    let body = certificate(&csr(&["a.example"]), false);
    let (status, response) = post(sandbox, "/order/certificate/7/reissue", &body);
    assert_eq!(status, 201, "{response}");
    response["requests"][0]["id"].as_u64().unwrap()
}

/// Reissues order 7 at once, and returns the certificate's id.
pub(crate) fn reissue(sandbox: &Sandbox) -> u64 {
    let body = certificate(&csr(&["a.example"]), true);
    let (status, response) = post(sandbox, "/order/certificate/7/reissue", &body);
    assert_eq!(status, 201, "{response}");
    response["certificate_id"].as_u64().unwrap()
}

/// The rows of "List reissues" of order 7.
pub(crate) fn reissues(sandbox: &Sandbox) -> Vec<Value> {
    rows(get(sandbox, "/order/certificate/7/reissue"), "certificates")
}

/// The list of a response; none if it is absent.
pub(crate) fn rows((status, body): Result, name: &str) -> Vec<Value> {
    assert_eq!(status, 200, "{body}");
    body[name].as_array().cloned().unwrap_or_default()
}

/// The primary certificate of order 7.
pub(crate) fn primary(sandbox: &Sandbox) -> Value {
    get(sandbox, "/order/certificate/7").1["certificate"].clone()
}

/// The names of an object's fields, in alphabetical order.
pub(crate) fn fields(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Sends a request of the client over a new connection.
pub(crate) fn send<E: Endpoint>(
    sandbox: &Sandbox,
    endpoint: &E,
) -> std::result::Result<E::Output, Error> {
    let key = ApiKey::new(sandbox.api_key()).unwrap();
    let api = Api::builder(key).base_url(sandbox.base_url()).build().unwrap();
    let request = api.build_request(endpoint).unwrap();
    let path = request.uri().path_and_query().unwrap().as_str();
    let path = path.strip_prefix("/services/v2").unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    let reply = call(sandbox, request.method().as_str(), path, body);
    let response = Response::builder().status(reply.status).body(Bytes::from(reply.body));
    api.parse_response(endpoint, response.unwrap())
}

pub(crate) fn publish(sandbox: &Sandbox, challenge: &Challenge) {
    if let Some(record) = challenge.dns_record() {
        match record.kind {
            DnsRecordKind::Txt => sandbox.publish_txt(record.name, record.content),
            DnsRecordKind::Cname => sandbox.publish_cname(record.name, record.content),
            other => panic!("{other:?}"),
        }
    } else {
        let file = challenge.http_file().unwrap();
        let (host, path) = file.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        sandbox.publish_file(host, format!("/{path}"), file.content);
    }
}
