//! JSON that several routes send. What a field holds is invented; its form is the service's.

pub(crate) mod validation;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::account::{Certificate, ORGANIZATIONS, Order, Organization, Product, Request, Validity};
use crate::dates::{day, timestamp};

/// The e-mail address of the account's only user.
pub(crate) const EMAIL: &str = "robin.smith@example.com";
pub(crate) const FIRST_NAME: &str = "Robin";
pub(crate) const LAST_NAME: &str = "Smith";
pub(crate) const USER_ID: u64 = 5001;
/// The organization of living orders, and of domains.
pub(crate) const ORGANIZATION: &str = ORGANIZATIONS[0].name;
pub(crate) const ORGANIZATION_ID: u64 = ORGANIZATIONS[0].id;
pub(crate) const CONTAINER_ID: u64 = 7;

/// Returns an object with further fields, or other values of those that it has.
pub(crate) fn with(mut object: Value, mut fields: Value) -> Value {
    if let (Some(object), Some(fields)) = (object.as_object_mut(), fields.as_object_mut()) {
        object.append(fields);
    }
    object
}

pub(crate) fn user() -> Value {
    json!({"id": USER_ID, "first_name": FIRST_NAME, "last_name": LAST_NAME, "email": EMAIL})
}

/// The organization of an order; a DV order has none.
pub(crate) fn organization(order: &Order) -> Option<Value> {
    let place = json!({"city": "Lehi", "state": "Utah", "country": "us"});
    let names = |it: &Organization| json!({"id": it.id, "name": it.name, "display_name": it.name});
    order.organization().map(|organization| with(names(organization), place))
}

/// The organization of an order, by name.
pub(crate) fn organization_name(order: &Order) -> Option<Value> {
    order.organization().map(|it| json!({"id": it.id, "name": it.name}))
}

/// The organization of a certificate.
pub(crate) fn organization_id(order: &Order) -> Option<Value> {
    order.organization().map(|it| json!({"id": it.id}))
}

pub(crate) fn contact() -> Value {
    json!({
        "first_name": FIRST_NAME, "last_name": LAST_NAME, "email": EMAIL,
        "job_title": "Administrator", "telephone": "801-555-0100",
    })
}

pub(crate) fn container() -> Value {
    json!({"id": CONTAINER_ID, "name": "Web", "is_active": true})
}

pub(crate) fn product(product: Product) -> Value {
    let validation = product.validation_type();
    json!({
        "name_id": product.name_id, "name": product.name, "type": product.kind(),
        "validation_type": validation, "validation_name": validation.to_uppercase(),
        "validation_description": "Normal Validation", "csr_required": product.is_tls(),
    })
}

/// A certificate's names, which only one for names of the DNS has.
pub(crate) fn dns_names(order: &Order, certificate: &Certificate) -> Option<Vec<String>> {
    order.product.is_tls().then(|| certificate.names.dns_names.clone())
}

/// How long an order's certificates are. An order that is no plan does not say it (observed).
pub(crate) fn cert_validity(order: &Order) -> Option<Value> {
    let days = match order.terms.cert_validity {
        Some(Validity::Days(days)) => json!({"days": days}),
        _ => json!({"years": 1}),
    };
    order.is_plan().then_some(days)
}

pub(crate) fn server_platform() -> Value {
    json!({
        "id": 45, "name": "nginx", "install_url": "https://www.example.com/install/nginx",
        "csr_url": "https://www.example.com/csr/nginx",
    })
}

/// An order as a request shows it: as it was, and without ids or serial numbers of certificates.
pub(crate) fn snapshot(order: &Order, certificate: &Certificate, now: OffsetDateTime) -> Value {
    json!({
        "id": order.id,
        "certificate": {
            "common_name": certificate.names.common_name,
            "dns_names": dns_names(order, certificate),
            "date_created": timestamp(certificate.created),
            "csr": certificate.csr,
            "organization": organization_id(order),
            "server_platform": server_platform(),
            "signature_hash": certificate.signature_hash,
            "key_size": certificate.key_size,
        },
        "status": order.status(now).as_str(),
        "is_renewal": order.terms.renewal_of.is_some(),
        "renewal_of_order_id": order.terms.renewal_of,
        "date_created": timestamp(order.created),
        "organization": organization(order),
        "validity_years": order.validity_years(),
        "disable_renewal_notifications": false,
        "auto_renew": 0,
        "container": container(),
        "product": product(order.product),
        "organization_contact": contact(),
        "technical_contact": contact(),
        "user": user(),
    })
}

/// A request as its own route and a revocation show it.
pub(crate) fn request(request: &Request) -> Value {
    json!({
        "id": request.id,
        "date": timestamp(request.date),
        "type": request.kind.as_str(),
        "status": request.status.as_str(),
        "date_processed": request.date_processed.map(timestamp),
        "requester": user(),
        "processor": request.date_processed.map(|_| user()),
        "order": request.snapshot,
        "comments": request.comments,
        "processor_comment": request.processor_comment,
    })
}

/// The fields that only an issued certificate has, wherever it is shown.
pub(crate) struct IssuedFields {
    pub(crate) thumbprint: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) date_issued: Option<String>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_till: Option<String>,
    pub(crate) days_remaining: Option<i64>,
}

impl IssuedFields {
    pub(crate) fn of(certificate: &Certificate, now: OffsetDateTime) -> Self {
        let issued = certificate.issued();
        let remaining = certificate.valid_till - now.date();
        Self {
            thumbprint: issued.map(|it| it.signed.thumbprint.clone()),
            serial_number: issued.map(|it| it.signed.serial_number.clone()),
            date_issued: issued.map(|it| timestamp(it.at)),
            valid_from: issued.map(|it| day(it.at.date())),
            valid_till: issued.map(|_| day(certificate.valid_till)),
            // Negative once it has ended (assumed).
            days_remaining: issued.map(|_| remaining.whole_days()),
        }
    }
}
