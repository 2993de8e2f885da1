//! A row of a fault table: the script that a server runs for each attempt, and the required outcome.

use std::{
    slice,
    time::{Duration, Instant},
};

use certcentral_core::{ApiBuilder, Error, Reissues};

use crate::{
    case::{Case, api_with_key, require},
    fault_server::{FaultServer, Scheme, Script, Step, in_words, responses::good, write},
    log_capture::{self, ECHOED_KEY, KEY},
    outcome::{Outcome, ended},
    transport::Connector,
};

/// A case that a script and an outcome describe.
#[derive(Clone)]
pub(crate) struct Row {
    name: String,
    scheme: Scheme,
    fault: Script,
    outcome: Outcome,
    settings: fn(ApiBuilder) -> ApiBuilder,
    connect_timeout: Duration,
    /// Whether an attempt has a second, or more on a busy machine.
    is_hasty: bool,
    took: (Duration, Duration),
    then_paused: bool,
    echoes_key: bool,
}

impl Row {
    pub(crate) fn http(
        name: impl Into<String>,
        fault: impl Into<Script>,
        outcome: Outcome,
    ) -> Self {
        Self {
            name: name.into(),
            scheme: Scheme::Http,
            fault: fault.into(),
            outcome,
            settings: |api| api,
            connect_timeout: Duration::from_secs(10),
            is_hasty: false,
            took: (Duration::ZERO, Duration::from_secs(10)),
            then_paused: false,
            echoes_key: false,
        }
    }

    pub(crate) fn https(
        name: impl Into<String>,
        fault: impl Into<Script>,
        outcome: Outcome,
    ) -> Self {
        Self { scheme: Scheme::Https, ..Self::http(name, fault, outcome) }
    }

    pub(crate) fn with(self, settings: fn(ApiBuilder) -> ApiBuilder) -> Self {
        Self { settings, ..self }
    }

    pub(crate) fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// Gives each attempt a second, because the fault takes all the time that there is; more if that
    /// was not enough.
    pub(crate) fn hasty(self) -> Self {
        Self { is_hasty: true, ..self }
    }

    /// Requires that the call takes `least` or longer, and at most 2 s more for each attempt, for a
    /// busy machine.
    pub(crate) fn takes(self, least: Duration) -> Self {
        let late = Duration::from_secs(2) * self.outcome.attempts;
        Self { took: (least, least + late), ..self }
    }

    /// Requires that the response pauses the whole `Api`, so that the next call has no time either.
    pub(crate) fn then_paused(self) -> Self {
        Self { then_paused: true, ..self }
    }

    /// Uses the other key, because the server sends it back, and a library may log that.
    pub(crate) fn echoes_key(self) -> Self {
        Self { echoes_key: true, ..self }
    }

    /// Requires that the call ends with the outcome, in its time, that the server sees exactly the
    /// requests of its attempts (or fewer, where time decides), and that the next call on the same
    /// client works. If the fault is retried, a call that meets it once works too.
    pub(crate) fn check(&self, transport: &Connector) -> Result<(), String> {
        if !self.is_hasty {
            return self.check_with(transport, self.settings, self.took.1);
        }
        transport.with_patience(|time| {
            let most = self.took.1.max((time + Duration::from_secs(2)) * self.outcome.attempts);
            let settings = |api: ApiBuilder| (self.settings)(api).attempt_timeout(time);
            self.check_with(transport, settings, most)
        })
    }

    fn check_with(
        &self,
        transport: &Connector,
        settings: impl FnOnce(ApiBuilder) -> ApiBuilder,
        most: Duration,
    ) -> Result<(), String> {
        let server = FaultServer::start(self.scheme, self.scripts());
        let reads = self.fault.iter().filter(|step| matches!(step, Step::ReadRequest)).count();
        let key = if self.echoes_key { &ECHOED_KEY } else { &KEY };
        let api = api_with_key(key.as_str(), &server.base_url());
        let api = settings(api).build().map_err(|error| error.to_string())?;
        let client = transport.connect_within(api, self.connect_timeout);

        let begun = Instant::now();
        let result = client.list();
        let took = begun.elapsed();
        let mut requests = reads * usize::try_from(self.outcome.attempts).unwrap_or(usize::MAX);
        // On a busy machine an attempt's time can be over before its request is sent.
        let raced = self.outcome.is_timeout();
        let seen = server.requests();
        let count = || format!("{seen} requests, not {requests}");
        let is_count = seen == requests || (raced && seen < requests);
        self.outcome
            .check(&result)
            .map_err(|found| if is_count { found } else { format!("{found}; {}", count()) })?;
        require(is_count, count)?;
        let least = self.took.0;
        require(least <= took && took <= most, || format!("{}, after {took:.1?}", ended(&result)))?;

        if self.then_paused {
            let next = client.list();
            let is_paused = matches!(next, Err(Error::Deadline(_)));
            require(is_paused, || format!("the next call: {}", ended(&next)))?;
            return require(server.requests() == requests, || "a request in the pause".to_owned());
        }
        check_good("the next call", &client.list())?;
        requests += 1;
        if self.outcome.is_retried() {
            check_good("a call that meets the fault once", &client.list())?;
            requests += reads + 1;
        }
        let seen = server.requests();
        require(seen == requests || raced, || {
            format!("{seen} requests with those of the calls that follow, not {requests}")
        })
    }

    /// Returns the fault for every attempt of the first call, then, if it is retried, one good response
    /// and the fault once more.
    fn scripts(&self) -> Vec<Script> {
        let fault = by_request(&self.fault);
        let attempts = usize::try_from(self.outcome.attempts).unwrap_or(usize::MAX);
        let mut scripts = vec![fault.clone(); attempts].concat();
        if self.outcome.is_retried() {
            let ends = self.fault.last().is_some_and(Step::is_end);
            let mut good = vec![Step::ReadRequest, write(good())];
            // Closed if the fault closes, so that the fault comes on the same kind of connection again.
            good.extend(ends.then_some(Step::Close));
            scripts.push(good);
            scripts.extend(fault);
        }
        scripts
    }
}

/// Splits a fault into a script for each request, which may come on one connection or several.
fn by_request(fault: &[Step]) -> Vec<Script> {
    let is_read = |step: &Step| matches!(step, Step::ReadRequest);
    let mut scripts: Vec<Script> = Vec::new();
    for step in fault {
        match scripts.last_mut() {
            Some(script) if !is_read(step) || !script.iter().any(is_read) => {
                script.push(step.clone());
            }
            _ => scripts.push(slice::from_ref(step).to_vec()),
        }
    }
    scripts
}

impl From<Row> for Case {
    fn from(row: Row) -> Self {
        let server = in_words(&row.fault);
        let required = row.outcome.to_string();
        Self::new(row.name.clone(), server, required, move |transport| row.check(transport))
    }
}

/// Fails if `result` is not what a good server responds.
pub(crate) fn check_good(which: &str, result: &Result<Reissues, Error>) -> Result<(), String> {
    log_capture::check_printed(result)?;
    let list = result.as_ref().map_err(|_| format!("{which}: {}", ended(result)))?;
    let ids: Vec<_> = list.certificates.iter().map(|reissue| reissue.id.0).collect();
    require(ids == [1], || format!("{which} read the response of another: ids {ids:?}"))
}
