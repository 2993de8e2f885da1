//! Responses.

mod documented;

use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde_json::Value;

use self::documented::Documented;
use crate::formats::File;

/// A response whose content type is guessed from its first byte.
pub(crate) fn guessed(status: StatusCode, body: Bytes) -> Response<Bytes> {
    match body.first() {
        None => with(status, body, None),
        Some(b'<') => with(status, body, Some("text/html")),
        Some(_) => with(status, body, Some("application/json")),
    }
}

/// 200 with a body that is complete.
pub(crate) fn ok(body: impl Into<Bytes>, content_type: &'static str) -> Response<Bytes> {
    with(StatusCode::OK, body.into(), Some(content_type))
}

/// JSON in which a `null` stands for a field that is absent.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    // Writing a `Value` to memory cannot fail.
    let body = serde_json::to_vec(&Documented(body)).unwrap_or_default();
    with(status, body.into(), Some("application/json"))
}

/// A download, which a client may save under the name that goes with it.
pub(crate) fn file(certificate_id: u64, file: File) -> Response<Bytes> {
    let name = format!("attachment; filename={certificate_id}.{}", file.extension);
    let mut response = ok(file.body, file.content_type);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    response
}

pub(crate) fn no_content() -> Response<Bytes> {
    with(StatusCode::NO_CONTENT, Bytes::new(), None)
}

/// The fixture for an id in the path, such as an order's, if there is one.
pub(crate) fn fixture(folder: &str, id: Option<u64>) -> Option<Response<Bytes>> {
    let fixture = certcentral_fixtures::folder(folder).find(|it| it.number() == id)?;
    id.map(|_| ok(fixture.body, "application/json"))
}

fn with(status: StatusCode, body: Bytes, content_type: Option<&'static str>) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}
