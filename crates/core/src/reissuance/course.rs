//! Which call comes next, and what its output means.

use std::time::{Duration, Instant};

use super::{
    IssuedCertificate, Plan, Progress, Reissuance, State,
    calls::{Question, Received},
    checkpoint::Beginning,
    state::of_new_order,
};
use crate::{
    certificate::CertificateChain,
    error::{Error, InvalidInputError},
    id::{CertificateId, RequestId},
    instant::later,
    order::{Order, OrderStatus, Placed, RandomValue, ReissueStatus, certificates::canonical},
    request::{Request, RequestStatus, RequestSummary},
    text::Excerpted,
};

/// Where a reissuance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Finding out what there is.
    Looking,
    /// The plan was given: the request is sent next.
    Requesting(Vec<String>),
    /// The request waits for its approval.
    Approval(RequestId),
    /// Waits for validation, or for the certificate.
    Pending,
    /// To be downloaded. It is not certain that it is the one, if neither its id nor its CSR tells.
    Issued {
        id: CertificateId,
        is_certain: bool,
    },
    /// To be downloaded, as a list of changes told. If it is another one, the list of reissues decides.
    Told(CertificateId),
    /// Why is to be found out.
    Ended(RequestId),
    Over,
}

pub(super) enum Next {
    /// Decide again.
    Go,
    Ask(Question),
    Wait(Instant),
    Done(Box<Result<Progress, Error>>),
}

/// No more often than this is a person, a domain or the service asked again.
pub(super) const MINUTE: Duration = Duration::from_secs(60);

