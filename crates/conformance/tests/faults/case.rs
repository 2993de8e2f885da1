//! One row of a table, and how it is run through a transport.

use std::{
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use certcentral_both_transports::{TRANSPORTS, TransportKind};
use certcentral_core::{ApiBuilder, Error, FailureKind, Reissues};
use http::StatusCode;

use crate::{
    answer, log_capture,
    script::{Close, ReadRequest, Script, Step, write},
    server::{FaultServer, Scheme},
    setup::{api, call, trusting},
};

/// What a server does to an attempt, and how the call must end.
pub(crate) struct Case {
    name: String,
    scheme: Scheme,
    fault: Script,
    outcome: Outcome,
    /// Where a transport rightly differs, and why.
    exception: Option<(TransportKind, Outcome, &'static str)>,
    settings: fn(ApiBuilder) -> ApiBuilder,
    connect_timeout: Duration,
    took: (Duration, Duration),
    then_paused: bool,
    echoes_key: bool,
}

/// How a call ends, and after how many attempts.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    end: End,
    attempts: u32,
}

#[derive(Clone, Debug, PartialEq)]
enum End {
    /// A list with this number of rows.
    List(usize),
    /// [`Error::Transport`] of one of these kinds.
    Failure(&'static [FailureKind]),
    /// [`Error::Api`] with this status, and the pause that the response asked for.
    Api(u16, Option<Duration>),
    /// [`Error::Decode`] with this status, at this path.
    Decode(u16, &'static str),
}

/// A list, whatever happened on the way.
pub(crate) fn lists(rows: usize) -> Outcome {
    Outcome { end: End::List(rows), attempts: 1 }
}

/// Three attempts, the last of which fails like this.
pub(crate) fn retried(kinds: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kinds), attempts: ATTEMPTS }
}

/// One attempt, which fails like this.
pub(crate) fn fails(kind: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kind), attempts: 1 }
}

/// Three attempts, each answered with this status.
pub(crate) fn retried_status(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: ATTEMPTS }
}

/// One attempt, answered with this status.
pub(crate) fn refused_with(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: 1 }
}

/// One attempt, answered with 200 and something that cannot be read at `path`, or, if that ends
/// in `*`, anywhere below.
pub(crate) fn unreadable(path: &'static str) -> Outcome {
    Outcome { end: End::Decode(200, path), attempts: 1 }
}

pub(crate) const CLOSED: &[FailureKind] = &[FailureKind::Closed];
pub(crate) const CONNECT: &[FailureKind] = &[FailureKind::Connect];
pub(crate) const PROTOCOL: &[FailureKind] = &[FailureKind::Protocol];
pub(crate) const TIMEOUT: &[FailureKind] = &[FailureKind::Timeout];
pub(crate) const TLS: &[FailureKind] = &[FailureKind::Tls];
pub(crate) const TOO_LARGE: &[FailureKind] = &[FailureKind::TooLarge];

/// As the default policy has it.
const ATTEMPTS: u32 = 3;

impl Outcome {
    /// The response's `Retry-After`, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        if let End::Api(_, retry_after) = &mut self.end {
            *retry_after = Some(Duration::from_secs(seconds));
        }
        self
    }

    /// Not 200, but another 2xx.
    pub(crate) fn status(mut self, success: u16) -> Self {
        if let End::Decode(status, _) = &mut self.end {
            *status = success;
        }
        self
    }

    fn is_retried(&self) -> bool {
        self.attempts > 1
    }
}

