//! A reissue from its request to its certificate, as calls in a row.

mod awaited; // what it waits for
mod calls; // what is asked of the service
mod challenge; // what proves the control of names
mod checkpoint; // what survives an interruption
mod control; // showing the control of names
mod course; // which call comes next
mod issuance; // the same for a new order
mod pace; // when it looks
mod plan; // the names
mod state; // what became of a reissue

use std::{
    collections::HashSet,
    fmt::{self, Debug, Display, Formatter},
    time::{Duration, Instant},
};

use bytes::Bytes;
use time::Date;

pub use self::{
    awaited::Awaited,
    challenge::{Challenge, DnsRecord, DnsRecordKind, HttpFile},
    checkpoint::Checkpoint,
    issuance::Issuance,
    plan::Plan,
    state::{Sought, State},
};
use self::{
    calls::Asked,
    checkpoint::Beginning,
    control::Control,
    course::{Next, Stage},
    pace::Pace,
};
use crate::{
    api::Api,
    call::{Drive, Step},
    certificate::CertificateChain,
    error::{DeadlineError, Error, Failure},
    id::{CertificateId, OrderId, RequestId},
    order::{
        CsrNames, DcvMethod, Order, OrderStatus, OrderSummary, ReissueCertificate, Reissues, csr,
    },
    text::Excerpted,
};

/// Carries a reissue from its CSR to its certificate.
///
/// It looks at the order, asks for the reissue once, has it approved, shows what to publish for the
/// validation of its names, follows it, and downloads the certificate. A client drives it as it drives
/// a [`Call`](crate::Call), and each [`Progress`] is handed out: drive on until [`Progress::Issued`] or
/// [`Progress::Rejected`].
///
/// ```no_run
/// use std::time::{Duration, Instant};
///
/// use certcentral_core::{Error, reissuance::{Checkpoint, Progress, Reissuance}};
///
/// # trait Store { fn save(&self, checkpoint: &Checkpoint); }
/// # trait Zone { fn publish(&self, name: &str, content: &str); }
/// /// `drive` is a client's method.
/// fn reissue(
///     mut reissuance: Reissuance,
///     drive: impl Fn(&mut Reissuance) -> Result<Progress, Error>,
///     # store: impl Store, zone: impl Zone,
/// ) -> Result<Option<String>, Error> {
///     reissuance.set_deadline(Some(Instant::now() + Duration::from_secs(3600)));
///     loop {
///         let progress = drive(&mut reissuance);
///         store.save(&reissuance.checkpoint()); // before the next drive
///         match progress {
///             Ok(Progress::Validation(challenges)) => {
///                 for record in challenges.iter().filter_map(|challenge| challenge.dns_record()) {
///                     zone.publish(&record.name, &record.content);
///                 }
///             }
///             Ok(Progress::Issued(certificate)) => return Ok(Some(certificate.chain.to_pem())),
///             Ok(Progress::Rejected { .. }) => return Ok(None),
///             Ok(progress) => println!("{progress}"), // somebody must approve it, for example
///             Err(e) if e.is_timeout() => {
///                 if let Some(awaited) = reissuance.waits_for() {
///                     println!("it still waits for {awaited}"); // `resume` goes on
///                 }
///                 return Err(e);
///             }
///             Err(e) => return Err(e),
///         }
///     }
/// }
/// ```
///
/// # One reissue
///
/// The request is sent once. Save the [`checkpoint`](Self::checkpoint) after each drive: at
/// [`Progress::Requesting`] because the request is sent next, and then because it knows the response. If
/// the response is lost, or the process is killed before it is saved, what [`resume`](Self::resume)s
/// looks for the CSR in the order, its requests and its list of reissues. One process at a time may do
/// so. Only if nothing shows it for the [`lag`](Self::lag), in which it has to be driven, `Requesting` is
/// given again. How long the service's lists lag is not known; 15 minutes is assumed to be enough. A
/// checkpoint that knows the response never requests again, however long they lag.
///
/// # Names
///
/// A reissue asks for the names of the order's current certificate, and for those that only the CSR
/// has, unless [`names`](Self::names) are given. To leave out a name of the current certificate needs
/// [`remove_names`](Self::remove_names), because the service then revokes the order's certificates
/// within 72 hours.
///
/// # Pauses
///
/// It looks at once after the request and after an approval, then after 1, 2 and 5 s, then after twice
/// the last pause each time, up to 5 minutes. While it waits for a person or a domain, it looks at most
/// once a minute. It asks the service to look for a record or file at once when it is driven on after
/// [`Progress::Validation`], and at most once a minute. Between two looks it holds no place in the rate
/// limit.
///
/// # Errors
///
/// After an error it can be driven again, and goes on where it was. A transient one ends nothing from
/// the moment the request may have been sent: it is kept as [`last_error`](Self::last_error). If the
/// service refuses the request, a checkpoint that is saved then resumes without a look for it, and
/// `Requesting` is given again. Without a deadline it waits as long as the service does.
#[must_use = "a reissuance does nothing until it is driven"]
pub struct Reissuance {
    api: Api,
    /// What is wanted, and what the service has told of it.
    wanted: Checkpoint,
    csr_names: CsrNames,
    deadline: Option<Instant>,
    /// The first poll with this deadline.
    driven_since: Option<Instant>,
    stage: Stage,
    asked: Option<Asked>,
    last_error: Option<Error>,
    /// As they were seen last.
    order: Option<Order>,
    reissues: Option<Reissues>,
    /// Orders that have the reference of the new one, and were not looked at yet.
    found: Option<Vec<OrderId>>,
    /// Open requests that are for another CSR.
    foreign: HashSet<RequestId>,
    /// Whether the request may have been sent, although nothing shows it.
    is_lost: bool,
    /// Whether the order says that nothing is under way, and until when the list may lack the end.
    is_settled: bool,
    settled_until: Option<Instant>,
    approval: Approval,
    control: Control,
    pace: Pace,
    /// Of the certificate that the list shows.
    serial_number: Option<String>,
}

