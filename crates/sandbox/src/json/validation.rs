//! JSON about validations.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::{ORGANIZATION, ORGANIZATION_ID};
use crate::account::{DcvMethod, Domain, Organization, RandomValue, base_domain};
use crate::dates::{day, timestamp};

/// The random value of an order.
pub(crate) fn random_value(value: &RandomValue) -> Value {
    json!({"dcv_random_value": value.text, "expiration_date": timestamp(value.expires)})
}

/// The random value of a domain, and where it belongs; nothing for one that is validated by email.
pub(crate) fn dcv_token(domain: &Domain, now: OffsetDateTime) -> Option<Value> {
    let token = domain.token.as_ref().filter(|_| domain.dcv_method != DcvMethod::Email)?;
    let path = domain.dcv_method.file_path(&token.text);
    Some(json!({
        "token": token.text,
        "status": token_status(domain, now),
        "expiration_date": timestamp(token.expires),
        // The zone of the record's target (observed).
        "verification_value":
            (domain.dcv_method == DcvMethod::DnsCname).then_some("dcv.digicert.com"),
        "http_token_url": path.map(|path| format!("http://{}{path}", domain.name)),
    }))
}

pub(crate) fn token_status(domain: &Domain, now: OffsetDateTime) -> &'static str {
    let is_active = !domain.is_pending() && domain.valid_approval(now).is_some();
    if is_active { "active" } else { "pending" }
}

/// What follows a change of a domain's validation: its random value, or whom an email went to.
pub(crate) fn submitted(domain: &Domain, now: OffsetDateTime) -> Value {
    match dcv_token(domain, now) {
        Some(token) => json!({"dcv_token": token}),
        None => json!({"validation_emails": emails(&domain.name)}),
    }
}

/// The addresses that an email can go to.
pub(crate) fn emails(name: &str) -> Value {
    let users = ["admin", "administrator", "webmaster", "hostmaster", "postmaster"];
    json!({
        "name_scope": name,
        "base_emails": users.map(|user| format!("{user}@{name}")),
        "whois_emails": [],
        "dns_txt_emails": [],
        "email_array": [],
    })
}

/// A domain as the list shows it.
pub(crate) fn domain(domain: &Domain, with_times: bool) -> Value {
    // The dates are Mountain Time (documented), here without its summer.
    let mountain = UtcOffset::from_hms(-7, 0, 0).unwrap_or(UtcOffset::UTC);
    let approval = domain.approval.as_ref();
    let until = approval.map(|approval| approval.until);
    let expiration = until.map(|until| {
        let text =
            if with_times { timestamp(until) } else { day(until.to_offset(mountain).date()) };
        json!({"ov": text, "ev": text})
    });
    json!({
        "id": domain.id,
        "is_active": true,
        "name": domain.name,
        "date_created": timestamp(domain.created),
        "domain_locking_status": "disabled",
        "last_submitted_datetime": domain.submitted.map(timestamp),
        "dcv_approval_datetime": approval.map(|approval| timestamp(approval.since)),
        "dcv_expiration_datetime": until.map(timestamp),
        "organization": {
            "id": ORGANIZATION_ID, "status": "active", "name": ORGANIZATION,
            "display_name": ORGANIZATION, "is_active": "1",
        },
        "dcv_method": domain.dcv_method.as_str(),
        "dcv_expiration": expiration,
        "container": {"id": super::CONTAINER_ID, "name": "Web"},
        "base_domain": base_domain(&domain.name),
    })
}

/// The types that a validation counts for.
const TYPES: [&str; 2] = ["ov", "ev"];

/// The validations of a domain that count; nothing if none does. An expired domain keeps its dates and
/// loses this list (observed).
pub(crate) fn active_validations(domain: &Domain, now: OffsetDateTime) -> Option<Value> {
    let approval = domain.valid_approval(now)?;
    let row = |kind: &str| {
        json!({
            "type": kind, "name": kind.to_uppercase(), "description": "Normal Validation",
            "date_created": timestamp(approval.since),
            "validated_until": timestamp(approval.until),
            "status": "active",
        })
    };
    Some(TYPES.iter().map(|kind| row(kind)).collect())
}

/// The validations of a domain, with those under way.
pub(crate) fn validations(domain: &Domain, now: OffsetDateTime) -> Option<Value> {
    let approval = domain.valid_approval(now);
    let is_pending = domain.is_pending();
    let row = |kind: &str| {
        json!({
            "type": kind, "name": kind.to_uppercase(), "description": "Normal Validation",
            "date_created": approval.map(|approval| timestamp(approval.since)),
            "validated_until": approval.map(|approval| timestamp(approval.until)),
            "status": if approval.is_some() { "active" } else { "pending" },
            "dcv_status": if is_pending { "pending" } else { "complete" },
            "org_status": "complete",
        })
    };
    let has_any = approval.is_some() || is_pending;
    has_any.then(|| TYPES.iter().map(|kind| row(kind)).collect())
}

/// The validation of an organization: it never ends here, and is never done where it is pending. That
/// of the service lasts 398 days.
pub(crate) fn organization_validation(
    organization: &Organization,
    kind: &str,
    now: OffsetDateTime,
) -> Value {
    let is_done = organization.is_validated;
    json!({
        "type": kind, "name": kind.to_uppercase(), "description": "Normal Validation",
        "date_created": is_done.then(|| timestamp(now - Duration::days(30))),
        "validated_until": is_done.then(|| timestamp(now + Duration::days(368))),
        "status": if is_done { "complete" } else { "pending" },
    })
}
