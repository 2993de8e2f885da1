//! A new order from its request to its certificate.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Awaited, Checkpoint, Progress, Reissuance, checkpoint::Beginning};
use crate::{
    api::Api,
    call::{Drive, Step},
    error::{Error, Failure, InvalidInputError},
    id::OrderId,
    order::{DcvMethod, NewOrder, OrderSummary, csr},
};

/// Carries a new order, or a renewal, from its request to its certificate, as a [`Reissuance`] does a
/// reissue: with the same [`Progress`], and a [`Checkpoint`] to save after each drive. A program that carries
/// both turns it into a [`Reissuance`], which has the same methods, and [`Reissuance::resume`] goes on
/// with either. Its setters for the names and the options of a reissue do nothing then: the order has its
/// own.
///
/// The order needs an [`alternative_order_id`](NewOrder::alternative_order_id). Nothing protects an
/// account from a second order, and this is how one is found whose response was lost. An order that has
/// it and the same CSR is followed, and none is placed; one with another CSR is an error.
///
/// Of a [renewal](NewOrder::renewal), the [`Plan`](super::Plan) says what is to change: which names are
/// kept, added and removed. Where the order has no method of validation, it is [`DcvMethod::DnsTxt`].
///
/// ```no_run
/// use certcentral_core::{Api, Error, order::NewOrder, reissuance::{Issuance, Progress}};
///
/// # fn order(api: &Api, csr: &str, drive: impl Fn(&mut Issuance) -> Result<Progress, Error>)
/// # -> Result<(), Error> {
/// let order = NewOrder::new("ssl_basic", csr)
///     .organization(31)
///     .common_name("shop.example.com")
///     .years(1)
///     .alternative_order_id("shop-2026");
/// let mut issuance = Issuance::new(api, order)?;
/// while !issuance.is_finished() {
///     let progress = drive(&mut issuance);
///     println!("save {:?}", issuance.checkpoint()); // before the next drive
///     match progress? {
///         Progress::Issued(certificate) => println!("{}", certificate.chain.to_pem()),
///         progress => println!("{progress}"),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "an issuance does nothing until it is driven"]
pub struct Issuance(Reissuance);

impl Issuance {
    /// Returns an issuance of this order.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no CSR in the order, or if it has no alternative order id.
    pub fn new(api: &Api, mut order: NewOrder) -> Result<Self, Error> {
        if order.reference().is_none() {
            return Err(InvalidInputError::new(
                "the order has no alternative order id, by which it is found if the response is lost; \
                 set one",
            )
            .into());
        }
        let csr = csr::read(order.body.csr())?;
        if order.body.dcv_method().is_none() {
            order = order.dcv_method(DcvMethod::DnsTxt);
        }
        let wanted = Checkpoint::new(None, csr, Beginning::Order(order));
        Ok(Self(Reissuance::start(api, wanted)))
    }

    /// Returns an issuance that goes on from a checkpoint. Its request may have been sent.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn resume(api: &Api, checkpoint: Checkpoint) -> Result<Self, Error> {
        Reissuance::resume(api, checkpoint).map(Self)
    }

    /// Sets whether the order is placed although there is another with its alternative order id.
    /// Default: no.
    pub fn again(self, again: bool) -> Self {
        Self(self.0.again(again))
    }

    /// Sets for how long the service may not find what was ordered. Default: 15 minutes.
    pub fn lag(self, lag: Duration) -> Self {
        Self(self.0.lag(lag))
    }

    /// Sets whether to approve the request with this key; see [`Reissuance::approve`].
    pub fn approve(self, approve: bool) -> Self {
        Self(self.0.approve(approve))
    }

    /// Sets the longest pause between two looks; see [`Reissuance::interval`].
    pub fn interval(self, interval: Duration) -> Self {
        Self(self.0.interval(interval))
    }

    /// Sets how long after the order, or after its approval, it looks for the first time; see
    /// [`Reissuance::first_look`].
    pub fn first_look(self, pause: Duration) -> Self {
        Self(self.0.first_look(pause))
    }

    /// Returns what [`resume`](Self::resume) needs.
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.checkpoint()
    }

    /// Returns the order, once it is placed.
    pub fn order_id(&self) -> Option<OrderId> {
        self.0.order_id()
    }

    /// Returns what it waits for. `None` before the request, and once it is over.
    pub fn waits_for(&self) -> Option<Awaited<'_>> {
        self.0.waits_for()
    }

    /// Returns when it looks next, if it waits for that.
    pub fn next_look(&self) -> Option<Instant> {
        self.0.next_look()
    }

    /// Makes the next look due.
    pub fn look_now(&mut self) {
        self.0.look_now();
    }

    /// Takes what [`StatusChanges`](crate::order::StatusChanges) says of the order; see
    /// [`Reissuance::changed`].
    pub fn changed(&mut self, change: &OrderSummary) {
        self.0.changed(change);
    }

    /// Returns whether the service has confirmed the order.
    pub fn is_requested(&self) -> bool {
        self.0.is_requested()
    }

    /// Returns whether it is over: the certificate was given, or there will be none.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Returns the last error that did not end the drive.
    pub fn last_error(&self) -> Option<&Error> {
        self.0.last_error()
    }
}

impl From<Issuance> for Reissuance {
    fn from(issuance: Issuance) -> Self {
        issuance.0
    }
}

impl Drive for Issuance {
    type Output = Progress;

    #[inline]
    fn poll(&mut self, now: Instant) -> Step<Progress> {
        self.0.poll(now)
    }

    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        self.0.handle(now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.0.set_deadline(deadline);
    }
}
