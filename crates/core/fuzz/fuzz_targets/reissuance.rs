//! A reissuance meets any service and network. `certcentral_core_testing::reissue` says what must hold.

#![no_main]

use certcentral_core_testing::reissue::{Account, Move, run};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

const CSR: &str = include_str!("../../../../fixtures/csr/plain.csr");
const CHAINS: [&str; 2] = [
    include_str!("../../../../fixtures/download_certificate/pem-noroot-for-plain.pem"),
    include_str!("../../../../fixtures/download_certificate/pem-noroot.pem"),
];

fuzz_target!(|script: Script| {
    let moves: Vec<_> = script.moves.iter().take(40).map(Move::from).collect();
    run(&script.account(), CSR, CHAINS, &moves);
});

#[derive(Arbitrary, Debug)]
struct Script {
    lag: u8,
    issuance: u8,
    wrong_downloads: u8,
    flags: [bool; 9],
    moves: Vec<AnyMove>,
}

impl Script {
    fn account(&self) -> Account {
        let [needs_approval, key_may_approve, rejects, needs_validation, ..] = self.flags;
        let [.., is_new_order, tells_id, lists_csr, tells_value, is_carried] = self.flags;
        Account {
            is_new_order,
            lag: self.lag.into(),
            needs_approval,
            key_may_approve,
            rejects,
            needs_validation,
            issuance: u32::from(self.issuance) * 3,
            wrong_downloads: u32::from(self.wrong_downloads % 3),
            tells_id,
            lists_csr,
            tells_value,
            is_carried,
        }
        .possible()
    }
}

#[derive(Arbitrary, Debug)]
enum AnyMove {
    Answered,
    Lost,
    AnswerLost,
    Late { seconds: u8 },
    Unavailable,
    Killed { seconds: u8 },
    SetAside { seconds: u8 },
}

impl From<&AnyMove> for Move {
    fn from(any: &AnyMove) -> Self {
        match any {
            AnyMove::Answered => Self::Answered,
            AnyMove::Lost => Self::Lost,
            AnyMove::AnswerLost => Self::AnswerLost,
            AnyMove::Late { seconds } => Self::Late(*seconds),
            AnyMove::Unavailable => Self::Unavailable,
            AnyMove::Killed { seconds } => Self::Killed(*seconds),
            AnyMove::SetAside { seconds } => Self::SetAside(*seconds),
        }
    }
}
