//! A reissue from its request to its certificate, and the old one's revocation, in a living order.

use std::{sync::Arc, time::Duration};

use crate::both::Client;
use certcentral_core::{
    CertificateId, ListReissues, OrderId, ReissueStatus,
    certificate::{
        CertificateChain, DownloadCertificate, Revocation, RevocationReason, RevokeCertificate,
    },
    order::{
        CertificateRole, ListDuplicates, ListOrders, Order, OrderInfo, OrderStatus,
        ReissueCertificate, StatusChanges, UpdateOrderStatus,
    },
    request::{RequestInfo, RequestStatus, UpdateRequestStatus},
    user::UserInfo,
};
use certcentral_sandbox::{LivingOrder, Sandbox};
use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier as _},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::sandboxes::each;

const ORDER: OrderId = OrderId(700_101);
const NAMES: [&str; 2] = ["shop.example.com", "www.shop.example.com"];

#[test]
fn a_reissue_is_followed_from_its_request_to_its_certificate() {
    each(living_order, |sandbox, client| {
        let send_info = || client.send(OrderInfo::new(ORDER)).unwrap();
        assert!(client.send(UserInfo::me()).unwrap().account_id.is_some());
        let listed: Vec<_> =
            client.send(ListOrders::new()).unwrap().into_iter().map(|order| order.id).collect();
        assert_eq!(listed, [ORDER]);
        let old = primary(&send_info());

        let (key, csr) = key_and_csr();
        let reissue = ReissueCertificate::new(ORDER, csr.as_str());
        let requested = client.send(reissue.common_name(NAMES[0]).dns_names(NAMES)).unwrap();
        assert_eq!((requested.id, requested.certificate_id), (ORDER, None));
        let request = requested.requests[0].id;
        assert_eq!(status(&client, &csr), Some(ReissueStatus::Pending));
        assert_eq!(send_info().status, OrderStatus::ReissuePending);

        let pending = client.send(RequestInfo::new(request)).unwrap();
        assert_eq!(pending.status, RequestStatus::Pending);
        client.send(UpdateRequestStatus::approve(request).comment("fine")).unwrap();
        assert_eq!(status(&client, &csr), Some(ReissueStatus::Issued));

        let reissues = client.send(ListReissues::new(ORDER)).unwrap();
        let new = reissues.for_csr(&csr).unwrap();
        let chain = client.send(DownloadCertificate::new(new.id)).unwrap();
        assert_verifies(&chain, sandbox);
        assert_eq!(public_key(&chain), key.subject_public_key_info());

        let recent = client.send(StatusChanges::within(Duration::from_secs(3600))).unwrap();
        let changed: Vec<_> =
            recent.iter().map(|order| (order.order_id, order.certificate_id)).collect();
        assert_eq!(changed, [(ORDER, Some(new.id))]);

        let revoke =
            RevokeCertificate::new(old).reason(RevocationReason::Superseded).skip_approval(true);
        assert_eq!(client.send(revoke.clone()).unwrap(), Revocation::Done);
        assert!(client.send(revoke).unwrap_err().has_code("certificate_already_revoked"));

        let duplicates = client.send(ListDuplicates::new(ORDER)).unwrap();
        let order = send_info();
        let certificates = order.certificates(&reissues, &duplicates);
        let roles: Vec<_> = certificates.iter().map(|one| (one.role, one.id)).collect();
        assert_eq!(roles, [(CertificateRole::Primary, Some(new.id))]);
        assert_eq!(primary(&order), new.id);
    });
}

#[test]
fn a_reissue_can_be_cancelled_or_rejected_and_requested_again() {
    each(living_order, |_, client| {
        let old = primary(&client.send(OrderInfo::new(ORDER)).unwrap());
        for is_cancelled in [true, false] {
            let (_, csr) = key_and_csr();
            let reissued = client.send(ReissueCertificate::new(ORDER, csr.as_str())).unwrap();
            if is_cancelled {
                client.send(UpdateOrderStatus::cancel(ORDER, "wrong key")).unwrap();
            } else {
                client.send(UpdateRequestStatus::reject(reissued.requests[0].id)).unwrap();
            }
            assert_eq!(status(&client, &csr), Some(ReissueStatus::Rejected));
            let order = client.send(OrderInfo::new(ORDER)).unwrap();
            assert_eq!((&order.status, primary(&order)), (&OrderStatus::Issued, old));
        }
        let (_, csr) = key_and_csr();
        let reissue = ReissueCertificate::new(ORDER, csr.as_str()).skip_approval(true);
        let reissued = client.send(reissue).unwrap();
        let chain = client.send(DownloadCertificate::new(reissued.certificate_id.unwrap()));
        assert!(chain.unwrap().leaf().starts_with("-----BEGIN CERTIFICATE-----"));
        assert_eq!(status(&client, &csr), Some(ReissueStatus::Issued));
    });
}

#[test]
fn a_lost_response_to_a_reissue_is_found_by_its_csr() {
    each(living_order, |sandbox, client| {
        let (_, csr) = key_and_csr();
        sandbox.drop_next();
        let error = client.send(ReissueCertificate::new(ORDER, csr.as_str())).unwrap_err();
        assert!(error.may_have_taken_effect() && !error.is_transient(), "{error}");
        assert_eq!(error.attempts(), 1);
        assert_eq!(status(&client, &csr), Some(ReissueStatus::Pending));
    });
}

fn living_order() -> Sandbox {
    Sandbox::builder().order(LivingOrder::new(ORDER.0, NAMES)).start().unwrap()
}

fn key_and_csr() -> (KeyPair, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(NAMES.map(String::from)).unwrap();
    let csr = params.serialize_request(&key).unwrap().pem().unwrap();
    (key, csr)
}

fn primary(order: &Order) -> CertificateId {
    order.certificate.as_ref().unwrap().id.unwrap()
}

/// The status of the reissue that was requested with `csr`.
fn status(client: &Client, csr: &str) -> Option<ReissueStatus> {
    let reissues = client.send(ListReissues::new(ORDER)).unwrap();
    reissues.for_csr(csr).map(|reissue| reissue.status.clone())
}

/// Verifies the chain as a TLS client does that trusts the sandbox's root.
fn assert_verifies(chain: &CertificateChain, sandbox: &Sandbox) {
    let mut roots = RootCertStore::empty();
    roots.add(der(sandbox.root_pem())).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
    let intermediates: Vec<_> = chain.intermediates().map(der).collect();
    let leaf = der(chain.leaf());
    for name in NAMES {
        let name = ServerName::try_from(name).unwrap();
        let is_valid = verifier.clone().build().unwrap().verify_server_cert(
            &leaf,
            &intermediates,
            &name,
            &[],
            UnixTime::now(),
        );
        is_valid.unwrap();
    }
}

/// The public key of the leaf, DER.
fn public_key(chain: &CertificateChain) -> Vec<u8> {
    let leaf = der(chain.leaf());
    X509Certificate::from_der(&leaf).unwrap().1.public_key().raw.to_vec()
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}
