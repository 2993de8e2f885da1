//! What the suite says about transports that are wrong on purpose.

use std::time::Instant;

use certcentral_conformance::{Failure, Suite, Transport, fault_server::responses::ONE_ROW};
use certcentral_core::{Attempt, Drive, Error, Step, http::Response};

use crate::ureq::OnUreq;

#[test]
fn a_response_that_the_server_did_not_send_is_a_failure() {
    let failures = failures(Suite::new(|_| Stub(|_| {})).only("status: 408"));
    assert_eq!(failures.len(), 2, "{failures:?}");
    let first = r#"FAILED status: 408, empty
  server   reads a request, writes "HTTP/1.1 408 Said\r\nContent-Length: 0\r\n\r\n"
  required status 408, 3 attempts
  got      a list of 1; 0 requests, not 3"#;
    assert_eq!(failures[0].to_string(), first);
}

#[test]
fn a_panic_is_a_failure() {
    let failures = failures(Suite::new(|_| Stub(|_| panic!("unfinished"))).only("status: 404"));
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].got, "a panic: unfinished");
}

#[test]
fn a_key_that_is_logged_is_a_failure() {
    let logs = |attempt: &Attempt| {
        let key = attempt.request.headers()["x-dc-devkey"].to_str().unwrap();
        log::debug!("with the key {key}");
    };
    let failures = failures(Suite::new(move |_| Stub(logs)).only("key"));
    let logged = failures.iter().find(|failure| failure.case == "key logged: when it is echoed");
    assert!(logged.unwrap().got.starts_with("DEBUG kit::suite: with the key "), "{logged:?}");
}

#[test]
fn an_exception_holds_for_all_that_it_names() {
    let suite = Suite::new(|_| Stub(|_| {})).only("status: 408");
    let report = suite.except("status: 40", "a list of 1", "it is a stub").run();
    report.assert_passed();
    let text = "except status: 408, empty
  because  it is a stub
except status: 408 with JSON
  because  it is a stub
2 cases: 0 passed, 2 excepted, 0 failed";
    assert_eq!(report.to_string(), text);
}

#[test]
fn an_exception_that_finds_something_else_is_a_failure() {
    let suite = Suite::new(|_| Stub(|_| {})).only("status: 404");
    let failures = failures(suite.except("status: 404", "Closed", "it was so once"));
    let got = "a list of 1; 0 requests, not 1 (not what the exception says)";
    assert_eq!(failures[0].got, got);
}

#[test]
fn an_exception_that_passes_is_a_failure() {
    let suite = Suite::new(OnUreq::new).only("status: 404");
    let failures = failures(suite.except("status: 404", "Closed", "it was so once"));
    assert_eq!(failures[0].got, "it passes, although it is named as an exception");
}

#[test]
fn an_exception_for_timing_may_pass() {
    let except = |suite: Suite, found| suite.except_sometimes("status: 404", found, "it varies");
    let passes = || Suite::new(OnUreq::new).only("status: 404");
    let fails = || Suite::new(|_| Stub(|_| {})).only("status: 404");
    except(passes(), "a list").run().assert_passed();
    except(fails(), "a list").run().assert_passed();
    assert_eq!(failures(except(fails(), "Closed")).len(), 1);
}

#[test]
fn an_exception_without_a_case_is_a_failure() {
    let suite = Suite::new(OnUreq::new).only("status: 404");
    let failures = failures(suite.except("status: 404, misspelt", "Closed", "it is one"));
    assert_eq!((failures.len(), failures[0].got.as_str()), (1, "no such case"));
}

#[test]
fn to_run_no_case_is_a_failure() {
    let failures = failures(Suite::new(OnUreq::new).only("misspelt"));
    assert_eq!((failures.len(), failures[0].got.as_str()), (1, "no such case"));
}

fn failures(suite: Suite) -> Vec<Failure> {
    suite.run().failures().to_vec()
}

/// Does something with each attempt, and sends nothing.
struct Stub(fn(&Attempt));

impl Transport for Stub {
    fn drive<D: Drive>(&self, mut drive: D) -> Result<D::Output, Error> {
        loop {
            let now = Instant::now();
            match drive.poll(now) {
                Step::Send(attempt) => {
                    self.0(&attempt);
                    drive.handle(now, Ok(Response::new(ONE_ROW.into())));
                }
                Step::Wait(_) => unreachable!("there is no rate limit, and nothing to retry"),
                Step::Done(result) => return result,
            }
        }
    }
}
