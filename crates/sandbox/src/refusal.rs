//! Refusals: the service's error responses.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

/// A status and the body that goes with it.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Bytes,
}

impl Refusal {
    pub(crate) fn key_missing() -> Self {
        Self::known("401-key-missing.json")
    }

    pub(crate) fn invalid_key() -> Self {
        Self::known("403-invalid-key.json")
    }

    pub(crate) fn no_such_order() -> Self {
        Self::known("404-not-found-order.json")
    }

    pub(crate) fn no_such_route() -> Self {
        Self::known("404-not-found-route.json")
    }

    pub(crate) fn unacceptable() -> Self {
        Self::known("406-unacceptable-content-type.json")
    }

    pub(crate) fn too_long() -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, body: Bytes::new() }
    }

    pub(crate) fn too_many_requests() -> Self {
        Self::known("429-request-limit-exceeded.json")
    }

    /// One of the fixtures, byte for byte, with the status that its name begins with.
    fn known(name: &str) -> Self {
        let fixture = certcentral_fixtures::get(&format!("errors/{name}"));
        let status = fixture
            .and_then(certcentral_fixtures::Fixture::number)
            .and_then(|number| u16::try_from(number).ok())
            .and_then(|number| StatusCode::from_u16(number).ok());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: Bytes::from_static(fixture.map_or(&[], |fixture| fixture.body)),
        }
    }
}

impl From<Refusal> for Response<Bytes> {
    fn from(Refusal { status, body }: Refusal) -> Self {
        response(status, body)
    }
}

/// A response whose content type is guessed from its first byte.
pub(crate) fn response(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let content_type = match body.first() {
        None => None,
        Some(b'<') => Some("text/html"),
        Some(_) => Some("application/json"),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_refusal_is_a_fixture() {
        for (refusal, status) in [
            (Refusal::key_missing(), 401),
            (Refusal::invalid_key(), 403),
            (Refusal::no_such_order(), 404),
            (Refusal::no_such_route(), 404),
            (Refusal::unacceptable(), 406),
            (Refusal::too_many_requests(), 429),
        ] {
            assert_eq!(refusal.status, status);
            assert!(refusal.body.starts_with(br#"{"errors":"#), "{refusal:?}");
        }
    }
}
