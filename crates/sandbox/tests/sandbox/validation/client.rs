//! A reissue from its request to its certificate, with the types of the client alone.

use certcentral_core::domain::{
    CheckDomainDcv, Domain, DomainEmails, DomainInfo, DomainStatus, ListDomains, SubmitDomain,
};
use certcentral_core::order::{
    ChangeOrderDcvMethod, CheckOrderDcv, CheckedDcv, OrderRandomValue, OrderStatus,
    OrderValidationStatus, ReissueCertificate, ResendOrderEmails, ValidationStatus,
};
use certcentral_core::reissuance::Challenge;
use certcentral_core::{DcvMethod, DomainId, Error, OrderId, certificate::DownloadCertificate};
use certcentral_sandbox::{LivingOrder, Sandbox};

use super::{DAY, NAMES, dv, start};
use crate::caller::{csr, publish, send};

const ORDER: OrderId = OrderId(7);

#[test]
fn a_dv_reissue_is_carried_to_its_certificate_by_any_method() {
    for method in [DcvMethod::DnsTxt, DcvMethod::DnsCname, DcvMethod::HttpFile] {
        let sandbox = dv();
        let csr = csr(&NAMES);
        let reissue = ReissueCertificate::new(ORDER, &csr).dcv_method(method.clone());
        let reissued = send(&sandbox, &reissue.dns_names(NAMES).skip_approval(true)).unwrap();
        assert!(reissued.certificate_chain.is_empty(), "it waits");

        let open = status(&sandbox);
        assert!(!open.is_validated(), "{method}");
        let value = send(&sandbox, &OrderRandomValue::new(ORDER)).unwrap();
        assert_eq!(Some(&value.dcv_random_value), reissued.dcv_random_value.as_ref());
        let challenges = Challenge::all(&open, &value);
        let covered: Vec<_> = challenges.iter().flat_map(|it| &it.covers).collect();
        assert_eq!(covered, NAMES, "{method}");
        assert!(is_open(&check(&sandbox)), "{method}");

        for challenge in challenges {
            publish(&sandbox, &challenge);
        }
        let checked = check(&sandbox).unwrap();
        assert_eq!(checked.order_status, OrderStatus::Issued, "{method}");
        assert_eq!(checked.certificate_id, reissued.certificate_id);
        assert!(status(&sandbox).is_validated(), "{method}");
        let download = DownloadCertificate::new(checked.certificate_id.unwrap());
        assert!(send(&sandbox, &download).unwrap().is_for(&csr), "{method}");
    }
}

#[test]
fn a_reissue_that_waits_for_an_email_is_given_a_method_for_programs() {
    let sandbox = dv();
    let reissue = ReissueCertificate::new(ORDER, csr(&NAMES)).dcv_method(DcvMethod::Email);
    send(&sandbox, &reissue.skip_approval(true)).unwrap();
    let error = check(&sandbox).unwrap_err();
    assert!(error.has_code("invalid_dns_method"));
    assert!(!CheckOrderDcv::is_not_published_yet(&error), "waiting would not help");
    let emails = send(&sandbox, &DomainEmails::for_name("www.a.example")).unwrap();
    assert!(emails.base_emails.contains(&"admin@a.example".to_owned()));
    send(&sandbox, &ResendOrderEmails::new(ORDER)).unwrap();

    let change = |method| send(&sandbox, &ChangeOrderDcvMethod::new(ORDER, method)).unwrap();
    assert_eq!(change(DcvMethod::Email), None);
    let value = change(DcvMethod::DnsTxt).unwrap();
    publish(&sandbox, &Challenge::all(&status(&sandbox), &value)[0]);
    assert_eq!(check(&sandbox).unwrap().order_status, OrderStatus::Issued);
}

#[test]
fn an_ov_domain_is_validated_before_its_order_is_reissued() {
    let sandbox = start(LivingOrder::new(7, NAMES));
    sandbox.advance(150 * DAY);
    let soon = ListDomains::new().filter("validation", "ov_expiring_within_30_days");
    let [row] = &send(&sandbox, &soon).unwrap().domains[..] else { panic!("one domain") };
    let submit = SubmitDomain::new(row.id, ["ov"]).dcv_method(DcvMethod::DnsCname);
    send(&sandbox, &submit).unwrap();

    let pending = info(&sandbox, row.id);
    assert_eq!(pending.is_pending_validation, Some(true));
    assert_eq!(pending.dcv_expiration_datetime, row.dcv_expiration_datetime, "it still counts");
    let error = send(&sandbox, &CheckDomainDcv::new(row.id)).unwrap_err();
    assert!(CheckOrderDcv::is_not_published_yet(&error));
    publish(&sandbox, &Challenge::of_domain(&pending).unwrap());
    let checked = send(&sandbox, &CheckDomainDcv::new(row.id)).unwrap();
    assert_eq!(checked.status, Some(DomainStatus::Active));
    assert!(info(&sandbox, row.id).dcv_expiration_datetime > row.dcv_expiration_datetime);

    sandbox.advance(100 * DAY);
    let csr = csr(&NAMES);
    let reissue = ReissueCertificate::new(ORDER, &csr).dns_names(NAMES).skip_approval(true);
    let chain = send(&sandbox, &reissue).unwrap().chain().unwrap();
    assert!(chain.is_some_and(|chain| chain.is_for(&csr)), "issued at once");
}

fn status(sandbox: &Sandbox) -> ValidationStatus {
    send(sandbox, &OrderValidationStatus::new(ORDER)).unwrap()
}

fn check(sandbox: &Sandbox) -> Result<CheckedDcv, Error> {
    send(sandbox, &CheckOrderDcv::new(ORDER))
}

/// Whether a check has found nothing, in either of the two ways to say so.
fn is_open(checked: &Result<CheckedDcv, Error>) -> bool {
    match checked {
        Ok(checked) => checked.order_status == OrderStatus::ReissuePending,
        Err(error) => CheckOrderDcv::is_not_published_yet(error),
    }
}

fn info(sandbox: &Sandbox, id: DomainId) -> Domain {
    send(sandbox, &DomainInfo::new(id).include_dcv(true)).unwrap()
}
