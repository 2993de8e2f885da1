//! `GET /order/certificate/{order_id}/reissue`: newest first (assumed); `{}` if there are none.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Call, JSON, Route};
use crate::account::{Account, Certificate, State};
use crate::certificate_list::CertificateList;
use crate::dates::timestamp;
use crate::json::{EMAIL, FIRST_NAME, IssuedFields, LAST_NAME, USER_ID};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/{order_id}/reissue",
    name: "List reissues",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let show_archived = call.query.flag("show_archived");
    if let Some(list) = account.reissues.get(&order_id) {
        return Ok(response::ok(list.body(show_archived), JSON));
    }
    if let Some(order) = account.order(order_id) {
        let now = account.now();
        let order = order.as_shown(now);
        let shown = order.reissues().rev().filter(|it| show_archived || !it.archived);
        let rows: Vec<Value> = shown.map(|it| row(it, now)).collect();
        let body = if rows.is_empty() { json!({}) } else { json!({"certificates": rows}) };
        return Ok(response::json(StatusCode::OK, &body));
    }
    CertificateList::fixture("list_reissues", order_id)
        .map(|list| response::ok(list.body(show_archived), JSON))
        .ok_or_else(Refusal::no_such_order)
}

fn row(certificate: &Certificate, now: OffsetDateTime) -> Value {
    let fields = IssuedFields::of(certificate, now);
    let is_issued = certificate.issued().is_some();
    json!({
        "id": certificate.id,
        "thumbprint": fields.thumbprint,
        "serial_number": fields.serial_number,
        "common_name": certificate.names.common_name,
        "dns_names": certificate.names.dns_names,
        "status": status(certificate),
        "date_created": timestamp(certificate.created),
        "date_issued": fields.date_issued,
        "valid_till": fields.valid_till,
        "days_remaining": fields.days_remaining,
        "csr": certificate.csr,
        "key_size": certificate.key_size,
        "user_id": USER_ID,
        "email": EMAIL,
        "firstname": FIRST_NAME,
        "lastname": LAST_NAME,
        "receipt_id": is_issued.then_some("1234"),
        "purchased_dns_names": is_issued.then_some("0"),
        "purchased_wildcard_names": is_issued.then_some("0"),
        "archived": u8::from(certificate.archived),
    })
}

/// Three values are documented; that a revoked certificate says so is assumed.
fn status(certificate: &Certificate) -> &'static str {
    match &certificate.state {
        State::Requested | State::Approved => "pending",
        State::Rejected => "rejected",
        State::Issued(issued) if issued.is_revoked => "revoked",
        State::Issued(_) => "issued",
    }
}
