//! An order from its POST to its renewal, with the types of the client alone.

use certcentral_core::certificate::DownloadCertificate;
use certcentral_core::order::{
    CheckOrderDcv, DuplicateCertificate, ListDuplicates, NewOrder, Order, OrderInfo,
    OrderRandomValue, OrderStatus, OrderValidationStatus, OrdersByAlternativeId,
    ReissueCertificate,
};
use certcentral_core::reissuance::Challenge;
use certcentral_core::{Api, ApiKey, CertificateId, DcvMethod, OrderId, OrganizationId};
use certcentral_sandbox::Sandbox;

use super::{DAY, DV, OV, without_approval};
use crate::caller::{csr, publish, send};
use crate::client::connect;

const NAMES: [&str; 2] = ["shop.new.example", "www.shop.new.example"];

#[test]
fn an_order_is_carried_to_its_certificate_and_renewed() {
    let sandbox = without_approval();
    let csr = csr(&NAMES);
    let order = order(&csr).alternative_order_id("fleet-7f3a");
    let placed = send(&sandbox, &order).unwrap();
    assert!(placed.requests.is_empty() && placed.chain().unwrap().is_none());
    let certificate = validate(&sandbox, placed.id);
    assert_eq!(Some(certificate), placed.certificate_id);
    let chain = send(&sandbox, &DownloadCertificate::new(certificate)).unwrap();
    assert!(chain.is_for(&csr));

    let first = info(&sandbox, placed.id);
    assert_eq!(first.names(), NAMES);
    assert!(first.order_valid_till > chain.valid_till(), "there is time for a reissue");
    sandbox.advance(180 * DAY);
    let reissue = ReissueCertificate::new(placed.id, &csr).common_name(NAMES[0]).dns_names(NAMES);
    send(&sandbox, &reissue.dcv_method(DcvMethod::DnsTxt)).unwrap();
    assert_ne!(validate(&sandbox, placed.id), certificate, "a DV order is validated each time");

    sandbox.advance(150 * DAY);
    let renewal = order.renewal_of(placed.id).alternative_order_id("fleet-7f3a-2");
    let renewal = send(&sandbox, &renewal).unwrap();
    validate(&sandbox, renewal.id);
    let (old, new) = (info(&sandbox, placed.id), info(&sandbox, renewal.id));
    assert_eq!((old.is_renewed, old.renewed_order_id), (Some(true), Some(renewal.id)));
    assert_eq!((new.is_renewal, new.renewal_of_order_id), (Some(true), Some(placed.id)));
    assert!(new.order_valid_till > old.order_valid_till);
}

#[test]
fn an_order_whose_response_was_lost_is_found() {
    let sandbox = without_approval();
    let order = order(&csr(&NAMES)).alternative_order_id("fleet 7/3");
    let look = OrdersByAlternativeId::new("fleet 7/3");
    assert!(send(&sandbox, &look).unwrap().is_empty());
    sandbox.drop_next();
    let key = ApiKey::new(sandbox.api_key()).unwrap();
    let request = Api::new(key).build_request(&order).unwrap();
    let (body, length) = (str::from_utf8(request.body()).unwrap(), request.body().len());
    let mut connection = connect(&sandbox);
    connection.write(&format!(
        "POST {} HTTP/1.1\r\nX-DC-DEVKEY: {}\r\nContent-Length: {length}\r\n\r\n{body}",
        request.uri().path(),
        sandbox.api_key(),
    ));
    assert!(connection.is_closed());

    let found = send(&sandbox, &look).unwrap();
    assert_eq!((found.len(), &found.orders[0].status), (1, &OrderStatus::Pending));
    assert_eq!(Some(validate(&sandbox, found.orders[0].order_id)), found.orders[0].certificate_id);
    // It is a label: it keeps nobody from placing a second one.
    send(&sandbox, &order).unwrap();
    assert_eq!(send(&sandbox, &look).unwrap().len(), 2);
}

#[test]
fn an_order_of_validated_names_is_issued_and_duplicated_at_once() {
    let sandbox = without_approval();
    let names = ["shop.a.example"];
    let order = NewOrder::new(OV, csr(&names)).common_name(names[0]).years(1);
    let placed = send(&sandbox, &order.organization(OrganizationId(31))).unwrap();
    assert!(placed.chain().unwrap().is_some());

    let key = csr(&names);
    let duplicate = DuplicateCertificate::new(placed.id, &key).common_name(names[0]);
    let duplicate = send(&sandbox, &duplicate).unwrap();
    assert_eq!(duplicate.id, placed.id);
    assert!(duplicate.chain().unwrap().is_some_and(|chain| chain.is_for(&key)));
    let list = send(&sandbox, &ListDuplicates::new(placed.id)).unwrap();
    assert_eq!(Some(list.certificates[0].id), duplicate.certificate_id);
}

fn order(csr: &str) -> NewOrder {
    let order = NewOrder::new(DV, csr).common_name(NAMES[0]).dns_names([NAMES[1]]).years(1);
    order.dcv_method(DcvMethod::DnsTxt)
}

/// Shows control of what an order waits for, and returns the certificate that is issued then.
fn validate(sandbox: &Sandbox, id: OrderId) -> CertificateId {
    let status = send(sandbox, &OrderValidationStatus::new(id)).unwrap();
    let value = send(sandbox, &OrderRandomValue::new(id)).unwrap();
    for challenge in Challenge::all(&status, &value) {
        publish(sandbox, &challenge);
    }
    let checked = send(sandbox, &CheckOrderDcv::new(id)).unwrap();
    assert_eq!(checked.order_status, OrderStatus::Issued);
    checked.certificate_id.unwrap()
}

fn info(sandbox: &Sandbox, id: OrderId) -> Order {
    send(sandbox, &OrderInfo::new(id)).unwrap()
}
