//! `GET /order/certificate/{identifier}`: by order id, or by thumbprint or serial number of the
//! primary certificate.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Call, JSON, Route};
use crate::account::{Account, Certificate, Order, Request, State};
use crate::authority::INTERMEDIATE;
use crate::dates::{day, timestamp};
use crate::json::{
    self, IssuedFields, cert_validity, contact, container, dns_names, organization,
    organization_id, server_platform, user,
};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/{identifier}",
    name: "Order info",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let identifier = call.segment("identifier");
    let id = call.id("identifier");
    let mut orders = account.shown_orders();
    let order = orders.find(|order| Some(order.id) == id || has_primary(order, identifier));
    if let Some(order) = order {
        return Ok(response::json(StatusCode::OK, &info(order, account)));
    }
    response::fixture("order_info", id).ok_or_else(Refusal::no_such_order)
}

fn has_primary(order: &Order, identifier: &str) -> bool {
    order.primary().issued().is_some_and(|issued| {
        issued.signed.thumbprint.eq_ignore_ascii_case(identifier)
            || issued.signed.serial_number.eq_ignore_ascii_case(identifier)
    })
}

fn info(order: &Order, account: &Account) -> Value {
    let now = account.now();
    let requests = || account.requests().filter(|it| is_shown(it, order));
    let product = order.product;
    json!({
        "id": order.id,
        "certificate": certificate(order, now),
        "status": order.status(now).as_str(),
        "is_renewal": order.terms.renewal_of.is_some(),
        "renewal_of_order_id": order.terms.renewal_of,
        "is_renewed": order.renewed_by.is_some(),
        "renewed_order_id": order.renewed_by.unwrap_or(0),
        "alternative_order_id": order.terms.alternative_order_id,
        "date_created": timestamp(order.created),
        "last_reissued_date": order.last_reissued().map(timestamp),
        "order_valid_till": order.known_end().map(day),
        "validity_years": order.validity_years(),
        "auto_renew": 0,
        "auto_reissue": 0,
        "organization": organization(order),
        "organization_contact": contact(),
        "technical_contact": contact(),
        "user": user(),
        "container": container(),
        "product": json::product(product),
        "product_name_id": product.name_id,
        "is_multi_year_plan": order.is_plan().then_some("1"),
        "dcv_method": product.is_tls().then(|| order.dcv_method.as_str()),
        "requests": requests().map(request).collect::<Vec<_>>(),
        "has_pending_request": requests().any(Request::is_open),
        "duplicates_count": order.duplicates().count(),
        "reissues_count": order.reissues().count(),
        "purchased_dns_names": 0,
        "payment_method": "balance",
        "allow_duplicates": true,
        "disable_ct": false,
        "disable_issuance_email": false,
        "disable_renewal_notifications": false,
        "is_guest_access_enabled": false,
        "is_out_of_contract": false,
    })
}

/// A request for a certificate that is not shown yet is not shown either.
fn is_shown(request: &Request, order: &Order) -> bool {
    request.order_id == order.id
        && request.certificate_id.is_none_or(|id| order.certificate(id).is_some())
}

fn certificate(order: &Order, now: OffsetDateTime) -> Value {
    let certificate = order.primary();
    let fields = IssuedFields::of(certificate, now);
    json!({
        "id": (!matches!(certificate.state, State::Requested)).then_some(certificate.id),
        "thumbprint": fields.thumbprint,
        "serial_number": fields.serial_number,
        "common_name": certificate.names.common_name,
        "dns_names": dns_names(order, certificate),
        "date_created": timestamp(certificate.created),
        "date_issued": fields.date_issued,
        "valid_from": fields.valid_from,
        "valid_till": fields.valid_till,
        "days_remaining": fields.days_remaining,
        "cert_validity": cert_validity(order),
        "csr": certificate.csr,
        "organization": organization_id(order),
        "server_platform": server_platform(),
        "signature_hash": certificate.signature_hash,
        "key_size": certificate.key_size,
        "ca_cert": {"id": "DF3689F672CCB90C", "name": INTERMEDIATE},
        "status": status(order, certificate, now),
    })
}

/// Absent while the first certificate was never reissued or revoked (observed).
fn status(order: &Order, certificate: &Certificate, now: OffsetDateTime) -> Option<&'static str> {
    match certificate.issued() {
        Some(issued) if issued.is_revoked => Some("revoked"),
        _ if certificate.valid_till < now.date() => Some("expired"),
        _ => order.last_reissued().map(|_| "issued"),
    }
}

fn request(request: &Request) -> Value {
    json!({
        "id": request.id,
        "date": timestamp(request.date),
        "type": request.kind.as_str(),
        "status": request.status.as_str(),
        "comments": request.comments,
    })
}
