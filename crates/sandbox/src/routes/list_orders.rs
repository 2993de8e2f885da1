//! `GET /order/certificate`: the living orders, oldest id first (assumed).

mod filter;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Call, JSON, Route};
use crate::account::{Account, Class, Order, Product, Validity};
use crate::dates::{day, timestamp};
use crate::json::{
    FIRST_NAME, IssuedFields, LAST_NAME, cert_validity, container, dns_names, organization_name,
};
use crate::page::{page, sort};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate",
    name: "List orders",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let filters = filter::parse(&call.query)?;
    let fits = |order: &&Order| filters.iter().all(|any| any.iter().any(|it| it.fits(order, now)));
    let mut rows: Vec<&Order> = account.shown_orders().filter(fits).collect();
    sort(&call.query, &mut rows, |property, a, b| {
        Some(match property {
            "id" | "order_id" => a.id.cmp(&b.id),
            "date_created" => a.created.cmp(&b.created),
            "status" => a.status(now).as_str().cmp(b.status(now).as_str()),
            "common_name" => a.primary().names.common_name.cmp(&b.primary().names.common_name),
            "valid_till" => a.primary().valid_till.cmp(&b.primary().valid_till),
            "order_valid_till" => a.valid_till.cmp(&b.valid_till),
            _ => return None,
        })
    })?;
    Ok(response::json(
        StatusCode::OK,
        &page(&call.query, "orders", &rows, |order| row(order, now))?,
    ))
}

fn row(order: &Order, now: OffsetDateTime) -> Value {
    let (certificate, product) = (order.primary(), order.product);
    let fields = IssuedFields::of(certificate, now);
    let (duplicates, reissues) = (order.duplicates().count(), order.reissues().count());
    // Observed together, on orders by years. A shorter order counts days.
    let years = order.is_plan().then(|| json!({"years": order.validity_years()}));
    let days = match order.terms.validity {
        Validity::Days(days) => days.into(),
        _ => (order.valid_till - order.created.date()).whole_days() + 1,
    };
    let (dns_names, common_name) = match product.class {
        Class::CodeSigning => (Some(vec![String::new()]), None),
        _ => (dns_names(order, certificate), Some(&certificate.names.common_name)),
    };
    json!({
        "id": order.id,
        "certificate": {
            "id": certificate.id,
            "serial_number": fields.serial_number,
            "common_name": common_name,
            "dns_names": dns_names,
            "valid_from": fields.valid_from,
            "valid_till": fields.valid_till,
            "days_remaining": fields.days_remaining,
            "cert_validity": cert_validity(order),
            "signature_hash": certificate.signature_hash,
        },
        "status": order.status(now).as_str(),
        "is_renewed": order.renewed_by.is_some(),
        "date_created": timestamp(order.created),
        "organization": organization_name(order),
        "validity_years": order.validity_years(),
        "validity_days": (!order.is_plan()).then_some(days),
        "order_validity": years,
        "order_valid_till": order.known_end().map(day),
        "disable_renewal_notifications": false,
        "container": container(),
        "product": {"name_id": product.name_id, "name": product.name, "type": product.kind()},
        "verified_contacts": (product == Product::DOCUMENT_SIGNING).then(verified_contacts),
        "duplicates_count": duplicates,
        "has_duplicates": duplicates > 0,
        "reissues_count": reissues,
        "has_reissues": reissues > 0,
        "product_name_id": product.name_id,
        "number_of_sans": certificate.names.dns_names.len(),
        "is_multi_year_plan": order.is_plan().then_some("1"),
        "order_options": product.is_tls().then(|| {
            let scope = order.name_scope.as_str();
            json!({"certificate_dcv_scope": scope, "subject": []}).to_string()
        }),
    })
}

/// An object in this list (observed), where other responses have an array.
fn verified_contacts() -> Value {
    json!({"users": [{
        "id": 61, "user_id": "0", "name": "Robin Smith", "first_name": FIRST_NAME,
        "last_name": LAST_NAME, "job_title": "Administrator", "telephone": "801-555-0100",
        "status": "active",
    }]})
}
