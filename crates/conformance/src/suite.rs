//! Runs all cases on one transport.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    case::Case,
    cases,
    log_capture::{self, ECHOED_KEY, KEY, Key},
    report::{Exception, Report},
    transport::{Connector, Setup, Transport},
};

/// The fault suite, for one transport.
#[must_use = "nothing is run until `run` is called"]
pub struct Suite {
    transport: Connector,
    only: &'static str,
    exceptions: Vec<Exception>,
}

impl Suite {
    /// Returns the suite for the transports that `connect` builds, one or more for each case. Calls
    /// on one of them may share its connections.
    pub fn new<T: Transport>(connect: impl Fn(&Setup) -> T + Send + Sync + 'static) -> Self {
        Self { transport: Connector::new(connect), only: "", exceptions: Vec::new() }
    }

    /// Runs only the cases whose name begins with `name`: `"redirect"`, `"redirect: 301"`.
    pub fn only(self, name: &'static str) -> Self {
        Self { only: name, ..self }
    }

    /// Names the cases that the transport does not pass, by the beginning of their names, with what the
    /// suite finds and the reason for the exception.
    ///
    /// `found` is a part of the text after `got` in the report. The report fails if one of these
    /// cases passes, if something else is found, or if there is no such case.
    pub fn except(self, cases: &str, found: &str, reason: &str) -> Self {
        self.with_exception(cases, found, reason, false)
    }

    /// Does the same as [`except`](Self::except) for cases where timing decides: they may also pass.
    pub fn except_sometimes(self, cases: &str, found: &str, reason: &str) -> Self {
        self.with_exception(cases, found, reason, true)
    }

    /// Runs the cases, several at a time, on real sockets on loopback.
    ///
    /// Of the suites of one process, one runs at a time: what is logged belongs to it.
    pub fn run(self) -> Report {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let is_logger = log_capture::install();
        KEY.take_logged();
        ECHOED_KEY.take_logged();

        let cases: Vec<_> = cases::all().into_iter().filter(|case| self.runs(&case.name)).collect();
        let mut report = Report::default();
        for (case, found) in cases.iter().zip(self.run_all(&cases)) {
            report.add(case, found, self.exception(&case.name));
        }
        for case in logs(is_logger).iter().filter(|case| self.runs(&case.name)) {
            report.add(case, case.check(&self.transport), self.exception(&case.name));
        }
        report.check_name(self.only);
        let named = self.exceptions.iter().map(|exception| exception.cases.as_str());
        named.filter(|name| self.runs(name)).for_each(|name| report.check_name(name));
        report
    }

    fn with_exception(
        mut self,
        cases: &str,
        found: &str,
        reason: &str,
        depends_on_timing: bool,
    ) -> Self {
        let [cases, found, reason] = [cases, found, reason].map(str::to_owned);
        self.exceptions.push(Exception { cases, found, reason, depends_on_timing });
        self
    }

    fn runs(&self, name: &str) -> bool {
        name.starts_with(self.only)
    }

    fn exception(&self, name: &str) -> Option<&Exception> {
        self.exceptions.iter().find(|exception| name.starts_with(&exception.cases))
    }

    /// Runs each case once, many at a time, because most of them wait for sockets.
    fn run_all(&self, cases: &[Case]) -> Vec<Result<(), String>> {
        const AT_ONCE: usize = 32;
        let impatient = self.transport.impatient();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            while let index = next.fetch_add(1, Ordering::Relaxed)
                && let Some(case) = cases.get(index)
            {
                let is_excepted = self.exception(&case.name).is_some();
                let transport = if is_excepted { &impatient } else { &self.transport };
                found.push((index, run(case, transport)));
            }
            found
        };
        let mut found: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        found.sort_unstable_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, found)| found).collect()
    }
}

fn run(case: &Case, transport: &Connector) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| case.check(transport))).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref().copied());
        Err(format!("a panic: {}", message.unwrap_or("without a message")))
    })
}

/// Returns the cases about what was logged during all others.
fn logs(is_logger: bool) -> [Case; 2] {
    let log = move |name, server, key: &'static Key| {
        Case::new(name, server, "not logged, at any level", move |_| {
            if !is_logger {
                return Err("another logger is installed in this process".to_owned());
            }
            match key.take_logged().as_slice() {
                [] => Ok(()),
                [first, ..] => Err(first.clone()),
            }
        })
    };
    [
        log("key logged: by a client", "reads requests with a key", &KEY),
        log("key logged: when it is echoed", "sends the key back", &ECHOED_KEY),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_cases_have_one_name() {
        let cases = cases::all();
        let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
        assert_eq!(names.len(), cases.len());
    }
}
