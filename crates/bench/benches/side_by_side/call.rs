//! A warm call over loopback to the sandbox in another process. All have the same headers, timeouts and
//! body limit, and read into a typed model.

use std::time::Duration;

use crate::{
    clients::{BARE_HYPER, BARE_UREQ, OURS_ON_HYPER, OURS_ON_UREQ, REQWEST, caller},
    goals::Goal,
    measure::{Contestant, Sample, side_by_side},
    process::{HUNDRED, SEED, Server},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let server = Server::sandbox();
    let at = &server.address;
    let mut goals = Vec::new();
    for (what, order) in [("3 rows", SEED), ("100 rows", HUNDRED)] {
        let call = |name| {
            let call = caller(name, at);
            Contestant::new(name, move || call(order))
        };
        let on_hyper = [OURS_ON_HYPER, BARE_HYPER, REQWEST].map(call);
        let samples = side_by_side(EACH, on_hyper.into());
        table::samples(&format!("a warm call, async, {what}"), &samples);
        goals.extend(goals_of("hyper", what, &samples));
        let on_ureq = [OURS_ON_UREQ, BARE_UREQ, REQWEST].map(call);
        let samples = side_by_side(EACH, on_ureq.into());
        table::samples(&format!("a warm call, blocking, {what}"), &samples);
        goals.extend(goals_of("ureq", what, &samples));
    }
    goals
}

/// Why a time may be missed.
const WAKING: &str = "all make the same system calls, and how soon they are woken differs between \
                      runs; `-- instructions` does not wait";

/// Why allocations may be more.
const ROOM: &str = "a list that gives back its room counts once more";

/// How long each contestant is measured.
const EACH: Duration = Duration::from_secs(4);

/// Of ours, the bare transport and reqwest, in this order.
fn goals_of(on: &str, what: &str, samples: &[Sample]) -> [Goal; 3] {
    let [ours, bare, reqwest] = samples else { panic!("not all clients were measured") };
    let text = |rival| format!("{what} on {on}: {rival}");
    [
        Goal::at_most(text("time to the bare transport's"), 1.02, ours.mostly_as_long_as(bare))
            .because(WAKING),
        Goal::at_most(text("time to reqwest's"), 1.0, ours.mostly_as_long_as(reqwest))
            .because(WAKING),
        Goal::at_most(
            text("allocations to reqwest's"),
            1.0,
            ours.allocations as f64 / reqwest.allocations as f64,
        )
        .because(ROOM),
    ]
}
