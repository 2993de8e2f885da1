//! What "Reissue certificate" and "Duplicate certificate" have in common: body and responses.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::{Account, Certificate, State, Validity, Wanted};
use crate::authority::{INTERMEDIATE, ROOT};
use crate::dates::parse_day;
use crate::refusal::Refusal;
use crate::response;
use crate::routes::Call;

#[derive(Deserialize)]
struct Body {
    certificate: Option<CertificateBody>,
    #[serde(default)]
    skip_approval: bool,
    comments: Option<String>,
}

#[derive(Deserialize)]
struct CertificateBody {
    csr: Option<String>,
    common_name: Option<String>,
    dns_names: Option<Vec<String>>,
    signature_hash: Option<String>,
    cert_validity: Option<ValidityBody>,
}

#[derive(Deserialize)]
struct ValidityBody {
    years: Option<u32>,
    days: Option<u32>,
    custom_expiration_date: Option<String>,
}

/// Reads what is asked for. Other fields are ignored.
pub(crate) fn wanted(call: &Call<'_>) -> Result<Wanted, Refusal> {
    let Body { certificate, skip_approval, comments } = call.body()?;
    let certificate = certificate.ok_or_else(|| Refusal::required("certificate"))?;
    let validity = certificate.cert_validity.map(ValidityBody::parse).transpose()?.flatten();
    Ok(Wanted {
        csr: certificate.csr.ok_or_else(|| Refusal::required("certificate.csr"))?,
        common_name: certificate.common_name,
        dns_names: certificate.dns_names,
        signature_hash: certificate.signature_hash,
        validity,
        skip_approval,
        comments,
    })
}

impl ValidityBody {
    fn parse(self) -> Result<Option<Validity>, Refusal> {
        Ok(match self {
            Self { custom_expiration_date: Some(date), .. } => {
                let field = "certificate.cert_validity.custom_expiration_date";
                Some(Validity::Till(parse_day(&date).ok_or_else(|| Refusal::invalid(field))?))
            }
            Self { days: Some(days), .. } => Some(Validity::Days(days)),
            Self { years, .. } => years.map(Validity::Years),
        })
    }
}

/// The response to a request that was made: with the certificate's id once approved, and with the
/// chain if it was issued at once. `id` is the order's.
pub(crate) fn created(account: &Account, request_id: u64) -> Result<Response<Bytes>, Refusal> {
    let request = account.request(request_id).ok_or_else(Refusal::no_such_request)?;
    let (_, certificate) = account.certificate(request.certificate_id.unwrap_or_default())?;
    let body = json!({
        "id": request.order_id,
        "requests": [{"id": request_id, "status": request.status.as_str()}],
        "certificate_id": match certificate.state {
            State::Approved | State::Issued(_) => Some(certificate.id),
            State::Requested | State::Rejected => None,
        },
        "certificate_chain": certificate.issued().map(|_| chain(account, certificate)),
    });
    Ok(response::json(StatusCode::CREATED, &body))
}

/// The chain of an issued certificate: itself, the intermediate and the root.
pub(crate) fn chain(account: &Account, certificate: &Certificate) -> Value {
    let leaf = certificate.issued().map(|issued| issued.signed.pem.as_str());
    json!([
        {"subject_common_name": certificate.names.common_name, "pem": leaf},
        {"subject_common_name": INTERMEDIATE, "pem": account.authority.intermediate_pem()},
        {"subject_common_name": ROOT, "pem": account.authority.root_pem()},
    ])
}
