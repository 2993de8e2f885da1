//! The calls that a reissuance is made of.

use std::time::Instant;

use bytes::Bytes;

use super::{Reissuance, checkpoint::Beginning};
use crate::{
    call::{Call, Drive, Step},
    certificate::{CertificateChain, DownloadCertificate},
    endpoint::Endpoint,
    error::Failure,
    id::{CertificateId, OrderId, RequestId},
    instant::later,
    order::{
        ChangeOrderDcvMethod, CheckOrderDcv, CheckedDcv, DcvMethod, ListReissues, Order, OrderInfo,
        OrderRandomValue, OrderSummaries, OrderValidationStatus, OrdersByAlternativeId, Placed,
        RandomValue, ReissueCertificate, Reissues, ValidationStatus,
    },
    request::{Request, RequestInfo, UpdateRequestStatus},
};

/// What is asked of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Order(OrderId),
    Reissues,
    Request(RequestId),
    /// To be placed with these names: the reissue, or the order.
    Place(Vec<String>),
    /// Orders with the reference of the new one.
    Find(String),
    Approve(RequestId),
    Validation,
    Value,
    Method(DcvMethod),
    Check,
    Download(CertificateId),
}

pub(super) enum Received {
    Order(Box<Order>),
    Reissues(Reissues),
    Request(Box<Request>),
    Placed(Placed),
    Found(OrderSummaries),
    Approved,
    Validation(ValidationStatus),
    Value(Option<RandomValue>),
    Checked(CheckedDcv),
    Chain(CertificateChain),
}

/// A question that is being asked.
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) call: Box<dyn Drive<Output = Received>>,
    /// When its own time is over, if it has a bound.
    pub(super) timeout: Option<Instant>,
}

impl Asked {
    /// Sets when all must be over.
    pub(super) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.call.set_deadline([self.timeout, deadline].into_iter().flatten().min());
    }
}

impl Reissuance {
    /// Compiled where a reissuance is driven, as the calls are that it is made of.
    #[inline]
    pub(super) fn ask(&mut self, now: Instant, question: Question) {
        // Before a new order has one, only those calls are made that need none.
        let order_id = self.wanted.order_id.unwrap_or(OrderId(0));
        let call = match &question {
            Question::Order(id) => {
                self.call(OrderInfo::new(*id), |order| Received::Order(order.into()))
            }
            Question::Reissues => {
                let list = ListReissues::new(order_id).show_archived(true);
                self.call(list, Received::Reissues)
            }
            Question::Request(id) => {
                let info = RequestInfo::new(*id);
                self.call(info, |request| Received::Request(request.into()))
            }
            Question::Place(names) => match &self.wanted.beginning {
                Beginning::Reissue(options) => {
                    let csr = &self.wanted.sought.csr;
                    let reissue = ReissueCertificate::with(options, order_id, csr, names);
                    self.call(reissue, Received::Placed)
                }
                Beginning::Order(order) => {
                    let mut order = order.clone();
                    order.body.set_names(names);
                    self.call(order, Received::Placed)
                }
            },
            Question::Find(reference) => {
                self.call(OrdersByAlternativeId::new(reference), Received::Found)
            }
            Question::Approve(id) => {
                self.call(UpdateRequestStatus::approve(*id), |()| Received::Approved)
            }
            Question::Validation => {
                self.call(OrderValidationStatus::new(order_id), Received::Validation)
            }
            Question::Value => {
                let value = OrderRandomValue::new(order_id);
                self.call(value, |value| Received::Value(Some(value)))
            }
            Question::Method(method) => {
                let change = ChangeOrderDcvMethod::new(order_id, method.clone());
                self.call(change, Received::Value)
            }
            Question::Check => self.call(CheckOrderDcv::new(order_id), Received::Checked),
            Question::Download(id) => {
                let download = DownloadCertificate::new(*id).without_root();
                self.call(download, Received::Chain)
            }
        };
        let timeout = self.api.call_timeout().map(|timeout| later(now, timeout));
        let mut asked = Asked { question, call, timeout };
        asked.set_deadline(self.deadline);
        self.asked = Some(asked);
    }

    fn call<E: Endpoint>(
        &self,
        endpoint: E,
        received: fn(E::Output) -> Received,
    ) -> Box<dyn Drive<Output = Received>> {
        Box::new(Mapped { call: self.api.call(endpoint), received })
    }
}

/// A call whose output is received by a reissuance.
struct Mapped<E: Endpoint> {
    call: Call<E>,
    received: fn(E::Output) -> Received,
}

impl<E: Endpoint> Drive for Mapped<E> {
    type Output = Received;

    fn poll(&mut self, now: Instant) -> Step<Received> {
        self.call.poll(now).and_then(|output| Ok((self.received)(output)))
    }

    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        self.call.handle(now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.call.set_deadline(deadline);
    }
}
