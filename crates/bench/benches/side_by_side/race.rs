//! A race: the same orders, by ours and by what people write, against a sandbox that is 80 ms away and
//! keeps the documented windows in a tenth of the time. Sockets are real, and so is the clock.
//!
//! All times are scaled alike: the pause after 429 that most people write, 5 s, is half a second.

mod racers;

use std::time::Duration;

use certcentral_core_testing::{service::best, world::DOCUMENTED};

use self::racers::Racer;
use crate::{
    goals::Goal,
    process::{RACE_LATENCY, Server},
    table,
};

/// More than the long window holds, so that both windows matter.
const ORDERS: u64 = 1300;

pub(crate) fn ask() -> Vec<Goal> {
    // Until the last response, if everything but windows and latency takes no time.
    let best = best(usize::try_from(ORDERS).unwrap(), &DOCUMENTED) / 10 + RACE_LATENCY;
    let results: Vec<_> =
        racers::ALL.into_iter().map(|(name, racer)| (name, race(racer))).collect();
    print(best, &results);
    let [(_, on_hyper), (_, on_ureq), rivals @ ..] = &results[..] else {
        panic!("ours did not race")
    };
    let finished = rivals.iter().filter(|(_, rival)| rival.failed == 0);
    let quickest = finished.map(|(_, rival)| rival.wall).min().unwrap();
    let refused = on_hyper.refused + on_ureq.refused + on_hyper.failed + on_ureq.failed;
    let mut goals = Vec::new();
    for (name, ours) in [("hyper", on_hyper), ("ureq", on_ureq)] {
        let to = |other: Duration| ours.wall.as_secs_f64() / other.as_secs_f64();
        goals.push(Goal::at_most(format!("on {name}: time to the best schedule"), 1.03, to(best)));
        goals.push(Goal::at_most(format!("on {name}: time to the first rival"), 1.0, to(quickest)));
    }
    goals.push(Goal::at_most("ours: 429s seen, and calls failed", 0.0, refused as f64));
    goals
}

fn print(best: Duration, results: &[(&str, Race)]) {
    let row = |(name, race): &(&str, Race)| {
        vec![
            (*name).to_owned(),
            format!("{:.2} s", race.wall.as_secs_f64()),
            format!("{:.3}", race.wall.as_secs_f64() / best.as_secs_f64()),
            race.requests.to_string(),
            race.refused.to_string(),
            race.failed.to_string(),
        ]
    };
    let title = format!(
        "{ORDERS} orders, 100 in 0.5 s and 1000 in 18 s, responses 80 ms late; best schedule {:.2} s",
        best.as_secs_f64()
    );
    let headings = ["", "time", "to the best", "requests", "429s", "calls failed"];
    table::print(&title, &headings, &results.iter().map(row).collect::<Vec<_>>());
}

struct Race {
    wall: Duration,
    failed: usize,
    /// As the sandbox counted them.
    requests: usize,
    refused: usize,
}

fn race(racer: Racer) -> Race {
    let mut server = Server::race(ORDERS);
    let (wall, failed) = racer(&server.address);
    let (requests, refused) = server.requests();
    Race { wall, failed, requests, refused }
}
