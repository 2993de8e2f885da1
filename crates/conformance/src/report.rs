//! The results of a suite: passed cases, exceptions and failures.

use std::fmt::{self, Display, Formatter};

use crate::case::Case;

/// The results of a [`Suite`](crate::Suite).
///
/// Its text lists the failures, the exceptions and the numbers; with `{:#}` also each case that
/// passed.
#[derive(Clone, Debug, Default)]
#[must_use = "it may contain failures"]
pub struct Report {
    passed: Vec<String>,
    excepted: Vec<(String, String)>,
    failures: Vec<Failure>,
}

/// A case that the transport did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The name of the case.
    pub case: String,
    /// What the server did.
    pub server: String,
    /// What is required.
    pub required: String,
    /// What happened instead.
    pub got: String,
}

pub(crate) struct Exception {
    pub(crate) cases: String,
    pub(crate) found: String,
    pub(crate) reason: String,
    /// Whether these cases may also pass.
    pub(crate) depends_on_timing: bool,
}

impl Report {
    /// Returns the cases that the transport did not pass, but for the exceptions.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Does nothing if every case passed or is an exception.
    ///
    /// # Panics
    ///
    /// With the text of the report, if there are failures.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.failures.is_empty(), "\n{self}");
    }

    pub(crate) fn add(
        &mut self,
        case: &Case,
        found: Result<(), String>,
        exception: Option<&Exception>,
    ) {
        let got = match (found, exception) {
            (Ok(()), exception)
                if exception.is_none_or(|exception| exception.depends_on_timing) =>
            {
                return self.passed.push(case.name.clone());
            }
            (Ok(()), _) => "it passes, although it is named as an exception".to_owned(),
            (Err(found), Some(exception)) if found.contains(&exception.found) => {
                return self.excepted.push((case.name.clone(), exception.reason.clone()));
            }
            (Err(found), Some(_)) => format!("{found} (not what the exception says)"),
            (Err(found), None) => found,
        };
        let Case { name, server, required, .. } = case;
        self.fail(name, server, required, &got);
    }

    /// Adds a failure if `name`, of an exception or of the cases to run, is not the beginning of any
    /// case's name that was run.
    pub(crate) fn check_name(&mut self, name: &str) {
        let failed = self.failures.iter().map(|failure| &failure.case);
        let excepted = self.excepted.iter().map(|(case, _)| case);
        let mut cases = self.passed.iter().chain(excepted).chain(failed);
        if !cases.any(|case| case.starts_with(name)) {
            let required = "the beginning of a case's name";
            self.fail(name, "does nothing", required, "no such case");
        }
    }

    fn fail(&mut self, case: &str, server: &str, required: &str, got: &str) {
        let [case, server, required, got] = [case, server, required, got].map(str::to_owned);
        self.failures.push(Failure { case, server, required, got });
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            self.passed.iter().try_for_each(|case| writeln!(f, "passed {case}"))?;
        }
        for (case, reason) in &self.excepted {
            writeln!(f, "except {case}\n  because  {reason}")?;
        }
        self.failures.iter().try_for_each(|failure| writeln!(f, "{failure}"))?;
        let [passed, excepted, failed] =
            [self.passed.len(), self.excepted.len(), self.failures.len()];
        write!(f, "{} cases: {passed} passed", passed + excepted + failed)?;
        if excepted > 0 {
            write!(f, ", {excepted} excepted")?;
        }
        write!(f, ", {failed} failed")
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { case, server, required, got } = self;
        write!(f, "FAILED {case}\n  server   {server}\n  required {required}\n  got      {got}")
    }
}