impl Reissuance {
    /// Decides what comes next while no call is under way.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        match &self.stage {
            Stage::Over => {
                let over = InvalidInputError::new("the reissuance is over; make a new one");
                return failed(over);
            }
            Stage::Requesting(names) => return Next::Ask(Question::Place(names.clone())),
            Stage::Ended(id) => return Next::Ask(Question::Request(*id)),
            Stage::Approval(id) if !self.approves() && !self.approval.is_told => {
                self.approval.is_told = true;
                return reached(Progress::Approval(*id));
            }
            _ => {}
        }
        if let Some(next_look) = self.pace.next_look.filter(|&next_look| now < next_look) {
            return Next::Wait(next_look);
        }
        match self.stage {
            Stage::Approval(id) if self.approves() => Next::Ask(Question::Approve(id)),
            Stage::Approval(id) => Next::Ask(Question::Request(id)),
            Stage::Pending => match self.control.status.take() {
                Some(status) => self.judge(now, status),
                None if self.control.is_check_due => self.check(now),
                None => Next::Ask(Question::Validation),
            },
            Stage::Issued { id, .. } | Stage::Told(id) => Next::Ask(Question::Download(id)),
            _ => self.look(now),
        }
    }

    /// Finds out what there is.
    fn look(&mut self, now: Instant) -> Next {
        match self.wanted.order_id {
            None => self.find(now),
            Some(id) if self.order.is_none() => Next::Ask(Question::Order(id)),
            _ if self.reissues.is_none() && self.has_reissues() => Next::Ask(Question::Reissues),
            _ => self.decide(now),
        }
    }

    /// Takes the result of a call.
    pub(super) fn heard(
        &mut self,
        now: Instant,
        question: &Question,
        result: Result<Received, Error>,
    ) -> Next {
        match result {
            Err(error) => return self.failed(now, question, error),
            Ok(Received::Order(order)) if self.wanted.order_id.is_none() => {
                return self.found(*order);
            }
            Ok(Received::Order(order)) => self.order = Some(*order),
            Ok(Received::Found(orders)) => {
                self.found = Some(orders.into_iter().map(|order| order.order_id).collect());
            }
            Ok(Received::Reissues(reissues)) => self.reissues = Some(reissues),
            Ok(Received::Placed(placed)) => return self.placed(now, placed),
            Ok(Received::Request(request)) => return self.judge_request(now, *request),
            Ok(Received::Approved) => return self.approved(now),
            Ok(Received::Validation(status)) => self.control.status = Some(status),
            Ok(Received::Value(value)) => {
                self.control.is_method_changed |= matches!(question, Question::Method(_));
                self.control.value = value.map(|value| (value, now));
            }
            Ok(Received::Checked(checked)) => return self.checked(now, &checked),
            Ok(Received::Chain(chain)) => return self.downloaded(now, chain),
        }
        Next::Go
    }

    /// Decides by the order and its reissues.
    fn decide(&mut self, now: Instant) -> Next {
        let Some(order) = &self.order else { return Next::Go };
        let reissues = self.reissues.get_or_insert_default();
        let sought = &mut self.wanted.sought;
        if self.wanted.again && !self.is_lost && !self.wanted.is_answered {
            sought.exclude(order, reissues, false);
        }
        let row = sought.row(reissues);
        let is_new_order = self.wanted.beginning.is_new_order();
        let state =
            if is_new_order { of_new_order(order) } else { State::of(order, reissues, sought) };
        match state {
            State::Issued(id) => {
                let current = order.certificate.iter().find(|it| it.id == Some(id));
                let csr = row.map_or_else(|| current?.csr.as_ref(), |row| row.csr.as_ref());
                let is_certain = csr.is_some() || sought.certificate_id == Some(id);
                let serial = row.map_or_else(
                    || current?.serial_number.as_ref(),
                    |row| row.serial_number.as_ref(),
                );
                self.serial_number = serial.cloned();
                if is_certain && self.is_lost {
                    self.confirm();
                }
                self.begin_lag(now);
                self.look_now_at(Stage::Issued { id, is_certain })
            }
            State::Approval(id) if !self.approval.is_done => {
                sought.request_id = Some(id);
                self.go_to(Stage::Approval(id))
            }
            State::Ended(ReissueStatus::Rejected) => match sought.request_id {
                Some(id) => self.go_to(Stage::Ended(id)),
                None => self.reject(None),
            },
            State::Ended(status) => self.reject(Some(status.to_string())),
            state @ (State::NotRequested | State::OtherPending) if !self.wanted.is_answered => {
                self.unrequested(now, state == State::OtherPending)
            }
            _ => {
                let has_row = row.is_some();
                let is_listed = has_row || is_new_order;
                let is_under_way = order.status.is_under_way();
                let is_found = row.is_some_and(|row| sought.has_csr(row.csr.as_deref()));
                if is_found && !self.wanted.is_answered {
                    // The lost response would have named the request, which may need an approval.
                    if let Some(id) = self.unknown_request() {
                        return Next::Ask(Question::Request(id));
                    }
                    if !is_under_way {
                        // The order was read before the list.
                        return self.look_later(now, Duration::ZERO);
                    }
                    self.confirm();
                }
                if !is_listed && self.settled_until.is_some_and(|until| until <= now) {
                    return self
                        .reject(Some("the service lists no reissue with this CSR".to_owned()));
                }
                if !has_row {
                    self.order = None;
                }
                if self.is_settled {
                    self.look_later(now, Duration::ZERO);
                }
                self.go_to(Stage::Pending)
            }
        }
    }

    /// Nothing shows that the reissue was requested.
    fn unrequested(&mut self, now: Instant, is_other_pending: bool) -> Next {
        if let Some(id) = self.unknown_request() {
            return Next::Ask(Question::Request(id));
        }
        let Some(order) = self.order.take() else { return Next::Go };
        if self.may_still_show(now) {
            return self.look_later(now, Duration::ZERO);
        }
        let reissues = self.reissues.take().unwrap_or_default();
        if matches!(order.status, OrderStatus::Canceled | OrderStatus::Revoked) {
            return failed(InvalidInputError::new(format!(
                "order {} is {}, and cannot be reissued; place a new one",
                order.id, order.status
            )));
        }
        if is_other_pending && !self.wanted.replace_pending {
            return failed(InvalidInputError::new(
                "another reissue of the order is pending, and a new one would replace it; wait for \
                 it, or set replace_pending",
            ));
        }
        let plan = match Plan::new(&order, &self.csr_names, self.wanted.names.as_deref()) {
            Ok(plan) => plan,
            Err(error) => return failed(error),
        };
        if !plan.removed.is_empty() && !self.wanted.remove_names {
            return failed(InvalidInputError::new(format!(
                "the reissue would leave out {}, and the service would then revoke the order's \
                 certificates within 72 hours; name them too, or set remove_names",
                Excerpted(plan.removed.join(", "))
            )));
        }
        self.wanted.sought.exclude(&order, &reissues, true);
        self.order = Some(order);
        self.request_next(plan)
    }

    /// An open request for a reissue, of which it is not known whose it is.
    fn unknown_request(&self) -> Option<RequestId> {
        let requests = self.order.iter().flat_map(|order| &order.requests);
        let is_unknown = |id: &RequestId| {
            !self.foreign.contains(id) && self.wanted.sought.request_id != Some(*id)
        };
        let open = requests.filter(|request| request.is_open_reissue());
        open.map(|request| request.id).find(is_unknown)
    }

    /// Looks for the order that was placed, or was perhaps, by its reference.
    fn find(&mut self, now: Instant) -> Next {
        let Beginning::Order(order) = &self.wanted.beginning else { return Next::Go };
        let Some(found) = &mut self.found else {
            return Next::Ask(Question::Find(order.reference().unwrap_or_default().to_owned()));
        };
        if let Some(id) = found.pop() {
            return Next::Ask(Question::Order(id));
        }
        let plan = Plan::of_new_order(&order.body.names(), &order.renewed_names);
        self.found = None;
        if self.may_still_show(now) {
            return self.look_later(now, Duration::ZERO);
        }
        match plan {
            Ok(plan) => self.request_next(plan),
            Err(error) => failed(error),
        }
    }

    /// Whether the request may have been sent, and the service may only not show it yet. If not, it
    /// counts as not sent.
    fn may_still_show(&mut self, now: Instant) -> bool {
        let may_show = self.is_lost && self.is_lagging(now);
        if !may_show {
            (self.is_lost, self.pace.lag_end) = (false, None);
        }
        may_show
    }

    fn request_next(&mut self, plan: Plan) -> Next {
        self.wanted.is_unsent = false;
        self.stage = Stage::Requesting(plan.names.clone());
        reached(Progress::Requesting(plan))
    }

    /// The service has shown what was requested.
    fn confirm(&mut self) {
        (self.wanted.is_answered, self.is_lost) = (true, false);
    }

    /// Takes an order that has the reference of the new one.
    fn found(&mut self, order: Order) -> Next {
        let csr = order.csr();
        if csr.is_some() && !self.wanted.sought.has_csr(csr) {
            let is_living = order.status == OrderStatus::Issued || order.status.is_under_way();
            if self.wanted.again || !is_living {
                return Next::Go;
            }
            self.found = None;
            return failed(InvalidInputError::new(format!(
                "order {} has this alternative order id, and another CSR; choose another id, or set \
                 again",
                order.id
            )));
        }
        self.confirm();
        self.wanted.order_id = Some(order.id);
        self.order = Some(order);
        Next::Go
    }

    fn placed(&mut self, now: Instant, placed: Placed) -> Next {
        if self.wanted.order_id != Some(placed.id) {
            (self.wanted.order_id, self.order) = (Some(placed.id), None);
        }
        self.confirm();
        self.begin_lag(now);
        self.wanted.sought.certificate_id = placed.certificate_id;
        let request = placed.requests.first();
        self.wanted.sought.request_id = request.map(|request| request.id);
        let chain = placed.chain().ok().flatten();
        if let Some(chain) = chain.filter(|chain| self.problem(chain).is_none()) {
            return self.finish(chain);
        }
        let is_open =
            |request: &&RequestSummary| request.status.as_ref().is_none_or(RequestStatus::is_open);
        let open = request.filter(is_open).filter(|_| placed.certificate_id.is_none());
        let stage = match (open, placed.dcv_random_value) {
            (Some(request), _) => Stage::Approval(request.id),
            (None, Some(value)) => {
                self.control.value = Some((RandomValue::new(value), now));
                Stage::Pending
            }
            (None, None) => Stage::Looking,
        };
        self.look_first_at(now, stage)
    }

    fn judge_request(&mut self, now: Instant, request: Request) -> Next {
        match self.stage {
            Stage::Ended(_) => self.reject(request.processor_comment),
            Stage::Approval(_) if request.status.is_open() => self.look_later(now, MINUTE),
            Stage::Approval(_) if request.status == RequestStatus::Rejected => {
                self.reject(request.processor_comment)
            }
            Stage::Approval(_) => self.approved(now),
            _ => {
                let csr = request.order.as_ref().and_then(|order| order.csr());
                if self.wanted.sought.has_csr(csr) {
                    self.wanted.sought.request_id = Some(request.id);
                    self.confirm();
                } else {
                    self.foreign.insert(request.id);
                }
                Next::Go
            }
        }
    }

    fn approved(&mut self, now: Instant) -> Next {
        self.approval.is_done = true;
        self.begin_lag(now);
        self.look_first_at(now, Stage::Looking)
    }

    /// The order says that nothing is under way. The list, which may lag, tells how it ended.
    pub(super) fn settled(&mut self, now: Instant) -> Next {
        self.is_settled = true;
        self.settled_until.get_or_insert(later(now, self.wanted.lag));
        self.go_to(Stage::Looking)
    }

    fn downloaded(&mut self, now: Instant, chain: CertificateChain) -> Next {
        let Some(problem) = self.problem(&chain) else { return self.finish(chain) };
        if matches!(self.stage, Stage::Told(_)) {
            return self.look_now_at(Stage::Looking);
        }
        if let Stage::Issued { id, is_certain: false } = self.stage
            && !self.is_lagging(now)
        {
            self.wanted.sought.not.push(id);
            return self.look_now_at(Stage::Looking);
        }
        self.try_again(now, InvalidInputError::new(problem).into())
    }

    /// Returns why a chain is not the one that was requested: the service has been observed to send
    /// another certificate of the order.
    fn problem(&self, chain: &CertificateChain) -> Option<String> {
        if !chain.is_for(&self.wanted.sought.csr) {
            return Some("the certificate that the service sends is for another key".to_owned());
        }
        let wanted = self.serial_number.as_deref().and_then(canonical)?;
        let found = chain.serial_number();
        (canonical(&found)? != wanted).then(|| {
            format!("the certificate that the service sends has the serial number {found}")
        })
    }

    fn finish(&mut self, chain: CertificateChain) -> Next {
        let certificate_id = match self.stage {
            Stage::Issued { id, .. } | Stage::Told(id) => Some(id),
            _ => self.wanted.sought.certificate_id,
        };
        self.stage = Stage::Over;
        reached(Progress::Issued(IssuedCertificate {
            certificate_id,
            serial_number: chain.serial_number(),
            valid_till: chain.valid_till(),
            chain,
        }))
    }

    fn reject(&mut self, reason: Option<String>) -> Next {
        self.stage = Stage::Over;
        reached(Progress::Rejected { reason })
    }

    /// Takes the error of a call.
    fn failed(&mut self, now: Instant, question: &Question, error: Error) -> Next {
        let is_transient = error.is_transient();
        if self.wanted.order_id.is_none() {
            self.found = None;
        }
        let is_refusal = matches!(error, Error::Api(_)) && !is_transient;
        match question {
            Question::Place(_) if error.may_have_taken_effect() => {
                (self.is_lost, self.order) = (true, None);
                self.begin_lag(now);
                self.last_error = Some(error);
                return self.look_now_at(Stage::Looking);
            }
            // It was refused. Before it is sent again, it is to be saved again that it may have been.
            Question::Place(_) if !is_transient => {
                (self.stage, self.order) = (Stage::Looking, None);
                return failed(error);
            }
            // It ran out of time.
            _ if matches!(error, Error::Deadline(_)) => return failed(error),
            Question::Approve(id) => {
                self.approval.is_refused = is_refusal && !error.may_have_taken_effect();
                self.last_error = Some(error);
                // It took effect all the same, or somebody else was faster.
                return Next::Ask(Question::Request(*id));
            }
            Question::Request(_) if matches!(self.stage, Stage::Ended(_)) && !is_transient => {
                return self.reject(None);
            }
            Question::Download(_) if matches!(self.stage, Stage::Told(_)) => {
                self.last_error = Some(error);
                return self.look_now_at(Stage::Looking);
            }
            // The service also looks automatically.
            Question::Check if is_refusal => {
                self.look_later(now, MINUTE);
            }
            Question::Method(_) if !is_transient => self.control.is_method_changed = true,
            // What was placed just now may not be shown yet.
            Question::Order(_)
                if self.wanted.beginning.is_new_order()
                    && error.is_not_found()
                    && self.is_lagging(now) =>
            {
                self.look_later(now, Duration::ZERO);
            }
            Question::Download(_) if !matches!(error, Error::Invalid(_)) => {
                return self.try_again(now, error);
            }
            _ if is_transient && (self.wanted.is_answered || self.is_lost) => {
                self.look_later(now, Duration::ZERO);
            }
            _ => return failed(error),
        }
        self.last_error = Some(error);
        Next::Go
    }

    /// Downloads once more, unless it was tried for as long as the service may lag.
    fn try_again(&mut self, now: Instant, error: Error) -> Next {
        if error.is_access_denied() || !self.is_lagging(now) {
            self.begin_lag(now);
            return failed(error);
        }
        self.last_error = Some(error);
        self.look_later(now, Duration::ZERO)
    }

    pub(super) fn go_to(&mut self, stage: Stage) -> Next {
        self.stage = stage;
        Next::Go
    }

    fn approves(&self) -> bool {
        self.wanted.approve && !self.approval.is_refused
    }

    /// Whether there may be reissues to list.
    fn has_reissues(&self) -> bool {
        let is_requested = self.is_lost || self.wanted.is_answered;
        let may_have_any = || self.order.as_ref().is_none_or(Order::may_have_reissues);
        !self.wanted.beginning.is_new_order() && (is_requested || may_have_any())
    }
}

pub(super) fn reached(progress: Progress) -> Next {
    Next::Done(Box::new(Ok(progress)))
}

fn failed(error: impl Into<Error>) -> Next {
    Next::Done(Box::new(Err(error.into())))
}