impl Case {
    pub(crate) fn http(
        name: impl Into<String>,
        fault: impl Into<Script>,
        outcome: Outcome,
    ) -> Self {
        let bounds = (Duration::ZERO, Duration::from_secs(10));
        Self {
            name: name.into(),
            scheme: Scheme::Http,
            fault: fault.into(),
            outcome,
            exception: None,
            settings: |api| api,
            connect_timeout: Duration::from_secs(10),
            took: bounds,
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

    /// On this transport the call rightly ends otherwise.
    pub(crate) fn except(self, on: TransportKind, outcome: Outcome, reason: &'static str) -> Self {
        Self { exception: Some((on, outcome, reason)), ..self }
    }

    pub(crate) fn with(self, settings: fn(ApiBuilder) -> ApiBuilder) -> Self {
        Self { settings, ..self }
    }

    pub(crate) fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// How long the call takes: never less than `least`, and at most 2 s more for each attempt, for
    /// a busy machine.
    pub(crate) fn takes(self, least: Duration) -> Self {
        let late = Duration::from_secs(2) * self.outcome.attempts;
        Self { took: (least, least + late), ..self }
    }

    /// The response pauses the whole `Api`: there is no time for a next call either.
    pub(crate) fn then_paused(self) -> Self {
        Self { then_paused: true, ..self }
    }

    /// The server sends the key back, which ureq logs at `TRACE`.
    pub(crate) fn echoes_key(self) -> Self {
        Self { echoes_key: true, ..self }
    }

    /// What must be true afterwards: the call ended as it had to, in its time, the server saw
    /// exactly the requests of its attempts (no more of them, where time decides), and the next call on the same client works. If the
    /// fault is one that is retried, a call that meets it once works too.
    fn run(&self, transport: TransportKind) {
        if self.echoes_key && transport == TransportKind::Ureq {
            log_capture::paused(|| self.run_and_check(transport));
        } else {
            self.run_and_check(transport);
        }
    }

    fn run_and_check(&self, transport: TransportKind) {
        let outcome = self.outcome_on(transport);
        let reads = self.fault.iter().filter(|step| matches!(step, ReadRequest)).count();
        let server = FaultServer::start(self.scheme, self.scripts(outcome));
        let api = (self.settings)(api(&server)).build().unwrap();
        let client =
            trusting(transport, api).connect_timeout(self.connect_timeout).build().unwrap();

        let begun = Instant::now();
        let result = call(&client);
        let took = begun.elapsed();
        outcome.check(&result);
        let mut requests = reads * usize::try_from(outcome.attempts).unwrap();
        // On a busy machine an attempt's time can be over before its request is sent.
        let raced = outcome.end == End::Failure(TIMEOUT);
        let seen = server.requests();
        assert!(seen == requests || (raced && seen < requests), "{seen} requests; {result:?}");
        assert!(self.took.0 <= took && took <= self.took.1, "it took {took:?}");

        if self.then_paused {
            let next = call(&client);
            assert!(matches!(next, Err(Error::Deadline(_))), "the next call: {next:?}");
            return assert_eq!(server.requests(), requests, "requests seen in the end");
        }
        check_good("the next call", &call(&client));
        requests += 1;
        if outcome.is_retried() {
            check_good("a call that meets the fault once", &call(&client));
            requests += reads + 1;
        }
        let seen = server.requests();
        assert!(seen == requests || raced, "{seen} requests in the end, not {requests}");
    }

    fn outcome_on(&self, transport: TransportKind) -> &Outcome {
        match &self.exception {
            Some((on, outcome, _)) if *on == transport => outcome,
            _ => &self.outcome,
        }
    }

    /// The fault for every attempt of the first call, one good response, and the fault once more if
    /// it is one that is retried.
    fn scripts(&self, outcome: &Outcome) -> Vec<Script> {
        let attempts = usize::try_from(outcome.attempts).unwrap();
        let again = usize::from(outcome.is_retried());
        if self.fault.last().is_some_and(Step::is_end) {
            let mut scripts = vec![self.fault.clone(); attempts];
            if outcome.is_retried() {
                scripts.push(vec![ReadRequest, write(answer::good()), Close]);
                scripts.push(self.fault.clone());
            }
            return scripts;
        }
        let mut one = vec![self.fault.clone(); attempts].concat();
        if again > 0 {
            one.extend([ReadRequest, write(answer::good())]);
            one.extend(self.fault.clone());
        }
        vec![one]
    }
}

impl Outcome {
    fn check(&self, result: &Result<Reissues, Error>) {
        log_capture::check(result);
        let ended = match result {
            Ok(list) => End::List(list.certificates.len()),
            Err(Error::Api(error)) => End::Api(error.status.as_u16(), error.retry_after),
            Err(Error::Decode(error)) => match &self.end {
                End::Decode(_, path) if is_at(error.path(), path) => {
                    End::Decode(error.status().as_u16(), path)
                }
                _ => panic!("at {:?}: {error:?}", error.path()),
            },
            Err(Error::Transport(error)) => match &self.end {
                End::Failure(kinds) if kinds.contains(&error.kind()) => End::Failure(kinds),
                _ => panic!("required {:?}, ended with {error:?}", self.end),
            },
            Err(error) => panic!("required {:?}, ended with {error:?}", self.end),
        };
        assert_eq!(ended, self.end, "{result:?}");
        if let Err(error) = result {
            assert_eq!(error.attempts(), self.attempts, "attempts; {error:?}");
            assert_eq!(said_of(error), self.end.says(error), "predicates; {error:?}");
        }
    }
}

fn is_at(found: &str, required: &str) -> bool {
    match required.strip_suffix('*') {
        Some(parent) => found.starts_with(parent),
        None => found == required,
    }
}

impl End {
    /// Which predicates of [`Error`] are true, and what it responses to the other questions.
    fn says(&self, error: &Error) -> Said {
        let mut said = Said::default();
        match self {
            Self::List(_) => {}
            Self::Decode(status, _) => said.status = Some(*status),
            Self::Failure(_) => {
                let Error::Transport(error) = error else { panic!("{error:?}") };
                match error.kind() {
                    FailureKind::Closed | FailureKind::Connect => said.is_transient = true,
                    FailureKind::Timeout => (said.is_transient, said.is_timeout) = (true, true),
                    _ => {}
                }
            }
            Self::Api(status, retry_after) => {
                said.status = Some(*status);
                said.retry_after = *retry_after;
                match status {
                    // In the service's own words only.
                    401 | 403 => said.is_access_denied = has_code(error),
                    404 => said.is_not_found = has_code(error),
                    429 => (said.is_transient, said.is_rate_limited) = (true, true),
                    408 | 500 | 502 | 503 | 504 => said.is_transient = true,
                    _ => {}
                }
            }
        }
        said
    }
}

fn has_code(error: &Error) -> bool {
    matches!(error, Error::Api(error) if !error.errors.is_empty())
}

#[derive(Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each predicate")]
struct Said {
    status: Option<u16>,
    retry_after: Option<Duration>,
    is_access_denied: bool,
    is_not_found: bool,
    is_rate_limited: bool,
    is_timeout: bool,
    is_transient: bool,
}

fn said_of(error: &Error) -> Said {
    Said {
        status: error.status().as_ref().map(StatusCode::as_u16),
        retry_after: error.retry_after(),
        is_access_denied: error.is_access_denied(),
        is_not_found: error.is_not_found(),
        is_rate_limited: error.is_rate_limited(),
        is_timeout: error.is_timeout(),
        is_transient: error.is_transient(),
    }
}

/// Asserts that `result` is what a good server answers.
pub(crate) fn check_good(which: &str, result: &Result<Reissues, Error>) {
    log_capture::check(result);
    let ids: Vec<_> = match result {
        Ok(list) => list.certificates.iter().map(|reissue| reissue.id.0).collect(),
        Err(error) => panic!("{which} failed: {error:?}"),
    };
    assert_eq!(ids, [1], "{which} read another answer than its own");
}

/// Runs each case through both transports, several at a time, and fails with all that went wrong.
pub(crate) fn run(cases: &[Case]) {
    // Most of them wait for sockets most of the time.
    const AT_ONCE: usize = 16;
    let left = Mutex::new(cases.iter().flat_map(|case| TRANSPORTS.map(|on| (case, on))));
    let wrong = Mutex::new(String::new());
    let work = || {
        loop {
            let next = left.lock().unwrap().next();
            let Some((case, on)) = next else { return };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| case.run(on))) {
                let why = panic.downcast_ref::<String>().map_or("", String::as_str);
                writeln!(wrong.lock().unwrap(), "{} on {on:?}: {why}\n", case.name).unwrap();
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "\n{wrong}");
}
