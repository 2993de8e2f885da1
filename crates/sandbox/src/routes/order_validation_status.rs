//! `GET /order/certificate/{order_id}/validation`: of what is pending, else of the primary
//! certificate (assumed). Ids are texts here (documented and observed).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, Scope, base_domain};
use crate::dates::timestamp;
use crate::json::validation::organization_validation;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/{order_id}/validation",
    name: "Order validation status",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id");
    let Some(order) = order_id.and_then(|order_id| account.order(order_id)) else {
        let fixture = response::fixture("order_validation_status", order_id);
        return fixture.ok_or_else(Refusal::no_such_order);
    };
    let now = account.now();
    let certificate = order.open_certificate().unwrap_or_else(|| order.primary());
    let scopes = account.scopes(order, certificate);
    // Observed for DV orders without being asked for.
    let with_risk = !order.product.has_organization() || call.query.flag("include_risk_check");
    let rows: Vec<Value> = scopes.iter().map(|scope| row(scope, with_risk)).collect();
    let organization = order.organization();
    let kind = order.product.validation_type();
    let body = json!({
        "order_id": order.id.to_string(),
        "order_status": order.status(now).as_str(),
        "order_name_scope": order.name_scope.as_str(),
        "order_dcv_method": order.dcv_method.as_str(),
        "organization_id": organization.map(|it| it.id.to_string()),
        "organization_name": organization.map(|it| it.name),
        "organization_validations": organization.map(|it| json!([organization_validation(it, kind, now)])),
        "dns_name_validations": (!rows.is_empty()).then_some(rows),
    });
    Ok(response::json(StatusCode::OK, &body))
}

fn row(scope: &Scope, with_risk: bool) -> Value {
    let until = scope.approved_until;
    json!({
        "domain_id": scope.domain_id.map(|id| id.to_string()),
        "name_scope": scope.name,
        "approval_scope": until.map(|_| "subdomains"),
        "status": scope.status(),
        "risk_status": with_risk.then_some("pass"),
        "method": scope.method.as_str(),
        "dns_names": scope.dns_names,
        "base_domain": base_domain(&scope.name),
        "approval_expiration_date": until.map(timestamp),
    })
}
