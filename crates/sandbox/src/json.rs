//! JSON that several routes send. What a field holds is invented; its form is the service's.

use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

use crate::account::{Certificate, Order, Request};
use crate::dates::{day, timestamp};

/// The e-mail address of the account's only user.
pub(crate) const EMAIL: &str = "robin.smith@example.com";
pub(crate) const FIRST_NAME: &str = "Robin";
pub(crate) const LAST_NAME: &str = "Smith";
pub(crate) const USER_ID: u64 = 5001;
pub(crate) const PRODUCT: &str = "ssl_basic";
pub(crate) const ORGANIZATION: &str = "Example Ltd";
pub(crate) const ORGANIZATION_ID: u64 = 31;
pub(crate) const CONTAINER_ID: u64 = 7;

pub(crate) fn user() -> Value {
    json!({"id": USER_ID, "first_name": FIRST_NAME, "last_name": LAST_NAME, "email": EMAIL})
}

pub(crate) fn organization() -> Value {
    json!({
        "id": ORGANIZATION_ID, "name": ORGANIZATION, "display_name": ORGANIZATION,
        "city": "Lehi", "state": "Utah", "country": "us",
    })
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

pub(crate) fn product() -> Value {
    json!({
        "name_id": PRODUCT, "name": "Basic OV", "type": "ssl_certificate",
        "validation_type": "ov", "validation_name": "OV",
        "validation_description": "Normal Organization Validation", "csr_required": true,
    })
}

pub(crate) fn server_platform() -> Value {
    json!({
        "id": 45, "name": "nginx", "install_url": "https://www.example.com/install/nginx",
        "csr_url": "https://www.example.com/csr/nginx",
    })
}

/// An order as a request shows it: as it was, and without ids or serial numbers of certificates.
pub(crate) fn snapshot(order: &Order, certificate: &Certificate) -> Value {
    json!({
        "id": order.id,
        "certificate": {
            "common_name": certificate.names.common_name,
            "dns_names": certificate.names.dns_names,
            "date_created": timestamp(certificate.created),
            "csr": certificate.csr,
            "organization": {"id": ORGANIZATION_ID},
            "server_platform": server_platform(),
            "signature_hash": certificate.signature_hash,
            "key_size": certificate.key_size,
        },
        "status": order.status().as_str(),
        "is_renewal": false,
        "date_created": timestamp(order.created),
        "organization": organization(),
        "validity_years": 1,
        "disable_renewal_notifications": false,
        "auto_renew": 0,
        "container": container(),
        "product": product(),
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

/// Days from today to `last`, negative once it has passed.
pub(crate) fn days_remaining(last: Date) -> i64 {
    (last - OffsetDateTime::now_utc().date()).whole_days()
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
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let issued = certificate.issued();
        Self {
            thumbprint: issued.map(|it| it.signed.thumbprint.clone()),
            serial_number: issued.map(|it| it.signed.serial_number.clone()),
            date_issued: issued.map(|it| timestamp(it.at)),
            valid_from: issued.map(|it| day(it.at.date())),
            valid_till: issued.map(|_| day(certificate.valid_till)),
            days_remaining: issued.map(|_| days_remaining(certificate.valid_till)),
        }
    }
}
