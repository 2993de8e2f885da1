//! Ours and its rivals, in turns within one run, so that a busy machine is busy for all of them.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// One way of doing what all contestants of a table do.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut() + 'a>,
}

/// What one run of a contestant takes.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    /// The quickest batch, per run: what it takes when nothing is in the way.
    pub(crate) best: Duration,
    pub(crate) median: Duration,
    /// Every batch, per run, in the order of the rounds.
    rounds: Vec<Duration>,
    /// On the calling thread, like the bytes; growing in place counts as one more.
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    /// The most bytes held at once, above what was held before.
    pub(crate) peak: u64,
}

impl<'a> Contestant<'a> {
    /// What `run` answers is dropped within the time that is taken.
    pub(crate) fn new<T>(name: &'static str, mut run: impl FnMut() -> T + 'a) -> Self {
        Self { name, run: Box::new(move || drop(black_box(run()))) }
    }
}

impl Sample {
    /// By the best batches of both.
    pub(crate) fn times_as_long_as(&self, other: &Self) -> f64 {
        self.best.as_secs_f64() / other.best.as_secs_f64()
    }

    /// By the batches of the same round, of which the middle one counts. For what waits for another
    /// process: how soon it is woken is chance, and the best of many chances says little.
    pub(crate) fn mostly_as_long_as(&self, other: &Self) -> f64 {
        let ratio = |(own, other): (&Duration, &Duration)| own.as_secs_f64() / other.as_secs_f64();
        let mut ratios: Vec<_> = self.rounds.iter().zip(&other.rounds).map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

/// Measures each contestant, first come first, for about `each` long; samples come in the same
/// order. The first contestant is ours.
pub(crate) fn side_by_side(each: Duration, mut contestants: Vec<Contestant<'_>>) -> Vec<Sample> {
    let batches: Vec<_> = contestants.iter_mut().map(batch).collect();
    let count = contestants.len();
    let mut times = vec![Vec::new(); count];
    let start = Instant::now();
    let mut round = 0;
    while round < LEAST_ROUNDS || start.elapsed() < each * u32::try_from(count).unwrap() {
        for turn in 0..count {
            // Nobody always runs behind the same rival.
            let who = (round + turn) % count;
            times[who].push(timed(&mut contestants[who], batches[who]) / batches[who]);
        }
        round += 1;
    }
    let sample = |(contestant, times)| sample(contestant, times);
    contestants.iter_mut().zip(times).map(sample).collect()
}

const LEAST_ROUNDS: usize = 11;
/// Long beside the clock's own cost, short beside a time slice.
const BATCH: Duration = Duration::from_millis(2);

/// How many runs make a batch. The first few runs also warm up.
fn batch(contestant: &mut Contestant<'_>) -> u32 {
    let mut runs = 1;
    while timed(contestant, runs) < BATCH {
        runs *= 2;
    }
    runs
}

fn timed(contestant: &mut Contestant<'_>, runs: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        (contestant.run)();
    }
    start.elapsed()
}

fn sample(contestant: &mut Contestant<'_>, rounds: Vec<Duration>) -> Sample {
    let mut times = rounds.clone();
    times.sort_unstable();
    let counted = mockalloc::record_allocs(|| (contestant.run)());
    Sample {
        name: contestant.name,
        best: times[0],
        median: times[times.len() / 2],
        rounds,
        allocations: counted.num_allocs(),
        bytes: counted.mem_allocated(),
        peak: counted.peak_mem(),
    }
}
