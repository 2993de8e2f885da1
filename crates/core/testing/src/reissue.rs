//! A reissuance meets a service with one order, in a made-up time: whatever is lost, late or killed.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Attempt, Error, Failure, FailureKind, OrderId, RetryPolicy, Step,
    order::NewOrder,
    reissuance::{Checkpoint, Issuance, IssuedCertificate, Progress, Reissuance},
};
use http::{Method, Request, Response};
use serde_json::{Value, json};

/// How the service and the people around it behave.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "any combination can be")]
pub struct Account {
    /// Whether it is a new order, and not a reissue of one.
    pub is_new_order: bool,
    /// By how many seconds lists and the order lag.
    pub lag: u32,
    /// Whether somebody must approve the request.
    pub needs_approval: bool,
    /// Whether the key may approve it.
    pub key_may_approve: bool,
    /// Whether the request is rejected.
    pub rejects: bool,
    /// Whether the order's name must be validated.
    pub needs_validation: bool,
    /// How many seconds it takes from the validation to the certificate.
    pub issuance: u32,
    /// How many downloads give another certificate.
    pub wrong_downloads: u32,
    /// Whether the response has the certificate's id, or the list what needs an approval, and whether the
    /// list has the CSR.
    pub tells_id: bool,
    pub lists_csr: bool,
    /// Whether the response has the random value.
    pub tells_value: bool,
    /// Whether it is one of many, which learn from a list of changes that they are issued.
    pub is_carried: bool,
}

impl Account {
    /// Returns one with which the certificate can be told from others: without the CSR in the list, a
    /// wrong download may tell that it is somebody else's, and an approval that it was nobody's.
    #[must_use]
    pub fn possible(mut self) -> Self {
        self.lists_csr |= self.needs_approval;
        if !self.lists_csr {
            self.wrong_downloads = 0;
        }
        self
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives at once, and its response is lost.
    AnswerLost,
    /// It arrives after this many seconds, and its response is lost.
    Late(u8),
    /// A gateway responds with 503 in place of the service.
    Unavailable,
    /// The process is killed before the response, and started again after this many seconds.
    Killed(u8),
    /// The drive is dropped, and taken up again after this many seconds.
    SetAside(u8),
}

/// For how long the reissuance looks for what was requested: longer than anything is late.
const LAG: Duration = Duration::from_secs(1000);
/// For how long one of many waits for the list of changes.
const FIRST_LOOK: Duration = Duration::from_secs(30);
const NAMES: [&str; 2] = ["shop.example.com", "www.example.com"];
const VALUE: &str = "_q1w2e3";

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Issued(Box<IssuedCertificate>),
    Rejected(Option<String>),
    /// Another reissue is pending, as far as anybody can see.
    OtherPending,
}

/// Drives a reissuance to its end, and checks on the way that it keeps its promises. `chains` are the
/// one for the CSR and another.
pub fn run(account: &Account, csr: &str, chains: [&str; 2], moves: &[Move]) -> (End, Counts) {
    let mut run = Run::new(account, csr, chains);
    let mut moves = moves.iter().copied();
    for _ in 0..10_000 {
        match run.carried.poll(run.service.now) {
            Step::Send(attempt) => run.exchange(&attempt, moves.next().unwrap_or(Move::Answered)),
            Step::Wait(until) => {
                assert!(until > run.service.now, "it spins");
                run.wait(until);
            }
            Step::Done(Ok(progress)) => {
                if let Some(end) = run.reached(progress) {
                    return (end, run.service.counts);
                }
            }
            Step::Done(Err(Error::Decode(error))) => panic!("{error:#}"),
            Step::Done(Err(Error::Invalid(error))) if error.to_string().contains("another r") => {
                return (End::OtherPending, run.service.counts);
            }
            // It is driven again.
            Step::Done(Err(_)) => {
                run.saved = Some(run.carried.checkpoint());
                run.service.pass(1);
            }
        }
    }
    panic!("it does not end: {:?}", run.carried)
}

struct Run<'a> {
    api: Api,
    carried: Reissuance,
    saved: Option<Checkpoint>,
    service: Service<'a>,
}

