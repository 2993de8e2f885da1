//! `GET /order/certificate/{order_id}/duplicate`: newest first (assumed); `{}` if there are none.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Call, JSON, Route};
use crate::account::{Account, Certificate, Kind, State};
use crate::certificate_list::CertificateList;
use crate::dates::timestamp;
use crate::json::{FIRST_NAME, IssuedFields, LAST_NAME, USER_ID, server_platform};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/{order_id}/duplicate",
    name: "List duplicates",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let show_archived = call.query.flag("show_archived");
    if let Some(order) = account.order(order_id) {
        let now = account.now();
        let shown = order.duplicates().rev().filter(|it| show_archived || !it.archived);
        let rows: Vec<Value> = shown.map(|it| row(it, now)).collect();
        let body = if rows.is_empty() { json!({}) } else { json!({"certificates": rows}) };
        return Ok(response::json(StatusCode::OK, &body));
    }
    CertificateList::fixture("list_duplicates", order_id)
        .map(|list| response::ok(list.body(show_archived), JSON))
        .ok_or_else(Refusal::no_such_order)
}

fn row(certificate: &Certificate, now: OffsetDateTime) -> Value {
    let fields = IssuedFields::of(certificate, now);
    let number = match certificate.kind {
        Kind::Duplicate { number } => Some(number),
        Kind::First | Kind::Reissue => None,
    };
    json!({
        "id": certificate.id,
        "thumbprint": fields.thumbprint,
        "serial_number": fields.serial_number,
        "common_name": certificate.names.common_name,
        "dns_names": certificate.names.dns_names,
        "status": status(certificate),
        "date_created": timestamp(certificate.created),
        "valid_from": fields.valid_from,
        "valid_till": fields.valid_till,
        "days_remaining": fields.days_remaining,
        "csr": certificate.csr,
        "server_platform": server_platform(),
        "signature_hash": certificate.signature_hash,
        "key_size": certificate.key_size,
        "ca_cert_id": "1005",
        "sub_id": number.map(|number| format!("{number:03}")),
        "public_id": format!("PUBLIC{}", certificate.id),
        "archived": if certificate.archived { "1" } else { "0" },
        "user_id": USER_ID,
        "firstname": FIRST_NAME,
        "lastname": LAST_NAME,
    })
}

/// `approved` does not say whether it is issued (documented).
fn status(certificate: &Certificate) -> &'static str {
    match &certificate.state {
        State::Requested => "pending",
        State::Rejected => "rejected",
        State::Issued(issued) if issued.is_revoked => "revoked",
        State::Approved | State::Issued(_) => "approved",
    }
}
