//! What new orders, reissues and duplicates have in common: the body, and the response in its three
//! forms.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::account::{
    Account, Certificate, DcvMethod, Kind, NameScope, Order, Scope, State, Validity, Wanted,
};
use crate::authority::{INTERMEDIATE, ROOT, with_crlf};
use crate::dates::parse_day;
use crate::json::validation::dcv_token;
use crate::refusal::Refusal;
use crate::response;
use crate::routes::Call;

#[derive(Deserialize)]
struct Body {
    certificate: Option<CertificateBody>,
    #[serde(default)]
    skip_approval: bool,
    comments: Option<String>,
    dcv_method: Option<String>,
    certificate_dcv_scope: Option<String>,
}

#[derive(Deserialize)]
struct CertificateBody {
    csr: Option<String>,
    common_name: Option<String>,
    dns_names: Option<Vec<String>>,
    signature_hash: Option<String>,
    cert_validity: Option<ValidityBody>,
}

/// Numbers may be texts: the console sends them so.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ValidityBody {
    #[serde(deserialize_with = "number")]
    pub(crate) years: Option<u32>,
    #[serde(deserialize_with = "number")]
    pub(crate) days: Option<u32>,
    pub(crate) custom_expiration_date: Option<String>,
}

/// Reads what is asked for. Other fields are ignored.
pub(crate) fn wanted(call: &Call<'_>) -> Result<Wanted, Refusal> {
    let body: Body = call.body()?;
    let certificate = body.certificate.ok_or_else(|| Refusal::required("certificate"))?;
    let validity = certificate.cert_validity.map(|it| it.parse("certificate.cert_validity"));
    let validity = validity.transpose()?.flatten();
    Ok(Wanted {
        csr: certificate.csr.ok_or_else(|| Refusal::required("certificate.csr"))?,
        common_name: certificate.common_name,
        dns_names: certificate.dns_names,
        signature_hash: certificate.signature_hash,
        validity,
        dcv_method: parsed(body.dcv_method, "dcv_method", DcvMethod::parse)?,
        name_scope: parsed(body.certificate_dcv_scope, "certificate_dcv_scope", NameScope::parse)?,
        skip_approval: body.skip_approval,
        comments: body.comments,
    })
}

fn parsed<T>(
    text: Option<String>,
    field: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    text.map(|text| parse(&text).ok_or_else(|| Refusal::invalid(field))).transpose()
}

impl ValidityBody {
    /// `place` is the field that it stands in.
    pub(crate) fn parse(self, place: &str) -> Result<Option<Validity>, Refusal> {
        Ok(match self {
            Self { custom_expiration_date: Some(date), .. } => {
                let field = || Refusal::invalid(&format!("{place}.custom_expiration_date"));
                Some(Validity::Till(parse_day(&date).ok_or_else(field)?))
            }
            Self { days: Some(days), .. } => Some(Validity::Days(days)),
            Self { years, .. } => years.map(Validity::Years),
        })
    }
}

/// The response to a request that was made. `id` is the order's; the certificate's own id comes once
/// it is approved, and the chain if it was issued at once.
pub(crate) fn created(
    account: &Account,
    order_id: u64,
    (certificate_id, request_id): (u64, Option<u64>),
) -> Result<Response<Bytes>, Refusal> {
    let (order, certificate) = account.certificate(certificate_id)?;
    let requests = request_id.and_then(|id| account.request(id));
    let value = certificate.awaited().filter(|_| order.dcv_method != DcvMethod::Email);
    let body = json!({
        "id": order_id,
        "requests": requests.map(|it| json!([{"id": it.id, "status": it.status.as_str()}])),
        "certificate_id": match certificate.state {
            State::Approved | State::Issued(_) => Some(certificate.id),
            State::Requested | State::Rejected => None,
        },
        "dcv_random_value": value.map(|validation| &validation.value.text),
        "domains": domains(account, order, certificate),
        "certificate_chain": certificate.issued().map(|_| chain(account, certificate)),
    });
    Ok(response::json(StatusCode::CREATED, &body))
}

/// The domains of a new order, a row for each name, while it waits. A DV order has none (both
/// observed).
fn domains(account: &Account, order: &Order, certificate: &Certificate) -> Option<Value> {
    let is_new = certificate.kind == Kind::First && matches!(certificate.state, State::Approved);
    let scopes = account.scopes(order, certificate).into_iter();
    let row = |scope: &Scope, name: &String| {
        let domain = scope.domain_id.and_then(|id| account.domain(id).ok());
        let token = domain.filter(|_| scope.approved_until.is_none());
        json!({
            "id": scope.domain_id, "name": scope.name, "dns_name": name,
            "dcv_token": token.and_then(|it| dcv_token(it, account.now())),
        })
    };
    let rows =
        scopes.flat_map(|it| it.dns_names.iter().map(|name| row(&it, name)).collect::<Vec<_>>());
    (is_new && order.product.has_organization()).then(|| rows.collect())
}

/// Reads a number, which may be a text; 0 and an empty text are none.
pub(crate) fn number<'de, D: Deserializer<'de>, T: TryFrom<u64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let number = match Value::deserialize(from)? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.parse().map_err(D::Error::custom)?),
        other => Some(serde_json::from_value(other).map_err(D::Error::custom)?),
    };
    let fits = |number: u64| T::try_from(number).map_err(|_| D::Error::custom("too large"));
    number.map(fits).transpose()
}

/// The chain of an issued certificate: itself, the intermediate and the root. All lines end in `\r\n`
/// (observed), unlike those of a download.
pub(crate) fn chain(account: &Account, certificate: &Certificate) -> Value {
    let leaf = certificate.issued().map(|issued| issued.signed.pem.as_str());
    json!([
        {"subject_common_name": certificate.names.common_name, "pem": leaf},
        {"subject_common_name": INTERMEDIATE, "pem": with_crlf(&account.authority.intermediate_pem())},
        {"subject_common_name": ROOT, "pem": with_crlf(&account.authority.root_pem())},
    ])
}
