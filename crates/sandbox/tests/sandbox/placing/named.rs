//! What an order names: organizations, products and containers, with the types of the client.

use certcentral_core::certificate::{DownloadCertificateAs, FileFormat, GetCertificateChain};
use certcentral_core::container::ListContainers;
use certcentral_core::organization::{ListOrganizations, OrganizationInfo, OrganizationStatus};
use certcentral_core::product::{ListProducts, ProductInfo};
use certcentral_core::request::{ListRequests, RequestStatus, RequestType};
use certcentral_core::{CertificateId, ContainerId, OrderId, OrganizationId, Paged};
use serde_json::json;

use super::{OV, builder, placed};
use crate::caller::{code, get, primary, send};

#[test]
fn the_organization_of_an_order_is_in_the_list() {
    let sandbox = builder().start().unwrap();
    let list = ListOrganizations::new().filter("search", "%Example").sort("-id").limit(1);
    let page = send(&sandbox, &list).unwrap();
    let pending = &page.organizations[0];
    assert_eq!(
        (pending.id, &pending.status),
        (OrganizationId(32), &Some(OrganizationStatus::Active))
    );
    assert!(!pending.validations.is_empty() && !pending.is_validated_for("ov"));
    let next = send(&sandbox, &list.next_page(&page).unwrap()).unwrap();
    assert_eq!(next.organizations[0].id, OrganizationId(31));
    assert!(next.organizations[0].validations.is_empty(), "they were not asked for");
    let info = send(&sandbox, &OrganizationInfo::new(OrganizationId(31))).unwrap();
    assert!(info.is_validated_for("OV"));
    assert_eq!(code(&get(&sandbox, "/organization/99")), (404, "not_found|organization"));

    let search = ListOrganizations::new().filter("search", "31").include_validation(true);
    let found = send(&sandbox, &search).unwrap();
    assert!(found.len() == 1 && found.organizations[0].is_validated_for("ev"));
    let elsewhere = ListOrganizations::new().container_id(ContainerId(8));
    assert!(send(&sandbox, &elsewhere).unwrap().is_empty());
}

#[test]
fn whatever_is_listed_can_be_ordered() {
    let sandbox = builder().start().unwrap();
    let products = send(&sandbox, &ListProducts::new()).unwrap();
    for product in &products {
        let order = placed(&sandbox, &product.name_id, "www.a.example", json!({}));
        let order = get(&sandbox, &format!("/order/certificate/{}", order["id"])).1;
        let shown = product.replacement_product_name_id.as_ref().unwrap_or(&product.name_id);
        assert_eq!(order["product"]["name_id"], **shown);
    }
    let retired = send(&sandbox, &ProductInfo::new("ssl_plus")).unwrap();
    assert_eq!(retired.replacement_product_name_id.as_deref(), Some(OV));
    let product = send(&sandbox, &ProductInfo::new(OV)).unwrap();
    assert_eq!(product.validation_type.as_deref(), Some("OV"), "upper case, unlike in orders");
    assert_eq!(
        (product.duplicates_allowed, &*product.allowed_validity_years),
        (Some(true), &[1][..])
    );
    assert_eq!(code(&get(&sandbox, "/product/ssl_basics")), (404, "not_found|product"));
}

#[test]
fn the_account_has_one_container() {
    let sandbox = builder().start().unwrap();
    let containers = send(&sandbox, &ListContainers::new()).unwrap();
    assert_eq!((containers.len(), containers.page.clone()), (1, None));
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(order["container"]["id"], containers.containers[0].id.0);
}

#[test]
fn requests_are_found_by_what_they_are_for() {
    let sandbox = builder().start().unwrap();
    let order = placed(&sandbox, OV, "www.a.example", json!({}));
    let waiting = ListRequests::new().status(RequestStatus::Pending).kind(RequestType::NewRequest);
    let page = send(&sandbox, &waiting).unwrap();
    let [request] = &page.requests[..] else { panic!("{page:?}") };
    let of = request.order.as_ref().unwrap();
    assert_eq!(of.id, OrderId(order["id"].as_u64().unwrap()));
    let certificate = of.certificate.as_ref().unwrap();
    assert_eq!(certificate.common_name.as_deref(), Some("www.a.example"));
    assert!(request.requester.is_some() && request.processor.is_none());
}

#[test]
fn a_certificate_comes_in_every_format() {
    let sandbox = builder().start().unwrap();
    let id = CertificateId(primary(&sandbox)["id"].as_u64().unwrap());
    let chain = send(&sandbox, &GetCertificateChain::new(id)).unwrap();
    assert_eq!(chain.intermediates().count(), 1);
    let formats =
        [FileFormat::Pkcs7, FileFormat::Apache, FileFormat::ZippedCrt, FileFormat::ZippedCer];
    for format in formats {
        send(&sandbox, &DownloadCertificateAs::new(id, format)).unwrap();
    }
}
