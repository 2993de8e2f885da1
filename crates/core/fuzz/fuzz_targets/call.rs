//! Any sequence of moves on the calls of one `Api`. `certcentral_core_testing::world` says what must hold.

#![no_main]

use certcentral_core::FailureKind;
use certcentral_core_testing::world::{self, Move, Outcome, Policy, SKEW};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

fuzz_target!(|script: Script| {
    world::run(script.policy(), script.moves.into_iter().map(Move::from));
});

#[derive(Arbitrary, Debug)]
struct Script {
    limit: u8,
    reserve: u8,
    no_margin: bool,
    attempts: u8,
    attempt_seconds: u8,
    call_seconds: Option<u8>,
    seed: u64,
    moves: Vec<AnyMove>,
}

/// Windows, each a count and milliseconds.
const LIMITS: [&[(u32, u64)]; 7] = [
    &[],
    &[(1, 100)],
    &[(2, 250)],
    &[(5, 1000), (2, 60)],
    &[(3, 500), (7, 4000)],
    &[(3, 250), (5, 1000), (7, 10_000)],
    &[(100, 5000), (1000, 180_000)],
];

impl Script {
    fn policy(&self) -> Policy {
        Policy {
            windows: LIMITS[usize::from(self.limit) % LIMITS.len()].to_vec(),
            reserve: self.reserve % 100,
            margin: if self.no_margin { 0 } else { 50 },
            attempts: 1 + u32::from(self.attempts % 4),
            attempt_timeout: 1000 * (1 + u64::from(self.attempt_seconds)),
            call_timeout: self.call_seconds.map(|seconds| 1000 * (1 + u64::from(seconds))),
            seed: self.seed,
        }
    }
}

#[derive(Arbitrary, Debug)]
enum AnyMove {
    Make { deadline: Option<u16>, background: bool, repeatable: bool },
    Pass { time: u16 },
    PassLong { time: u32 },
    PollNext { late: u8 },
    PollNextVeryLate { late: u16 },
    Poll { call: u8, behind: u8 },
    End { call: u8, outcome: AnyOutcome },
    Interrupt { call: u8, outcome: AnyOutcome },
    Defer { call: u8 },
    Drop { call: u8 },
}

impl From<AnyMove> for Move {
    fn from(any: AnyMove) -> Self {
        match any {
            AnyMove::Make { deadline, background, repeatable } => {
                Self::Make { deadline: deadline.map(u64::from), background, repeatable }
            }
            AnyMove::Pass { time } => Self::Pass { time: time.into() },
            AnyMove::PassLong { time } => Self::Pass { time: u64::from(time) % 400_000 },
            AnyMove::PollNext { late } => Self::PollNext { late: late.into() },
            AnyMove::PollNextVeryLate { late } => Self::PollNext { late: late.into() },
            AnyMove::Poll { call, behind } => {
                Self::Poll { call: call.into(), behind: u64::from(behind) % SKEW }
            }
            AnyMove::End { call, outcome } => {
                Self::End { call: call.into(), outcome: outcome.into() }
            }
            AnyMove::Interrupt { call, outcome } => {
                Self::Interrupt { call: call.into(), outcome: outcome.into() }
            }
            AnyMove::Defer { call } => Self::Defer { call: call.into() },
            AnyMove::Drop { call } => Self::Drop { call: call.into() },
        }
    }
}

#[derive(Arbitrary, Debug)]
enum AnyOutcome {
    Closed,
    Connect,
    Good,
    Other { status: u16, retry_after: Option<u16> },
    Protocol,
    Timeout,
    TooMany { retry_after: Option<u8> },
    Unavailable { retry_after: Option<u64> },
}

impl From<AnyOutcome> for Outcome {
    fn from(any: AnyOutcome) -> Self {
        match any {
            AnyOutcome::Closed => Self::Failure(FailureKind::Closed),
            AnyOutcome::Connect => Self::Failure(FailureKind::Connect),
            AnyOutcome::Good => Self::Status(200, None),
            AnyOutcome::Other { status, retry_after } => {
                Self::Status(200 + status % 400, retry_after.map(u64::from))
            }
            AnyOutcome::Protocol => Self::Failure(FailureKind::Protocol),
            AnyOutcome::Timeout => Self::Failure(FailureKind::Timeout),
            AnyOutcome::TooMany { retry_after } => Self::Status(429, retry_after.map(u64::from)),
            AnyOutcome::Unavailable { retry_after } => Self::Status(503, retry_after),
        }
    }
}
