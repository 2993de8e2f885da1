//! `GET /product`: no pages. What can be ordered, and the retired products.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, Class, PRODUCTS, Product, RETIRED};
use crate::authority::INTERMEDIATE;
use crate::json::with;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/product",
    name: "List products",
    content_type: Some(JSON),
    serve,
};

#[expect(clippy::unnecessary_wraps, reason = "as every route")]
fn serve(_: &Call<'_>, _: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let retired = RETIRED.iter().map(|(name_id, successor)| retired(name_id, *successor));
    let rows: Vec<Value> = PRODUCTS.iter().copied().map(product).chain(retired).collect();
    Ok(response::json(StatusCode::OK, &json!({"products": rows})))
}

pub(super) fn product(product: Product) -> Value {
    let hash = |id: &str| json!({"id": id, "name": id.to_uppercase()});
    let hashes: &[&str] =
        if product.class == Class::Dv { &["sha256"] } else { &["sha256", "sha384", "sha512"] };
    let hashes: Vec<Value> = hashes.iter().copied().map(hash).collect();
    let years: &[u32] = if product.class == Class::Private { &[1, 2, 3] } else { &[1] };
    json!({
        "group_name": product.group,
        "name_id": product.name_id,
        "name": product.name,
        "type": product.kind(),
        "validation_type": match product.class {
            Class::Private => "Private SSL".to_owned(),
            // Upper case here, lower case in orders (observed).
            _ => product.validation_type().to_uppercase(),
        },
        "allowed_container_ids": [],
        "allowed_validity_years": years,
        "allowed_order_validity_years": [1, 2, 3],
        "signature_hash_types": {"allowed_hash_types": hashes, "default_hash_type_id": "sha256"},
        "allowed_ca_certs": [{"id": "DF3689F672CCB90C", "name": INTERMEDIATE}],
        "csr_required": true,
    })
}

pub(super) fn retired(name_id: &str, successor: Product) -> Value {
    let fields = json!({
        "name_id": name_id, "name": name_id, "replacement_product_name_id": successor.name_id,
    });
    with(product(successor), fields)
}
