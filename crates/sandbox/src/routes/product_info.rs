//! `GET /product/{product_name_id}`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::list_products::{product, retired};
use super::{Call, JSON, Route};
use crate::account::{Account, PRODUCTS, RETIRED};
use crate::json::{server_platform, with};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/product/{product_name_id}",
    name: "Product info",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, _: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let asked = call.segment("product_name_id");
    let known = PRODUCTS.iter().find(|it| it.name_id == asked).map(|it| product(*it));
    let former = || RETIRED.iter().find(|(name_id, _)| *name_id == asked);
    let found = known.or_else(|| former().map(|(name_id, successor)| retired(name_id, *successor)));
    let more = json!({
        "duplicates_allowed": true,
        "additional_dns_names_allowed": true,
        "increased_compatibility_allowed": false,
        "custom_expiration_date_allowed": true,
        "custom_order_expiration_date_allowed": true,
        "allow_auto_renew": true,
        "max_multi_year_order_validity_years": 3,
        "server_platforms": [server_platform()],
    });
    let product = with(found.ok_or_else(Refusal::no_such_product)?, more);
    Ok(response::json(StatusCode::OK, &product))
}
