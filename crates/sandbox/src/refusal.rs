//! Refusals: the service's error responses.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::account::DcvMethod;
use crate::response;

/// A status and the body that goes with it.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Bytes,
}

impl Refusal {
    // Known: the bodies are fixtures.

    pub(crate) fn csr_cannot_be_parsed() -> Self {
        Self::known("400-csr-invalid.json")
    }

    pub(crate) fn validity_exceeds_order() -> Self {
        Self::known("400-validity-exceeds-order.json")
    }

    pub(crate) fn cannot_archive_primary() -> Self {
        Self::known("400-cannot-archive-primary.json")
    }

    pub(crate) fn time_frame_too_long() -> Self {
        Self::known("400-time-frame-too-long.json")
    }

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

    pub(crate) fn too_many_requests() -> Self {
        Self::known("429-request-limit-exceeded.json")
    }

    fn internal() -> Self {
        Self::known("500-internal-error.json")
    }

    // Known codes; the wording is assumed.

    pub(crate) fn file_not_found() -> Self {
        let message = "The file with the random value was not found.";
        Self::bad_request("file_random_value_not_found", message)
    }

    pub(crate) fn record_not_found(method: DcvMethod) -> Self {
        let message = "No record with the random value was found.";
        match method {
            // By analogy.
            DcvMethod::DnsCname => Self::bad_request("invalid_dns_cname", message),
            _ => Self::bad_request("invalid_dns_txt", message),
        }
    }

    pub(crate) fn cannot_check_email() -> Self {
        let message = "Control is shown by email, which cannot be checked.";
        Self::bad_request("invalid_dns_method", message)
    }

    pub(crate) fn invalid_dcv_method() -> Self {
        Self::bad_request("invalid_dcv_method", "This validation method cannot be used here.")
    }

    pub(crate) fn invalid_wildcard_method() -> Self {
        let message = "Control of a wildcard name cannot be shown by a file.";
        Self::bad_request("invalid_wildcard_dcv_method", message)
    }

    /// Named after the unit that was sent.
    pub(crate) fn invalid_validity(unit: &str) -> Self {
        Self::bad_request(&format!("invalid_value:{unit}"), "The validity is not allowed.")
    }

    pub(crate) fn ambiguous_product() -> Self {
        Self::bad_request("ambiguous_product", "The product cannot be told; name one.")
    }

    pub(crate) fn no_such_product() -> Self {
        let message = "The specified product was not found.";
        Self::new(StatusCode::NOT_FOUND, "not_found|product", message)
    }

    pub(crate) fn renewed_already() -> Self {
        Self::bad_request("order_renewed_already", "The order is renewed already.")
    }

    pub(crate) fn not_eligible_for_renewal() -> Self {
        let message = "The order cannot be renewed now.";
        Self::bad_request("order_not_eligible_for_renewal", message)
    }

    pub(crate) fn bad_format() -> Self {
        Self::bad_request("bad_request_format", "The request body is malformed.")
    }

    pub(crate) fn required(field: &str) -> Self {
        Self::bad_request(&format!("required_param:{field}"), "A required field is missing.")
    }

    // Assumed: that these are refused is documented or plausible; status and code are ours.

    pub(crate) fn invalid(field: &str) -> Self {
        Self::bad_request(&format!("invalid_param:{field}"), "A field has an invalid value.")
    }

    /// Well formed, and of a kind that is not certified.
    pub(crate) fn csr_is_not_supported() -> Self {
        let message = "The CSR's key or signature is of a kind that is not supported.";
        Self::bad_request("csr_invalid_not_supported", message)
    }

    pub(crate) fn no_such_certificate() -> Self {
        let message = "The specified certificate was not found.";
        Self::new(StatusCode::NOT_FOUND, "not_found|certificate", message)
    }

    pub(crate) fn no_such_request() -> Self {
        let message = "The specified request was not found.";
        Self::new(StatusCode::NOT_FOUND, "not_found|request", message)
    }

    pub(crate) fn no_such_domain() -> Self {
        let message = "The specified domain was not found.";
        Self::new(StatusCode::NOT_FOUND, "not_found|domain", message)
    }

    pub(crate) fn no_such_organization() -> Self {
        let message = "The specified organization was not found.";
        Self::new(StatusCode::NOT_FOUND, "not_found|organization", message)
    }

    pub(crate) fn order_is_not_issued() -> Self {
        Self::bad_request("order_not_issued", "The order has no certificate yet.")
    }

    pub(crate) fn domain_exists() -> Self {
        Self::bad_request("domain_already_exists", "The domain exists already.")
    }

    pub(crate) fn nothing_to_validate() -> Self {
        Self::bad_request("no_pending_validation", "No domain of the order has to be validated.")
    }

    pub(crate) fn domains_not_validated() -> Self {
        let message = "The validation of a domain has ended; reissue the certificate first.";
        Self::bad_request("domain_validation_expired", message)
    }

    pub(crate) fn not_issued() -> Self {
        Self::bad_request("certificate_not_issued", "The certificate is not issued.")
    }

    pub(crate) fn certificate_is_revoked() -> Self {
        Self::bad_request("certificate_already_revoked", "The certificate is revoked already.")
    }

    pub(crate) fn order_is_revoked() -> Self {
        Self::bad_request("order_already_revoked", "The order is revoked already.")
    }

    pub(crate) fn reissue_is_pending() -> Self {
        Self::bad_request("reissue_pending", "Cancel the pending reissue first.")
    }

    pub(crate) fn cannot_cancel() -> Self {
        Self::bad_request("order_cannot_be_canceled", "The order waits for nothing.")
    }

    pub(crate) fn already_processed() -> Self {
        Self::bad_request("request_already_processed", "The request is processed already.")
    }

    /// The service's own bound, and its response, are not known.
    pub(crate) fn too_long() -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, body: Bytes::new() }
    }

    fn bad_request(code: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn new(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({"errors": [{"code": code, "message": message}]});
        Self { status, body: Bytes::from(body.to_string()) }
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

/// Signing fails only if the system has no randomness left.
impl From<rcgen::Error> for Refusal {
    fn from(_: rcgen::Error) -> Self {
        Self::internal()
    }
}

impl From<Refusal> for Response<Bytes> {
    fn from(Refusal { status, body }: Refusal) -> Self {
        response::guessed(status, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_refusal_is_a_fixture() {
        for (refusal, status) in [
            (Refusal::csr_cannot_be_parsed(), 400),
            (Refusal::validity_exceeds_order(), 400),
            (Refusal::cannot_archive_primary(), 400),
            (Refusal::time_frame_too_long(), 400),
            (Refusal::key_missing(), 401),
            (Refusal::invalid_key(), 403),
            (Refusal::no_such_order(), 404),
            (Refusal::no_such_route(), 404),
            (Refusal::unacceptable(), 406),
            (Refusal::too_many_requests(), 429),
            (Refusal::internal(), 500),
        ] {
            assert_eq!(refusal.status, status);
            assert!(refusal.body.starts_with(br#"{"errors":"#), "{refusal:?}");
        }
    }
}
