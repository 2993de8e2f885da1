//! The trait that a transport under test implements.

use std::{sync::Arc, time::Duration};

use certcentral_core::{
    Api, Call, Drive, Error, ListReissues, Reissues,
    reissuance::{Progress, Reissuance},
};

use crate::{
    cases::{ORDER_ID, Post},
    fault_server::root_certificate_pem,
};

/// A transport under test: what it drives in, its result out.
///
/// An async transport blocks on its runtime here. Let that be a multi-threaded one
/// (`tokio::runtime::Builder::new_multi_thread`), so that it sees what happens to idle connections
/// between two calls, as it would in a program.
pub trait Transport: Send + Sync + 'static {
    /// Drives a call, or calls in a row, with all attempts and pauses, and blocks until the result is
    /// there.
    ///
    /// # Errors
    ///
    /// Those of what is driven.
    fn drive<D: Drive>(&self, drive: D) -> Result<D::Output, Error>;
}

/// The settings of a transport, for one case of the suite.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The service that the calls go to, for a transport that wants to know it beforehand.
    pub api: Api,
    /// The only root certificate to trust, in PEM.
    pub root_certificate_pem: &'static str,
    /// How long it may take to connect, the TLS handshake included. A connection that takes longer
    /// is [`FailureKind::Connect`](certcentral_core::FailureKind::Connect).
    pub connect_timeout: Duration,
}

/// Builds the transport of each case.
#[derive(Clone)]
pub(crate) struct Connector {
    connect: Arc<Connect>,
    patience: &'static [Duration],
}

type Connect = dyn Fn(&Setup) -> Box<dyn Caller> + Send + Sync;

impl Connector {
    pub(crate) fn new<T: Transport>(connect: impl Fn(&Setup) -> T + Send + Sync + 'static) -> Self {
        let connect = Arc::new(move |setup: &Setup| Box::new(connect(setup)) as _);
        Self { connect, patience: &PATIENCE }
    }

    /// Returns one that checks once, for a case that fails with any time for an attempt.
    pub(crate) fn impatient(&self) -> Self {
        Self { patience: &PATIENCE[..1], ..self.clone() }
    }

    /// Checks with so much time for an attempt as is enough on an idle machine, and where that fails
    /// with more, as a busy one needs. A transport that is wrong fails with any.
    pub(crate) fn with_patience(
        &self,
        check: impl Fn(Duration) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut found = Ok(());
        for &time in self.patience {
            found = check(time);
            if found.is_ok() {
                break;
            }
        }
        found
    }

    pub(crate) fn connect(&self, api: Api) -> Client {
        self.connect_within(api, Duration::from_secs(10))
    }

    pub(crate) fn connect_within(&self, api: Api, connect_timeout: Duration) -> Client {
        let root_certificate_pem = root_certificate_pem();
        let setup = Setup { api: api.clone(), root_certificate_pem, connect_timeout };
        Client { api, caller: (self.connect)(&setup) }
    }
}

const PATIENCE: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];

/// A transport and the service that it calls.
pub(crate) struct Client {
    api: Api,
    caller: Box<dyn Caller>,
}

impl Client {
    pub(crate) fn list(&self) -> Result<Reissues, Error> {
        self.caller.list(self.api.call(ListReissues::new(ORDER_ID)))
    }

    pub(crate) fn post(&self) -> Result<(), Error> {
        self.caller.post(self.api.call(Post))
    }

    pub(crate) fn reissue(&self, reissuance: &mut Reissuance) -> Result<Progress, Error> {
        self.caller.reissue(reissuance)
    }
}

/// A [`Transport`] as an object: the suite is compiled once, not for each transport.
trait Caller: Send + Sync {
    fn list(&self, call: Call<ListReissues>) -> Result<Reissues, Error>;
    fn post(&self, call: Call<Post>) -> Result<(), Error>;
    fn reissue(&self, reissuance: &mut Reissuance) -> Result<Progress, Error>;
}

impl<T: Transport> Caller for T {
    fn list(&self, call: Call<ListReissues>) -> Result<Reissues, Error> {
        self.drive(call)
    }

    fn post(&self, call: Call<Post>) -> Result<(), Error> {
        self.drive(call)
    }

    fn reissue(&self, reissuance: &mut Reissuance) -> Result<Progress, Error> {
        self.drive(reissuance)
    }
}