impl<'a> Run<'a> {
    fn new(account: &Account, csr: &'a str, chains: [&'a str; 2]) -> Self {
        let api = Api::builder(ApiKey::new("S3cretKey").unwrap()).retry(RetryPolicy::none());
        let api = api.build().unwrap();
        let service = Service::new(account.clone(), csr, chains);
        Self { carried: start(&api, &service), api, saved: None, service }
    }

    fn exchange(&mut self, attempt: &Attempt, next: Move) {
        let outcome = self.service.exchange(&attempt.request, next);
        match next {
            Move::Killed(seconds) => {
                self.service.pass(seconds.into());
                self.service.last_check = None;
                self.carried = match self.saved.clone() {
                    Some(saved) => Reissuance::resume(&self.api, saved).unwrap(),
                    None => start(&self.api, &self.service),
                };
            }
            _ => self.carried.handle(self.service.now, outcome),
        }
        if let Move::SetAside(seconds) = next {
            self.service.pass(seconds.into());
        }
    }

    /// Waits, but no longer than until the list of changes is asked for again.
    fn wait(&mut self, until: Instant) {
        if !self.service.account.is_carried {
            self.service.now = until;
            return;
        }
        self.service.now = until.min(self.service.now + Duration::from_secs(20));
        let now = self.service.now;
        let order = self.service.order(now);
        if order["status"] == "issued" {
            let changed = json!({
                "order_id": 7, "status": "issued", "certificate_id": order["certificate"]["id"],
            });
            self.carried.changed(&serde_json::from_value(changed).unwrap());
            self.service.pass(1);
        }
    }

    fn reached(&mut self, progress: Progress) -> Option<End> {
        let json = serde_json::to_string(&self.carried.checkpoint()).unwrap();
        let checkpoint = serde_json::from_str(&json).unwrap();
        assert_eq!(self.carried.checkpoint(), checkpoint);
        self.saved = Some(checkpoint);
        match progress {
            Progress::Requesting(plan) => {
                assert_eq!(plan.names, NAMES);
                assert_eq!(plan.kept.is_empty(), self.service.account.is_new_order);
            }
            Progress::Approval(_) => self.service.asked_person = Some(self.service.now),
            Progress::Validation(challenges) => {
                assert_eq!(challenges.len(), 1);
                assert_eq!(challenges[0].dns_record().unwrap().content, VALUE);
                self.service.published = true;
            }
            Progress::Issued(certificate) => {
                assert!(certificate.chain.is_for(self.service.csr));
                return Some(End::Issued(certificate.into()));
            }
            Progress::Rejected { reason } => return Some(End::Rejected(reason)),
            other => panic!("{other:?}"),
        }
        None
    }
}

/// What carries the reissue or the order to its certificate.
fn start(api: &Api, service: &Service<'_>) -> Reissuance {
    let csr = service.csr;
    let reissuance = if service.account.is_new_order {
        let order = NewOrder::new("ssl_basic", csr).common_name(NAMES[0]).dns_names(NAMES);
        let order = order.years(1).alternative_order_id("shop");
        Issuance::new(api, order).unwrap().into()
    } else {
        Reissuance::new(api, OrderId(7), csr).unwrap()
    };
    let pause = if service.account.is_carried { FIRST_LOOK } else { Duration::ZERO };
    reissuance.lag(LAG).approve(service.account.key_may_approve).first_look(pause)
}

/// Requests that arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub requests: u32,
    /// Reissues that were requested.
    pub reissues: u32,
    pub checks: u32,
}

struct Service<'a> {
    account: Account,
    csr: &'a str,
    chains: [&'a str; 2],
    now: Instant,
    counts: Counts,
    reissue: Option<Reissue>,
    /// POSTs on their way.
    late: Vec<(Instant, Bytes)>,
    published: bool,
    asked_person: Option<Instant>,
    last_check: Option<Instant>,
    downloads: u32,
}

#[derive(Debug)]
struct Reissue {
    requested: Instant,
    decided: Option<Instant>,
    validated: Option<Instant>,
}

