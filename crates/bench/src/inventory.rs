//! An inventory of an account in virtual time, as `certcentral-inventory` makes it: one page after the
//! other, a number of orders at once, the calls of an order one after the other and in the background.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, Call, Endpoint, ListReissues, OrderId, Step,
    order::{ListDuplicates, ListOrders, OrderInfo},
};
use http::Response;

use crate::{account, bulk::Run};

/// What is left of the documented windows to background calls: the default reserve is a tenth.
pub const BACKGROUND: [(usize, Duration); 2] =
    [(90, Duration::from_secs(5)), (900, Duration::from_secs(180))];

/// How long each exchange takes.
const EXCHANGE: Duration = Duration::from_millis(80);

/// Lists the certificates of all `orders`, of which `at_once` are in work at once.
pub fn run(api: &Api, orders: u64, at_once: usize) -> Run {
    let mut inventory = Inventory {
        api,
        orders,
        at_once,
        listed: VecDeque::new(),
        offset: Some(0),
        is_listing: false,
        jobs: Vec::new(),
        due: BinaryHeap::new(),
        in_work: 0,
        run: Run::default(),
    };
    let start = Instant::now(); // only to count from
    inventory.begin(start);
    while let Some(Reverse((now, job))) = inventory.due.pop() {
        inventory.proceed(job, start, now);
    }
    inventory.run
}

struct Inventory<'a> {
    api: &'a Api,
    orders: u64,
    at_once: usize,
    /// Orders that a page named and nobody works on yet.
    listed: VecDeque<u64>,
    /// Of the page that is being listed, or is next; nothing after the last.
    offset: Option<u32>,
    is_listing: bool,
    jobs: Vec<Job>,
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Orders, without the page.
    in_work: usize,
    run: Run,
}

/// A page, or an order.
struct Job {
    is_page: bool,
    calls: VecDeque<Box<dyn Exchange>>,
    /// Since the last request was sent.
    polls: u32,
}

impl Inventory<'_> {
    /// Begins with as many orders as there may be at once, and lists further ones if none are left.
    fn begin(&mut self, now: Instant) {
        while self.in_work < self.at_once {
            if let Some(order) = self.listed.pop_front() {
                self.in_work += 1;
                let calls = calls(self.api, order);
                self.add(Job { is_page: false, calls, polls: 0 }, now);
            } else {
                if let Some(offset) = self.offset
                    && !self.is_listing
                {
                    self.is_listing = true;
                    let calls = VecDeque::from([page(self.api, self.orders, offset)]);
                    self.add(Job { is_page: true, calls, polls: 0 }, now);
                }
                return;
            }
        }
    }

    fn add(&mut self, job: Job, now: Instant) {
        self.due.push(Reverse((now, self.jobs.len())));
        self.jobs.push(job);
    }

    fn proceed(&mut self, index: usize, start: Instant, now: Instant) {
        let Some(job) = self.jobs.get_mut(index) else { return };
        while let Some(call) = job.calls.front_mut() {
            job.polls += 1;
            match call.proceed(now) {
                Progress::Sent => {
                    self.run.sends.push(now - start);
                    self.run.polls.push(mem::take(&mut job.polls));
                    return self.due.push(Reverse((now + EXCHANGE, index)));
                }
                Progress::Wait(at) => return self.due.push(Reverse((at, index))),
                Progress::Done { is_ok } => {
                    self.run.done += usize::from(is_ok);
                    job.calls.pop_front();
                }
            }
        }
        if job.is_page {
            self.is_listing = false;
            let offset = self.offset.map_or(self.orders, u64::from);
            let rows = account::PAGE.min(self.orders - offset);
            self.listed.extend(offset..offset + rows);
            let has_more = rows == account::PAGE;
            self.offset = u32::try_from(offset + rows).ok().filter(|_| has_more);
        } else {
            self.in_work -= 1;
        }
        self.begin(now);
    }
}

fn page(api: &Api, orders: u64, offset: u32) -> Box<dyn Exchange> {
    let list = ListOrders::new().sort("order_id").limit(1000).offset(offset);
    exchange(api.call(list), account::page(orders, offset.into()))
}

fn calls(api: &Api, order: u64) -> VecDeque<Box<dyn Exchange>> {
    let id = OrderId(order);
    let info = || exchange(api.call(OrderInfo::new(id)).in_background(), account::info(order));
    let none = || Bytes::from_static(br#"{"certificates": []}"#);
    let reissues = || exchange(api.call(ListReissues::new(id)).in_background(), none());
    let duplicates = || exchange(api.call(ListDuplicates::new(id)).in_background(), none());
    let needed = [
        account::needs_info(order).then(info),
        account::has_reissues(order).then(reissues),
        account::has_duplicates(order).then(duplicates),
    ];
    needed.into_iter().flatten().collect()
}

/// A call of any endpoint, with the response that it gets.
trait Exchange {
    fn proceed(&mut self, now: Instant) -> Progress;
}

enum Progress {
    Sent,
    Wait(Instant),
    Done { is_ok: bool },
}

struct Typed<E: Endpoint> {
    call: Call<E>,
    body: Bytes,
    is_out: bool,
}

fn exchange<E: Endpoint>(call: Call<E>, body: Bytes) -> Box<dyn Exchange> {
    Box::new(Typed { call, body, is_out: false })
}

impl<E: Endpoint> Exchange for Typed<E> {
    fn proceed(&mut self, now: Instant) -> Progress {
        if mem::take(&mut self.is_out) {
            self.call.handle(now, Ok(Response::new(self.body.clone())));
        }
        match self.call.poll(now) {
            Step::Send(_) => {
                self.is_out = true;
                Progress::Sent
            }
            Step::Wait(at) => Progress::Wait(at),
            Step::Done(result) => Progress::Done { is_ok: result.is_ok() },
        }
    }
}