/// How far the approval of the request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Approval {
    is_refused: bool,
    is_told: bool,
    is_done: bool,
}

/// What a [`Reissuance`] has reached, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Progress {
    /// The reissue is requested next, for these names: save the [`Checkpoint`], and drive on.
    Requesting(Plan),
    /// Somebody must approve this request: save the [`Checkpoint`], which has its id now, and drive on
    /// to wait for it.
    Approval(RequestId),
    /// Control of names must be shown: save the [`Checkpoint`], publish these, and drive on. Given again
    /// when they change.
    Validation(Vec<Challenge>),
    /// The certificate was issued, and is for the CSR's key. Save its chain, then delete the
    /// [`Checkpoint`].
    Issued(IssuedCertificate),
    /// There will be no certificate: the request was rejected, canceled or replaced, or the
    /// certificate is revoked. Save the [`Checkpoint`], and keep it for as long as the order is not to be
    /// requested again.
    Rejected {
        /// What the service says of it; `None` if the request was rejected without a comment.
        reason: Option<String>,
    },
}

/// One line for people, such as "request 55 must be approved".
impl Display for Progress {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requesting(plan) => write!(f, "requesting a certificate for {plan}"),
            Self::Approval(id) => write!(f, "request {id} must be approved"),
            Self::Validation(challenges) => {
                write!(f, "waiting for {}", Awaited::Validation(challenges))
            }
            Self::Issued(certificate) => {
                let number = Excerpted(&certificate.serial_number);
                write!(f, "certificate {number} was issued")?;
                let end = certificate.valid_till;
                end.map_or(Ok(()), |end| write!(f, ", valid until {end}"))
            }
            Self::Rejected { reason } => {
                let reason = reason.as_deref().unwrap_or("the request was rejected");
                write!(f, "there will be no certificate: {}", Excerpted(reason))
            }
        }
    }
}

/// The certificate that a [`Reissuance`] ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedCertificate {
    /// Certificate ID; absent if the service did not tell it.
    pub certificate_id: Option<CertificateId>,
    /// Serial number, hexadecimal digits in upper case.
    pub serial_number: String,
    /// Last day of the validity.
    pub valid_till: Option<Date>,
    /// The certificate and its issuers, without the root.
    pub chain: CertificateChain,
}

impl Reissuance {
    /// Returns a reissuance of an order with this CSR.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no CSR in `csr`; see [`read_csr`](crate::order::read_csr).
    pub fn new(api: &Api, order_id: OrderId, csr: impl Into<String>) -> Result<Self, Error> {
        let csr = csr::read(&csr.into())?;
        Ok(Self::start(api, Checkpoint::of_reissue(order_id, csr)))
    }

