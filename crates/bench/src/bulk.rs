//! A bulk run in virtual time: many calls, one clock, no socket.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{Api, Call, ListReissues, OrderId, Step};
use http::Response;

/// 100 requests in any 5 seconds and 1000 in any 3 minutes (documented).
pub const DOCUMENTED: [(usize, Duration); 2] =
    [(100, Duration::from_secs(5)), (1000, Duration::from_secs(180))];

/// How long each exchange takes.
const EXCHANGE: Duration = Duration::from_millis(80);

/// What became of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// When each request was sent, since the start, in order.
    pub sends: Vec<Duration>,
    /// How often a call was polled for each of these requests.
    pub polls: Vec<u32>,
    /// Calls that ended well.
    pub done: usize,
}

/// One call for each of `orders`, all begun at once.
///
/// Each call is polled at the instants it is told, and as much later as `lateness` says; `answer`
/// is given how many requests have been sent, and says what the service responses to the last.
pub fn run(
    api: &Api,
    orders: u64,
    mut lateness: impl FnMut() -> Duration,
    mut answer: impl FnMut(usize) -> Response<Bytes>,
) -> Run {
    let start = Instant::now(); // only to count from
    let mut jobs: Vec<_> = (0..orders).map(|order| Job::new(api, order)).collect();
    let mut due: BinaryHeap<_> = (0..jobs.len()).map(|i| Reverse((start, i))).collect();
    let mut run = Run::default();
    while let Some(Reverse((now, i))) = due.pop() {
        let Some(job) = jobs.get_mut(i) else { continue };
        if let Some(response) = job.response.take() {
            job.call.handle(now, Ok(response));
        }
        job.polls += 1;
        match job.call.poll(now) {
            Step::Send(_) => {
                run.sends.push(now - start);
                run.polls.push(mem::take(&mut job.polls));
                job.response = Some(answer(run.sends.len()));
                due.push(Reverse((now + EXCHANGE, i)));
            }
            Step::Wait(at) => due.push(Reverse((at + lateness(), i))),
            Step::Done(result) => run.done += usize::from(result.is_ok()),
        }
    }
    run
}

struct Job {
    call: Call<ListReissues>,
    /// Since the last request was sent.
    polls: u32,
    /// What is on its way.
    response: Option<Response<Bytes>>,
}

impl Job {
    fn new(api: &Api, order: u64) -> Self {
        let call = api.call(ListReissues::new(OrderId(order)));
        Self { call, polls: 0, response: None }
    }
}

impl Run {
    /// When the last request was sent, since the start.
    pub fn last_send(&self) -> Duration {
        self.sends.last().copied().unwrap_or_default()
    }

    /// Whether no span of any of the `windows` holds more requests than it may.
    pub fn keeps(&self, windows: &[(usize, Duration)]) -> bool {
        windows.iter().all(|&(count, span)| {
            let next = self.sends.iter().skip(count);
            self.sends.iter().zip(next).all(|(&first, &next)| first + span <= next)
        })
    }

    /// Of the polls that it took to send one request.
    pub fn mean_polls(&self) -> f64 {
        let count = u32::try_from(self.polls.len()).unwrap_or(u32::MAX);
        f64::from(self.polls.iter().sum::<u32>()) / f64::from(count)
    }

    /// Of the polls that it took to send one request.
    pub fn most_polls(&self) -> u32 {
        self.polls.iter().copied().max().unwrap_or_default()
    }
}

/// When the last of `orders` requests can be sent at the earliest if the `windows` are kept.
pub fn best(orders: u64, windows: &[(usize, Duration)]) -> Duration {
    let mut sends: Vec<Duration> = Vec::new();
    for i in 0..usize::try_from(orders).unwrap_or(usize::MAX) {
        let leaves =
            |&(count, span): &(usize, Duration)| Some(*sends.get(i.checked_sub(count)?)? + span);
        sends.push(windows.iter().filter_map(leaves).max().unwrap_or_default());
    }
    sends.last().copied().unwrap_or_default()
}

/// A good response without rows.
pub fn none_yet() -> Response<Bytes> {
    Response::new(Bytes::from_static(br#"{"certificates": []}"#))
}

/// Deterministic lateness of any length below `most`.
pub fn late_by_up_to(most: Duration) -> impl FnMut() -> Duration {
    let mut state = 1_u64;
    move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let share = f64::from(u32::try_from(state >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        most.mul_f64(share)
    }
}
