//! `GET /order/certificate`: the living orders, oldest id first (assumed).

mod filter;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, Order};
use crate::dates::{day, timestamp};
use crate::json::{IssuedFields, ORGANIZATION, ORGANIZATION_ID, PRODUCT, container};
use crate::page::{page, sort};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate",
    name: "List orders",
    content_type: JSON,
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let filters = filter::parse(&call.query)?;
    let fits = |order: &&Order| filters.iter().all(|any| any.iter().any(|it| it.fits(order)));
    let mut rows: Vec<&Order> = account.orders().filter(fits).collect();
    sort(&call.query, &mut rows, |property, a, b| {
        Some(match property {
            "id" | "order_id" => a.id.cmp(&b.id),
            "date_created" => a.created.cmp(&b.created),
            "status" => a.status().as_str().cmp(b.status().as_str()),
            "common_name" => a.primary().names.common_name.cmp(&b.primary().names.common_name),
            "valid_till" => a.primary().valid_till.cmp(&b.primary().valid_till),
            "order_valid_till" => a.valid_till.cmp(&b.valid_till),
            _ => return None,
        })
    })?;
    Ok(response::json(StatusCode::OK, &page(&call.query, "orders", &rows, |order| row(order))?))
}

fn row(order: &Order) -> Value {
    let certificate = order.primary();
    let fields = IssuedFields::of(certificate);
    let (duplicates, reissues) = (order.duplicates().count(), order.reissues().count());
    json!({
        "id": order.id,
        "certificate": {
            "id": certificate.id,
            "serial_number": fields.serial_number,
            "common_name": certificate.names.common_name,
            "dns_names": certificate.names.dns_names,
            "valid_from": fields.valid_from,
            "valid_till": fields.valid_till,
            "days_remaining": fields.days_remaining,
            "cert_validity": {"years": 1},
            "signature_hash": certificate.signature_hash,
        },
        "status": order.status().as_str(),
        "is_renewed": false,
        "date_created": timestamp(order.created),
        "organization": {"id": ORGANIZATION_ID, "name": ORGANIZATION},
        "validity_years": 1,
        "order_validity": {"years": 1},
        "order_valid_till": day(order.valid_till),
        "disable_renewal_notifications": false,
        "container": container(),
        "product": {"name_id": PRODUCT, "name": "Basic OV", "type": "ssl_certificate"},
        "duplicates_count": duplicates,
        "has_duplicates": duplicates > 0,
        "reissues_count": reissues,
        "has_reissues": reissues > 0,
        "price": 238,
        "product_name_id": PRODUCT,
        "number_of_sans": certificate.names.dns_names.len(),
    })
}