    /// Returns a reissuance of an order that was read just now, in a list or alone, so that it is not
    /// asked for again.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn for_order(api: &Api, order: Order, csr: impl Into<String>) -> Result<Self, Error> {
        let mut reissuance = Self::new(api, order.id, csr)?;
        reissuance.order = Some(order).filter(Order::has_all_names);
        Ok(reissuance)
    }

    /// Returns a reissuance that goes on from a checkpoint, also from that of an [`Issuance`]. Its
    /// request may have been sent, so that it is looked for first, for the [`lag`](Self::lag) at most.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn resume(api: &Api, checkpoint: Checkpoint) -> Result<Self, Error> {
        csr::read(&checkpoint.sought.csr)?;
        let reissuance = Self::start(api, checkpoint);
        let is_lost = !reissuance.wanted.is_answered && !reissuance.wanted.is_unsent;
        Ok(Self { is_lost, ..reissuance })
    }

    fn start(api: &Api, wanted: Checkpoint) -> Self {
        // What has no names to read may still be reissued for the order's.
        let csr_names = CsrNames::read(&wanted.sought.csr).unwrap_or_default();
        Self {
            api: api.clone(),
            wanted,
            csr_names,
            deadline: None,
            driven_since: None,
            stage: Stage::Looking,
            asked: None,
            last_error: None,
            order: None,
            reissues: None,
            found: None,
            foreign: HashSet::new(),
            is_lost: false,
            is_settled: false,
            settled_until: None,
            approval: Approval::default(),
            control: Control::default(),
            pace: Pace::default(),
            serial_number: None,
        }
    }

    /// Sets the names of the certificate, the common name first. Default: the order's, and those that
    /// only the CSR has.
    pub fn names(mut self, names: impl IntoIterator<Item: Into<String>>) -> Self {
        self.wanted.names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets whether names of the current certificate may be left out. Default: no.
    pub fn remove_names(mut self, remove_names: bool) -> Self {
        self.wanted.remove_names = remove_names;
        self
    }

    /// Sets whether the reissue is requested although another one is pending, which it replaces.
    /// Default: no. Names that only the pending one has are not in [`Plan::removed`], which is about
    /// the current certificate: the new reissue has them only if they are given, or in the CSR.
    pub fn replace_pending(mut self, replace_pending: bool) -> Self {
        self.wanted.replace_pending = replace_pending;
        self
    }

    /// Sets whether to request a reissue even if there is a certificate or request with this CSR.
    /// Default: no; what is there is then followed.
    pub fn again(mut self, again: bool) -> Self {
        self.wanted.again = again;
        self
    }

    /// Sets for how long the service's lists may lack what was requested. Default: 15 minutes. It counts
    /// while it is driven, in one process after another.
    pub fn lag(mut self, lag: Duration) -> Self {
        self.wanted.lag = lag;
        self
    }

    /// Sets whether to approve the request with this key. If the key may not, somebody else must, as
    /// [`Progress::Approval`] says. Default: no.
    pub fn approve(mut self, approve: bool) -> Self {
        self.wanted.approve = approve;
        self
    }

    /// Sets whether the request needs no approval; the key must be allowed to skip it, or the service
    /// refuses the request. Left out unless set.
    pub fn skip_approval(self, skip_approval: bool) -> Self {
        self.options(|reissue| reissue.skip_approval(skip_approval))
    }

    /// Sets how the control of names is shown. Default: [`DcvMethod::DnsTxt`], because what the service
    /// takes if there is none is not known, and may be email, which no program can complete.
    pub fn dcv_method(self, method: DcvMethod) -> Self {
        self.options(|reissue| reissue.dcv_method(method))
    }

    /// Sets other options of the request. Its names and its CSR are ignored.
    pub fn options(
        mut self,
        options: impl FnOnce(ReissueCertificate) -> ReissueCertificate,
    ) -> Self {
        let Checkpoint { order_id, beginning, sought, .. } = &mut self.wanted;
        if let (Some(id), Beginning::Reissue(set)) = (*order_id, beginning) {
            *set = options(ReissueCertificate::with(set, id, &sought.csr, &[])).body;
        }
        self
    }

    /// Sets the longest pause between two looks. Default: 5 minutes. Below a minute it is also how
    /// often a request or domain is looked at.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.wanted.interval = interval;
        self
    }

    /// Sets how long after the request, or after its approval, it looks for the first time. Default: at
    /// once. Who carries many can learn in that time from one
    /// [`StatusChanges`](crate::order::StatusChanges) which of them are issued.
    pub fn first_look(mut self, pause: Duration) -> Self {
        self.pace.first_look = pause;
        self
    }

    /// Returns what [`resume`](Self::resume) needs. It counts from [`Progress::Requesting`] on: save it
    /// after each drive.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { lag_passed: self.lag_passed(), ..self.wanted.clone() }
    }

    /// Returns when it looks next, if it waits for that.
    ///
    /// Who carries many can leave them until one [`StatusChanges`](crate::order::StatusChanges) names
    /// their order, then tell it with [`changed`](Self::changed), and drive on.
    pub fn next_look(&self) -> Option<Instant> {
        self.pace.next_look.filter(|_| self.asked.is_none() && !self.is_finished())
    }

    /// Makes the next look due.
    pub fn look_now(&mut self) {
        self.pace.next_look = None;
    }

    /// Takes what [`StatusChanges`](crate::order::StatusChanges) says of the order, and makes the next
    /// look due. If the order is issued with a certificate that was not there before the request, that
    /// one is downloaded first, without a look at the list.
    pub fn changed(&mut self, change: &OrderSummary) {
        let is_meant = Some(change.order_id) == self.wanted.order_id && self.asked.is_none();
        if !is_meant || self.is_finished() {
            return;
        }
        self.look_now();
        let (sought, is_issued) = (&self.wanted.sought, change.status == OrderStatus::Issued);
        let is_waiting = matches!(self.stage, Stage::Looking | Stage::Approval(_) | Stage::Pending);
        let are_others_known = self.wanted.beginning.is_new_order() || !sought.not.is_empty();
        if is_issued && is_waiting && self.wanted.is_answered && are_others_known {
            let new = change.certificate_id.filter(|id| !sought.not.contains(id));
            if let Some(id) = new.filter(|id| sought.certificate_id.is_none_or(|it| it == *id)) {
                self.stage = Stage::Told(id);
            }
        }
    }

    /// Returns whether the service has confirmed the request.
    pub fn is_requested(&self) -> bool {
        self.wanted.is_answered
    }

    /// Returns whether it is over: the certificate was given, or there will be none.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Returns the last error that did not end the drive.
    pub fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }

    /// Returns the order that is reissued; `None` for a new order that is not placed yet.
    pub fn order_id(&self) -> Option<OrderId> {
        self.wanted.order_id
    }

    /// Sets when it must stop to wait; `None` takes the deadline away. It bounds all calls and pauses
    /// together, and [`Api::with_call_timeout`] each call. What is in flight keeps the deadline that it was
    /// given.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        (self.deadline, self.driven_since) = (deadline, None);
        if let Some(asked) = &mut self.asked {
            asked.set_deadline(deadline);
        }
    }

    /// Returns what to do at `now`. After [`Step::Done`] it goes on, until it is
    /// [finished](Self::is_finished).
    #[inline]
    pub fn poll(&mut self, now: Instant) -> Step<Progress> {
        self.driven_since.get_or_insert(now);
        self.pace.polled = Some(now);
        if self.pace.lag_end.is_none() && (self.is_lost || self.wanted.is_answered) {
            self.resume_lag(now);
        }
        loop {
            let next = match &mut self.asked {
                None => self.next(now),
                Some(asked) => match asked.call.poll(now) {
                    Step::Send(attempt) => return Step::Send(attempt),
                    Step::Wait(until) => return Step::Wait(until),
                    Step::Done(result) => {
                        let question = asked.question.clone();
                        self.asked = None;
                        self.heard(now, &question, result)
                    }
                },
            };
            let is_late = self.deadline.is_some_and(|deadline| deadline <= now);
            match next {
                Next::Go => {}
                Next::Done(result) => {
                    let is_unsent = matches!(self.stage, Stage::Looking)
                        && !self.is_lost
                        && !self.wanted.is_answered;
                    self.wanted.is_unsent |= result.is_err() && is_unsent;
                    return Step::Done(*result);
                }
                Next::Ask(_) | Next::Wait(_) if is_late => {
                    let time = self.driven_since.map(|since| now.saturating_duration_since(since));
                    let awaited = self.waits_for().map(|awaited| awaited.to_string());
                    let error = DeadlineError::between_calls(time.unwrap_or_default(), awaited);
                    return Step::Done(Err(error.into()));
                }
                Next::Ask(question) => self.ask(now, question),
                Next::Wait(until) => {
                    return Step::Wait(self.deadline.map_or(until, |end| end.min(until)));
                }
            }
        }
    }

    /// Takes the outcome of the attempt that [`poll`](Self::poll) last asked to send. Does nothing if
    /// no attempt is in flight.
    pub fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        if let Some(asked) = &mut self.asked {
            asked.call.handle(now, outcome);
        }
    }
}

impl Drive for Reissuance {
    type Output = Progress;

    #[inline]
    fn poll(&mut self, now: Instant) -> Step<Progress> {
        Self::poll(self, now)
    }

    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        Self::handle(self, now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        Self::set_deadline(self, deadline);
    }
}

impl Debug for Reissuance {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reissuance")
            .field("order_id", &self.wanted.order_id)
            .field("stage", &self.stage)
            .field("next_look", &self.pace.next_look)
            .field("last_error", &self.last_error)
            .finish_non_exhaustive()
    }
}
