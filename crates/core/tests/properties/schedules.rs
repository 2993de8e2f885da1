//! Calls of one `Api`, in any schedule.

use certcentral_core::FailureKind;
use certcentral_core_testing::world::{self, Move, Outcome, Policy, SKEW};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::cases;

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn no_schedule_breaks_a_promise_and_every_call_ends(
        policy in policy(),
        moves in vec(next_move(), 0..120),
    ) {
        world::run(policy, moves);
    }
}

fn policy() -> impl Strategy<Value = Policy> {
    let reserve = select(vec![0, 10, 50, 99]);
    let margin = select(vec![0, 50, 500]);
    let attempt_timeout = select(vec![200, 3000, 30_000]);
    let call_timeout = prop_oneof![4 => Just(None), 1 => (1..20_000_u64).prop_map(Some)];
    let chosen =
        (windows(), reserve, margin, 1..4_u32, attempt_timeout, call_timeout, any::<u64>());
    chosen.prop_map(|(windows, reserve, margin, attempts, attempt_timeout, call_timeout, seed)| {
        Policy { windows, reserve, margin, attempts, attempt_timeout, call_timeout, seed }
    })
}

fn windows() -> impl Strategy<Value = Vec<(u32, u64)>> {
    select(vec![
        vec![],
        vec![(1, 100)],
        vec![(1, 1000)],
        vec![(2, 250)],
        vec![(5, 1000)],
        vec![(2, 200), (5, 1500)],
        vec![(5, 1500), (2, 200)],
        vec![(3, 500), (3, 100)],
        vec![(4, 1000), (10, 30_000)],
    ])
}

fn next_move() -> impl Strategy<Value = Move> {
    let deadline = prop_oneof![3 => Just(None), 1 => (0..10_000_u64).prop_map(Some)];
    let time = prop_oneof![0..5_u64, 0..2000_u64, 0..200_000_u64];
    let late = prop_oneof![4 => Just(0), 2 => 0..20_u64, 1 => 0..5000_u64];
    let behind = prop_oneof![2 => Just(0), 1 => 0..SKEW];
    let call = any::<usize>;
    prop_oneof![
        8 => (deadline, any::<bool>(), prop::bool::weighted(0.8)).prop_map(
            |(deadline, background, repeatable)| Move::Make { deadline, background, repeatable }
        ),
        2 => time.prop_map(|time| Move::Pass { time }),
        16 => late.prop_map(|late| Move::PollNext { late }),
        3 => (call(), behind).prop_map(|(call, behind)| Move::Poll { call, behind }),
        8 => (call(), outcome()).prop_map(|(call, outcome)| Move::End { call, outcome }),
        1 => (call(), outcome()).prop_map(|(call, outcome)| Move::Interrupt { call, outcome }),
        1 => call().prop_map(|call| Move::Defer { call }),
        2 => call().prop_map(|call| Move::Drop { call }),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let wait = || option::of(select(vec![0, 1, 3, 30, 179, 181, 3600, u64::MAX]));
    let kinds =
        vec![FailureKind::Closed, FailureKind::Connect, FailureKind::Timeout, FailureKind::Tls];
    prop_oneof![
        4 => Just(Outcome::Status(200, None)),
        1 => select(vec![204, 302, 404]).prop_map(|status| Outcome::Status(status, None)),
        2 => wait().prop_map(|wait| Outcome::Status(503, wait)),
        4 => wait().prop_map(|wait| Outcome::Status(429, wait)),
        2 => select(kinds).prop_map(Outcome::Failure),
    ]
}