impl<'a> Service<'a> {
    fn new(account: Account, csr: &'a str, chains: [&'a str; 2]) -> Self {
        let now = Instant::now() + Duration::from_secs(1_000_000); // only to count from
        Self {
            account,
            csr,
            chains,
            now,
            counts: Counts::default(),
            reissue: None,
            late: Vec::new(),
            published: false,
            asked_person: None,
            last_check: None,
            downloads: 0,
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    fn exchange(
        &mut self,
        request: &Request<Bytes>,
        next: Move,
    ) -> Result<Response<Bytes>, Failure> {
        self.go_on();
        let lost = || Failure::new(FailureKind::Closed, "cut");
        match next {
            Move::Answered => Ok(self.answer(request)),
            Move::Lost => Err(Failure::new(FailureKind::Connect, "refused")),
            Move::AnswerLost | Move::SetAside(_) | Move::Killed(_) => {
                self.answer(request);
                Err(lost())
            }
            Move::Late(seconds) if request.method() == Method::POST => {
                let arrival = self.now + Duration::from_secs(seconds.into());
                self.late.push((arrival, request.body().clone()));
                Err(lost())
            }
            Move::Late(_) => Err(lost()),
            Move::Unavailable => Ok(json(503, &json!({}))),
        }
    }

    /// Does what became due meanwhile.
    fn go_on(&mut self) {
        let now = self.now;
        let (due, late) = self.late.drain(..).partition(|(arrival, _)| *arrival <= now);
        self.late = late;
        for (_, body) in Vec::from_iter::<Vec<_>>(due) {
            self.request(&body);
        }
        let asked = self.asked_person.is_some_and(|asked| asked + Duration::from_secs(90) <= now);
        if let Some(reissue) = self.reissue.as_mut().filter(|_| asked) {
            reissue.decided.get_or_insert(now);
        }
    }

    fn answer(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.counts.requests += 1;
        let path = request.uri().path().strip_prefix("/services/v2").unwrap();
        match (request.method().as_str(), path) {
            ("GET", "/order/certificate/7") => {
                let at = if self.account.is_new_order { self.now } else { self.seen() };
                json(200, &self.order(at))
            }
            ("GET", "/order/certificate/7/reissue") => json(200, &self.list(self.seen())),
            ("POST", "/order/certificate/7/reissue" | "/order/certificate/ssl_basic") => {
                self.request(request.body())
            }
            ("GET", "/order/alternate/shop") => {
                let order = json!({"order_id": 7, "status": self.order_status(self.now)});
                let orders: Vec<_> = self.reissue(self.seen()).map(|_| order).into_iter().collect();
                json(200, &json!({"orders": orders}))
            }
            ("GET", "/request/55") => json(200, &self.person()),
            ("PUT", "/request/55/status") => {
                if !self.account.key_may_approve {
                    return json(403, &error("access_denied|invalid_approver"));
                }
                let now = self.now;
                self.reissue.as_mut().unwrap().decided.get_or_insert(now);
                empty()
            }
            ("GET", "/order/certificate/7/validation") => json(200, &self.validation()),
            ("PUT", "/order/certificate/7/dcv-random-value") => {
                json(200, &json!({"dcv_random_value": VALUE}))
            }
            ("PUT", "/order/certificate/7/check-dcv") => self.check(),
            ("GET", "/certificate/2/download/format/pem_noroot") => {
                assert_eq!(self.status(self.now), "issued");
                self.downloads += 1;
                let right = self.downloads > self.account.wrong_downloads;
                Response::new(self.chains[usize::from(!right)].to_owned().into())
            }
            (method, path) => panic!("{method} {path}"),
        }
    }

    fn request(&mut self, body: &Bytes) -> Response<Bytes> {
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(body["certificate"]["dns_names"], json!(NAMES));
        assert_eq!(body["certificate"]["csr"], self.csr);
        self.counts.reissues += 1;
        assert_eq!(self.counts.reissues, 1, "a second reissue");
        let now = self.now;
        self.reissue = Some(Reissue { requested: now, decided: None, validated: None });
        let mut answer = json!({"id": 7});
        if self.account.needs_approval {
            answer["requests"] = json!([{"id": 55, "status": "pending"}]);
        } else if self.account.tells_id {
            answer["certificate_id"] = json!(2);
        } else {
            answer["requests"] = json!([{"id": 55, "status": "approved"}]);
        }
        if self.account.needs_validation && self.account.tells_value && !self.account.needs_approval
        {
            answer["dcv_random_value"] = json!(VALUE);
        }
        json(201, &answer)
    }

    fn check(&mut self) -> Response<Bytes> {
        let (now, minute) = (self.now, Duration::from_secs(60));
        assert!(self.last_check.is_none_or(|last| last + minute <= now), "checks in a minute");
        self.last_check = Some(now);
        self.counts.checks += 1;
        if !self.published {
            return json(400, &error("invalid_dns_txt"));
        }
        self.reissue.as_mut().unwrap().validated.get_or_insert(now);
        json(200, &json!({"order_status": self.order_status(now)}))
    }

    /// The time whose state lists and the order show.
    fn seen(&self) -> Instant {
        self.now.checked_sub(Duration::from_secs(self.account.lag.into())).unwrap()
    }

    fn reissue(&self, at: Instant) -> Option<&Reissue> {
        self.reissue.as_ref().filter(|reissue| reissue.requested <= at)
    }

    /// The status of the reissue.
    fn status(&self, at: Instant) -> &'static str {
        let Some(reissue) = self.reissue(at) else { return "none" };
        let decided = if self.account.needs_approval { reissue.decided } else { Some(at) };
        if decided.is_none_or(|decided| decided > at) {
            return "needs_approval";
        }
        if self.account.needs_approval && self.account.rejects {
            return "rejected";
        }
        let from = match (self.account.needs_validation, self.account.needs_approval) {
            (true, _) => reissue.validated,
            (false, true) => reissue.decided,
            (false, false) => Some(reissue.requested),
        };
        let issuance = Duration::from_secs(self.account.issuance.into());
        if from.is_some_and(|from| from + issuance <= at) { "issued" } else { "pending" }
    }

    fn order_status(&self, at: Instant) -> &'static str {
        match (self.status(at), self.account.is_new_order) {
            ("pending", false) => "reissue_pending",
            (status, true) => status,
            _ => "issued",
        }
    }

    fn order(&self, at: Instant) -> Value {
        let mut order = json!({
            "id": 7, "status": self.order_status(at),
            "certificate": {
                "id": if self.status(at) == "issued" { 2 } else { 1 },
                "common_name": NAMES[0], "dns_names": NAMES,
                "date_issued": "2026-04-08T17:33:26+00:00",
            },
        });
        if self.account.needs_approval && self.reissue(at).is_some() {
            let kind = if self.account.is_new_order { "new_request" } else { "reissue" };
            order["requests"] = json!([{"id": 55, "type": kind, "status": self.decision(at)}]);
        }
        if self.account.is_new_order {
            order["certificate"]["id"] = json!(2);
            order["certificate"]["csr"] = json!(self.csr);
        }
        order
    }

    fn decision(&self, at: Instant) -> &'static str {
        match self.status(at) {
            "needs_approval" => "pending",
            "rejected" => "rejected",
            _ => "approved",
        }
    }

    fn person(&self) -> Value {
        let certificate = if self.account.lists_csr { json!({"csr": self.csr}) } else { json!({}) };
        json!({
            "id": 55, "type": "reissue", "status": self.decision(self.now),
            "processor_comment": "no", "order": {"id": 7, "status": "issued",
            "certificate": certificate},
        })
    }

    fn list(&self, at: Instant) -> Value {
        let status = match self.status(at) {
            "none" => return json!({}),
            "needs_approval" if !self.account.tells_id => return json!({}),
            "needs_approval" => "pending",
            status => status,
        };
        let mut row =
            json!({"id": 2, "status": status, "date_created": "2026-04-08T17:33:26+00:00"});
        if self.account.lists_csr {
            row["csr"] = json!(self.csr);
        }
        json!({"certificates": [row]})
    }

    fn validation(&self) -> Value {
        let mut validation = json!({"order_id": "7", "order_status": self.order_status(self.now)});
        if self.status(self.now) == "pending" && self.account.needs_validation {
            let is_open = self.reissue.as_ref().unwrap().validated.is_none();
            validation["dns_name_validations"] = json!([{
                "name_scope": "example.com", "method": "dns-txt-token", "dns_names": NAMES,
                "status": if is_open { "unapproved" } else { "approved" },
            }]);
        }
        validation
    }
}

fn json(status: u16, body: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(body.to_string().into()).unwrap()
}

fn empty() -> Response<Bytes> {
    Response::builder().status(204).body(Bytes::new()).unwrap()
}

fn error(code: &str) -> Value {
    json!({"errors": [{"code": code, "message": "no"}]})
}
