//! Orders that are refused.

use serde_json::json;

use super::{DV, OV, in_days, place, placed, without_approval};
use crate::caller::{certificate, code, csr, get, post, put};

#[test]
fn a_missing_or_wrong_field_is_named() {
    let sandbox = without_approval();
    for (product, fields, expected) in [
        (OV, json!({"order_validity": null}), "required_param:order_validity"),
        (OV, json!({"organization": null}), "required_param:organization"),
        (OV, json!({"certificate": null}), "required_param:certificate"),
        (
            OV,
            json!({"certificate": {"common_name": "a.example"}}),
            "required_param:certificate.csr",
        ),
        (
            OV,
            json!({"certificate": {"csr": csr(&["a.example"])}}),
            "required_param:certificate.common_name",
        ),
        (OV, json!({"organization": {"id": 99}}), "invalid_param:organization.id"),
        (OV, json!({"dcv_method": "pigeon"}), "invalid_param:dcv_method"),
        (DV, json!({"dcv_method": "http-token-dynamic"}), "invalid_dcv_method"),
        ("ssl", json!({"product": {"type_hint": "any"}}), "ambiguous_product"),
    ] {
        assert_eq!(code(&place(&sandbox, product, "a.example", fields)), (400, expected));
    }
    let refused = place(&sandbox, "ssl_basics", "a.example", json!({}));
    assert_eq!(code(&refused), (404, "not_found|product"));
    let refused = place(
        &sandbox,
        OV,
        "a.example",
        json!({"certificate": {
            "common_name": "a.example", "csr": "MIIB", "signature_hash": "sha256",
        }}),
    );
    assert_eq!(code(&refused), (400, "csr_invalid_cannot_parse"));
    let refused = place(
        &sandbox,
        DV,
        "a.example",
        json!({"certificate": {
            "common_name": "a.example", "csr": csr(&["a.example"]), "signature_hash": "sha384",
        }}),
    );
    assert_eq!(code(&refused), (400, "invalid_param:certificate.signature_hash"));
    assert_eq!(get(&sandbox, "/order/certificate").1["page"]["total"], 1, "none was placed");
}

#[test]
fn too_long_an_order_is_named_after_its_unit() {
    let sandbox = without_approval();
    let late = in_days(3 * 366);
    for (fields, unit) in [
        (json!({"order_validity": {"years": 4}}), "validity_years"),
        (json!({"order_validity": {"years": 0, "days": 1099}}), "validity_days"),
        (json!({"order_validity": {"custom_expiration_date": late}}), "custom_expiration_date"),
        // The older spelling.
        (json!({"order_validity": null, "validity_years": "4"}), "validity_years"),
        (
            json!({"order_validity": {"custom_expiration_date": in_days(-1)}}),
            "custom_expiration_date",
        ),
    ] {
        let refused = place(&sandbox, OV, "a.example", fields);
        assert_eq!(code(&refused), (400, &*format!("invalid_value:{unit}")));
    }
    placed(&sandbox, OV, "a.example", json!({"order_validity": null, "validity_days": 30}));
    let refused = place(
        &sandbox,
        OV,
        "a.example",
        json!({
            "order_validity": {"days": 30},
            "certificate": {
                "common_name": "a.example", "csr": csr(&["a.example"]), "cert_validity": {"days": 31},
            },
        }),
    );
    assert_eq!(code(&refused), (400, "cert_validity_exceeds_order_validity"));
}

#[test]
fn an_order_without_a_certificate_cannot_be_changed() {
    let sandbox = without_approval();
    let order = placed(&sandbox, DV, "a.example", json!({}));
    let path = |end: &str| format!("/order/certificate/{}/{end}", order["id"]);
    let body = certificate(&csr(&["a.example"]), true);
    for call in ["reissue", "duplicate"] {
        assert_eq!(code(&post(&sandbox, &path(call), &body)), (400, "order_not_issued"), "{call}");
    }
    let revoked = put(&sandbox, &path("revoke"), &json!({"skip_approval": true}));
    assert_eq!(code(&revoked), (400, "certificate_not_issued"));
    let download = format!("/certificate/{}/download/format/pem_all", order["certificate_id"]);
    assert_eq!(code(&get(&sandbox, &download)), (400, "certificate_not_issued"));
    assert_eq!(get(&sandbox, &path("reissue")), (200, json!({})));
}
