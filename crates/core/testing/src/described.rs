//! An endpoint like any other.

use std::fmt::{self, Debug};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Endpoint, Error,
    certificate::{CertificateChain, CertificateFile, Revocation},
};
use http::{Request, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::schema::{NO_JSON, Schema};

/// An endpoint, an example of its request, and the form of its response.
pub struct Described {
    /// Its name as a folder of fixtures.
    pub folder: String,
    /// The method and what follows the base URL.
    pub sends: &'static str,
    /// No fields where the response is no JSON.
    pub schema: Schema,
    /// Whether it is sent again although it may have taken effect.
    pub is_repeatable: bool,
    endpoint: Box<dyn Erased>,
}

impl Described {
    /// Builds the example of its request.
    pub fn build(&self) -> Request<Bytes> {
        self.endpoint.build().unwrap()
    }

    /// Reads a good response with this body.
    ///
    /// # Errors
    ///
    /// Those of the endpoint.
    pub fn read(&self, body: impl Into<Bytes>) -> Result<Output, Error> {
        self.endpoint.read(body.into())
    }
}

impl Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.folder)
    }
}

/// What was read of a response.
#[derive(Debug, PartialEq)]
pub struct Output {
    /// As it is written.
    pub json: Value,
    /// As `Debug` shows it. Timestamps are equal if their instants are; this shows offsets too.
    pub shown: String,
}

impl Output {
    /// Returns a body from which the same is read.
    pub fn body(&self) -> String {
        self.json.as_str().map_or_else(|| self.json.to_string(), str::to_owned)
    }
}

pub(crate) fn json<E>(sends: &'static str, schema: Schema, endpoint: E) -> Described
where
    E: Endpoint<Output: DeserializeOwned + Serialize + Debug> + Sync,
{
    described(sends, schema, Typed { endpoint, status: StatusCode::OK, written })
}

/// 201 says that there is a request, which somebody must approve.
pub(crate) fn revoke<E: Endpoint<Output = Revocation> + Sync>(
    sends: &'static str,
    schema: Schema,
    endpoint: E,
) -> Described {
    let requested = |revocation: &Revocation| match revocation {
        Revocation::Requested(request) => written(request),
        other => panic!("201 is no {other:?}"),
    };
    let status = StatusCode::CREATED;
    described(sends, schema, Typed { endpoint, status, written: requested })
}

pub(crate) fn other<E: Endpoint + Sync>(
    sends: &'static str,
    endpoint: E,
    written: fn(&E::Output) -> Output,
) -> Described {
    described(sends, NO_JSON, Typed { endpoint, status: StatusCode::OK, written })
}

fn described<E: Endpoint + Sync>(
    sends: &'static str,
    schema: Schema,
    endpoint: Typed<E>,
) -> Described {
    let folder = snake_case(endpoint.endpoint.name());
    let is_repeatable = endpoint.endpoint.is_repeatable();
    Described { folder, sends, schema, is_repeatable, endpoint: Box::new(endpoint) }
}

/// `ListReissues` is `list_reissues`.
fn snake_case(name: &str) -> String {
    let mut folder = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !folder.is_empty() {
            folder.push('_');
        }
        folder.extend(c.to_lowercase());
    }
    folder
}

/// Writes the model, which `serde_json` alone must be able to read again.
fn written<T: DeserializeOwned + Serialize + Debug>(model: &T) -> Output {
    let (json, shown) = (serde_json::to_value(model).unwrap(), format!("{model:?}"));
    let again: T = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(format!("{again:?}"), shown);
    Output { json, shown }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the others")]
pub(crate) fn done((): &()) -> Output {
    Output { json: Value::Null, shown: String::new() }
}

pub(crate) fn chain(chain: &CertificateChain) -> Output {
    Output { json: chain.to_pem().into(), shown: format!("{chain:?}") }
}

pub(crate) fn chain_in_json(chain: &CertificateChain) -> Output {
    let json = json!({"intermediates": [{"pem": chain.to_pem()}]});
    Output { json, shown: format!("{chain:?}") }
}

/// Those that are text.
pub(crate) fn file(file: &CertificateFile) -> Output {
    Output { json: String::from_utf8_lossy(&file.body).into(), shown: format!("{file:?}") }
}

trait Erased: Send + Sync {
    fn build(&self) -> Result<Request<Bytes>, Error>;
    fn read(&self, body: Bytes) -> Result<Output, Error>;
}

struct Typed<E: Endpoint> {
    endpoint: E,
    status: StatusCode,
    written: fn(&E::Output) -> Output,
}

impl<E: Endpoint + Sync> Erased for Typed<E> {
    fn build(&self) -> Result<Request<Bytes>, Error> {
        api().build_request(&self.endpoint)
    }

    fn read(&self, body: Bytes) -> Result<Output, Error> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        api().parse_response(&self.endpoint, response).map(|output| (self.written)(&output))
    }
}

fn api() -> Api {
    Api::new(ApiKey::new("S3cretKey").unwrap())
}
