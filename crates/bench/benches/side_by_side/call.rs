//! A call over loopback to the sandbox in another process: one at a time, then many at once. All have
//! the same headers, timeouts and body limit, and read into a typed model.

use std::{sync::Arc, thread, time::Duration};

use tokio::{runtime, task::JoinSet};

use crate::{
    clients::{
        BARE_HYPER, BARE_UREQ, OURS_ON_HYPER, OURS_ON_UREQ, OURS_OVER_REQWEST, REQWEST, caller,
        lister,
    },
    goals::Goal,
    measure::{Contestant, Sample, side_by_side},
    process::{Address, HUNDRED, SEED, Server},
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
        let on_hyper = [OURS_ON_HYPER, BARE_HYPER, REQWEST, OURS_OVER_REQWEST].map(call);
        let samples = side_by_side(EACH, on_hyper.into());
        table::samples(&format!("a warm call, async, {what}"), &samples);
        goals.extend(goals_of("hyper", what, &samples));
        let on_ureq = [OURS_ON_UREQ, BARE_UREQ, REQWEST].map(call);
        let samples = side_by_side(EACH, on_ureq.into());
        table::samples(&format!("a warm call, blocking, {what}"), &samples);
        goals.extend(goals_of("ureq", what, &samples));
    }
    let together = [OURS_ON_HYPER, BARE_HYPER, REQWEST].map(|name| by_tasks(name, at));
    let samples = side_by_side(EACH, together.into());
    table::times(&format!("{CALLS} calls by {TASKS} tasks on two threads, 3 rows"), &samples);
    let time = samples[0].mostly_as_long_as(&samples[2]);
    let text = format!("{TASKS} at once on hyper: time to reqwest's");
    goals.push(Goal::at_most(text, 1.0, time).because(WAKING));
    let together = [OURS_ON_UREQ, BARE_UREQ].map(|name| by_threads(name, at));
    let samples = side_by_side(EACH, together.into());
    table::times(&format!("{CALLS} calls by {THREADS} threads, 3 rows"), &samples);
    let time = samples[0].mostly_as_long_as(&samples[1]);
    goals.push(Goal::at_most(
        format!("{THREADS} threads on ureq: time to bare ureq's"),
        1.02,
        time,
    ));
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
    let [ours, bare, reqwest, ..] = samples else { panic!("not all clients were measured") };
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

const CALLS: usize = 256;
const TASKS: usize = 64;
const THREADS: usize = 8;

fn by_tasks(name: &'static str, at: &Address) -> Contestant<'static> {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let (runtime, list) = (runtime.unwrap(), lister(name, at));
    Contestant::new(name, move || {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..TASKS {
                let list = Arc::clone(&list);
                tasks.spawn(async move {
                    for _ in 0..CALLS / TASKS {
                        list(SEED).await;
                    }
                });
            }
            tasks.join_all().await;
        });
    })
}

fn by_threads(name: &'static str, at: &Address) -> Contestant<'static> {
    let call = caller(name, at);
    Contestant::new(name, move || {
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..CALLS / THREADS {
                        call(SEED);
                    }
                });
            }
        });
    })
}
