//! `POST /order/certificate/{product_name_id}`: a new order, or a renewal.

use bytes::Bytes;
use http::{Method, Response};
use serde::Deserialize;

use super::{Call, JSON, Route};
use crate::account::{Account, Product, WantedOrder};
use crate::certificate_request::{self, ValidityBody, number};
use crate::refusal::Refusal;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/order/certificate/{product_name_id}",
    name: "New order",
    content_type: Some(JSON),
    serve,
};

/// What only an order has.
#[derive(Deserialize)]
struct Body {
    organization: Option<Id>,
    product: Option<Hint>,
    order_validity: Option<ValidityBody>,
    // The older spelling of the same.
    #[serde(default, deserialize_with = "number")]
    validity_years: Option<u32>,
    #[serde(default, deserialize_with = "number")]
    validity_days: Option<u32>,
    custom_expiration_date: Option<String>,
    #[serde(default, deserialize_with = "number")]
    renewal_of_order_id: Option<u64>,
    alternative_order_id: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(default, deserialize_with = "number")]
    id: Option<u64>,
}

#[derive(Deserialize)]
struct Hint {
    type_hint: Option<String>,
}

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let body: Body = call.body()?;
    let product = match (call.segment("product_name_id"), body.product) {
        ("ssl", None | Some(Hint { type_hint: None })) => Product::OV,
        ("ssl", Some(Hint { type_hint: Some(hint) })) => {
            of_type(&hint).ok_or_else(Refusal::ambiguous_product)?
        }
        (name_id, _) => Product::ordered(name_id).ok_or_else(Refusal::no_such_product)?,
    };
    let at_the_root = ValidityBody {
        years: body.validity_years,
        days: body.validity_days,
        custom_expiration_date: body.custom_expiration_date,
    };
    let validity = body.order_validity.unwrap_or(at_the_root).parse("order_validity")?;
    let order = WantedOrder {
        product,
        certificate: certificate_request::wanted(call)?,
        organization_id: body.organization.and_then(|it| it.id),
        validity: validity.ok_or_else(|| Refusal::required("order_validity"))?,
        // The service takes 0 and `null` for none.
        renewal_of: body.renewal_of_order_id.filter(|id| *id != 0),
        alternative_order_id: body.alternative_order_id.filter(|id| !id.is_empty()),
    };
    let (order_id, ids) = account.place(order)?;
    certificate_request::created(account, order_id, ids)
}

/// The hints, beside `ov` and `private`, are assumed.
fn of_type(hint: &str) -> Option<Product> {
    Product::ordered(match hint {
        "ov" => "ssl_basic",
        "ev" => "ssl_ev_basic",
        "dv" => "ssl_dv_geotrust_flex",
        "private" => "private_ssl_flex",
        _ => return None,
    })
}
