//! A service that responds as it is told, for reissuances and issuances.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Drive, Error, Failure, FailureKind, OrderId, RetryPolicy, Step,
    reissuance::{Progress, Reissuance},
};
use http::{Request, Response};
use serde_json::{Value, json};

/// The names of its order.
pub(crate) const NAMES: [&str; 3] = ["shop.example.com", "www.example.com", "api.example.com"];

/// A service that responds to each call in one way until it is told another.
pub(crate) struct Site {
    pub(crate) api: Api,
    pub(crate) now: Instant,
    answers: HashMap<&'static str, (u16, Bytes)>,
    pub(crate) fails: HashMap<&'static str, FailureKind>,
    /// The last body of each call, and how many there were.
    pub(crate) sent: HashMap<&'static str, Value>,
    counts: HashMap<&'static str, usize>,
}

const CALLS: [(&str, &str, &str); 12] = [
    ("POST order", "POST", "/order/certificate/ssl_basic"),
    ("GET alternate", "GET", "/order/alternate/shop-2026"),
    ("GET order", "GET", "/order/certificate/7"),
    ("GET reissue", "GET", "/order/certificate/7/reissue"),
    ("POST reissue", "POST", "/order/certificate/7/reissue"),
    ("GET validation", "GET", "/order/certificate/7/validation"),
    ("PUT check-dcv", "PUT", "/order/certificate/7/check-dcv"),
    ("PUT dcv-method", "PUT", "/order/certificate/7/dcv-method"),
    ("PUT dcv-random-value", "PUT", "/order/certificate/7/dcv-random-value"),
    ("GET request", "GET", "/request/55"),
    ("PUT status", "PUT", "/request/55/status"),
    ("GET download", "GET", "/certificate/"),
];

impl Site {
    pub(crate) fn new(order: &Value, reissues: &Value) -> Self {
        let api = Api::builder(ApiKey::new("S3cretKey").unwrap()).retry(RetryPolicy::none());
        let mut site = Self {
            api: api.build().unwrap(),
            now: Instant::now(),
            answers: HashMap::new(),
            fails: HashMap::new(),
            sent: HashMap::new(),
            counts: HashMap::new(),
        };
        site.answer("GET order", 200, order);
        site.answer("GET reissue", 200, reissues);
        site
    }

    pub(crate) fn answer(&mut self, call: &'static str, status: u16, body: &Value) {
        self.answers.insert(call, (status, body.to_string().into()));
    }

    pub(crate) fn answer_text(&mut self, call: &'static str, body: &str) {
        self.answers.insert(call, (200, body.to_owned().into()));
    }

    pub(crate) fn reissuance(&self, name: &str) -> Reissuance {
        Reissuance::new(&self.api, OrderId(7), csr(name)).unwrap()
    }

    /// Drives on to the request.
    pub(crate) fn requesting(&mut self, reissuance: &mut Reissuance) {
        assert!(matches!(self.next(reissuance), Ok(Progress::Requesting(_))));
    }

    /// Returns a reissuance whose request gets this response next.
    pub(crate) fn requested(&mut self, answer: &Value) -> Reissuance {
        let mut reissuance = self.reissuance("plain");
        self.requesting(&mut reissuance);
        self.answer("POST reissue", 201, answer);
        reissuance
    }

    /// Drives on to what comes next.
    pub(crate) fn next(
        &mut self,
        drive: &mut impl Drive<Output = Progress>,
    ) -> Result<Progress, Error> {
        loop {
            match drive.poll(self.now) {
                Step::Send(attempt) => {
                    let outcome = self.exchange(&attempt.request);
                    drive.handle(self.now, outcome);
                }
                Step::Wait(until) => self.now = until,
                Step::Done(result) => return result,
            }
        }
    }

    /// Drives on for this many seconds, in which nothing is reported.
    pub(crate) fn pass(&mut self, drive: &mut impl Drive<Output = Progress>, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while self.now < end {
            match drive.poll(self.now) {
                Step::Send(attempt) => {
                    let outcome = self.exchange(&attempt.request);
                    drive.handle(self.now, outcome);
                }
                Step::Wait(until) => self.now = until,
                Step::Done(result) => panic!("{result:?}"),
            }
        }
    }

    pub(crate) fn exchange(
        &mut self,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, Failure> {
        let path = request.uri().path().strip_prefix("/services/v2").unwrap();
        let is_one = |(_, method, it): &&(_, &str, &str)| {
            *method == request.method().as_str()
                && (path == *it || it.ends_with('/') && path.starts_with(it))
        };
        let (call, ..) = CALLS.iter().find(is_one).unwrap();
        *self.counts.entry(call).or_default() += 1;
        self.sent.insert(call, serde_json::from_slice(request.body()).unwrap_or_default());
        if let Some(kind) = self.fails.remove(call) {
            return Err(Failure::new(kind, "cut"));
        }
        let (status, body) = self.answers.get(call).unwrap_or_else(|| panic!("{call}")).clone();
        Ok(Response::builder().status(status).body(body).unwrap())
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.counts.get(call).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> usize {
        self.counts.values().sum()
    }
}

pub(crate) fn waiting(method: &str) -> Value {
    json!({"order_id": "7", "order_status": "reissue_pending", "dns_name_validations": [
        {"name_scope": "example.com", "status": "unapproved", "method": method, "dns_names": &NAMES[..2]},
        {"name_scope": "example.net", "status": "approved", "method": method},
    ]})
}

pub(crate) fn error(code: &str) -> Value {
    json!({"errors": [{"code": code, "message": "no"}]})
}

pub(crate) fn csr(name: &str) -> String {
    text(&format!("csr/{name}.csr"))
}

pub(crate) fn pem(name: &str) -> String {
    text(&format!("download_certificate/{name}.pem"))
}

fn text(fixture: &str) -> String {
    String::from_utf8(certcentral_fixtures::get(fixture).unwrap().body.to_vec()).unwrap()
}
