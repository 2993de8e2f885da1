//! A reissuance keeps its promises, whatever is lost, late, killed or rejected.

use certcentral_core_testing::reissue::{Account, Counts, End, Move, run};
use proptest::prelude::*;

use crate::cases;

const CSR: &str = include_str!("../../../../fixtures/csr/plain.csr");
const CHAINS: [&str; 2] = [
    include_str!("../../../../fixtures/download_certificate/pem-noroot-for-plain.pem"),
    include_str!("../../../../fixtures/download_certificate/pem-noroot.pem"),
];

fn accounts() -> impl Strategy<Value = Account> {
    let flags = prop::array::uniform9(any::<bool>());
    (0..300u32, 0..900u32, 0..3u32, flags).prop_map(|(lag, issuance, wrong_downloads, flags)| {
        let [needs_approval, key_may_approve, rejects, needs_validation, ..] = flags;
        let [.., is_new_order, tells_id, lists_csr, tells_value, is_carried] = flags;
        Account {
            is_new_order,
            lag,
            needs_approval,
            key_may_approve,
            rejects,
            needs_validation,
            issuance,
            wrong_downloads,
            tells_id,
            lists_csr,
            tells_value,
            is_carried,
        }
        .possible()
    })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => Just(Move::Answered),
        1 => Just(Move::Lost),
        1 => Just(Move::AnswerLost),
        1 => any::<u8>().prop_map(Move::Late),
        1 => Just(Move::Unavailable),
        1 => any::<u8>().prop_map(Move::Killed),
        1 => any::<u8>().prop_map(Move::SetAside),
    ];
    prop::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn one_reissue_no_name_lost_and_always_an_end(account in accounts(), moves in moves()) {
        let (end, counts) = run(&account, CSR, CHAINS, &moves);
        let is_rejected = account.needs_approval && account.rejects;
        match end {
            End::Issued(certificate) => {
                prop_assert!(!is_rejected);
                prop_assert_eq!(counts.reissues, 1);
                prop_assert!(certificate.valid_till.is_some());
            }
            End::Rejected(reason) => {
                prop_assert!(is_rejected);
                prop_assert!(reason.is_none_or(|reason| reason == "no"));
            }
            // Without the CSR, nothing tells whose request it is if the response was lost.
            End::OtherPending => prop_assert!(!account.lists_csr),
        }
    }
}

#[test]
fn it_sends_what_its_state_needs() {
    let count = |account: &Account| run(account, CSR, CHAINS, &[]).1;
    let account = Account { tells_id: true, lists_csr: true, ..Account::default() };
    // Order, list, request, list, download.
    assert_eq!(count(&account), Counts { requests: 5, reissues: 1, checks: 0 });
    let validated = Account { needs_validation: true, tells_value: true, ..account.clone() };
    // Order, list, request, validation, check, list, download.
    assert_eq!(count(&validated), Counts { requests: 7, reissues: 1, checks: 1 });
    let approved = Account { needs_approval: true, key_may_approve: true, ..account };
    // Order, list, request, approval, list, download.
    assert_eq!(count(&approved), Counts { requests: 6, reissues: 1, checks: 0 });
    let carried = Account { is_carried: true, ..approved };
    // Order, list, request, approval, download.
    assert_eq!(count(&carried), Counts { requests: 5, reissues: 1, checks: 0 });
    // Search, order, approval, download.
    let new = Account { is_new_order: true, ..carried };
    assert_eq!(count(&new), Counts { requests: 4, reissues: 1, checks: 0 });
}
