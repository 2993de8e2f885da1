//! What `Api::parse_response` makes of any response.
//!
//! The input is the body, so a fixture is one as it is. What follows its last NUL byte, if there
//! is one, is not part of it: two bytes of status, and header lines.
//!
//! What must hold:
//!
//! - no panic; every error fits into one line of a log and is bounded in length
//! - a body that was read is an error once its last closing bracket is cut off
//! - `salvage` reads the same rows
//! - what any endpoint reads of the body can be written, and is the same when read again
//! - the status and the body are kept

#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId, Reissues};
use certcentral_core_fuzz::{fits_a_log, printed};
use certcentral_core_testing::endpoints::ALL;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Answer { body, status, headers } = Answer::read(input);
    if let Ok(reissues) = checked(StatusCode::OK, &[], &body) {
        assert_cut_is_refused(&body);
        assert_salvaged(&reissues, &body);
    } else {
        assert_salvage_is_no_way_around(&body);
    }
    assert_every_endpoint_holds(&body);
    let _ = checked(status, &headers, &body);
});

type Header = (HeaderName, HeaderValue);

struct Answer {
    body: Bytes,
    status: StatusCode,
    headers: Vec<Header>,
}

impl Answer {
    fn read(input: &[u8]) -> Self {
        let (body, head) = match input.iter().rposition(|&byte| byte == 0) {
            Some(nul) => (&input[..nul], &input[nul + 1..]),
            None => (input, &[][..]),
        };
        let (&[high, low], lines) = head.split_first_chunk().unwrap_or((&[1, 145], &[]));
        let status = 100 + u16::from_be_bytes([high, low]) % 900;
        Self {
            body: Bytes::copy_from_slice(body),
            status: StatusCode::from_u16(status).unwrap(),
            headers: lines.split(|&byte| byte == b'\n').filter_map(header).collect(),
        }
    }
}

fn header(line: &[u8]) -> Option<Header> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    Some((name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?))
}

static API: LazyLock<Api> = LazyLock::new(|| Api::new(ApiKey::new("0123456789ABCDEF").unwrap()));

fn parse(status: StatusCode, headers: &[Header], body: &Bytes) -> Result<Reissues, Error> {
    let mut response = Response::new(body.clone());
    *response.status_mut() = status;
    response.headers_mut().extend(headers.iter().cloned());
    API.parse_response(&ListReissues::new(OrderId(112_233)), response)
}

/// The response as it is read, after a look at its error.
fn checked(status: StatusCode, headers: &[Header], body: &Bytes) -> Result<Reissues, Error> {
    let result = parse(status, headers, body);
    let kept = match &result {
        Ok(_) => {
            assert!(status.is_success());
            return result;
        }
        Err(Error::Api(error)) => {
            assert!(!status.is_success() || !error.errors.is_empty());
            &error.body
        }
        Err(Error::Decode(error)) => {
            assert!(status.is_success());
            error.body()
        }
        Err(other) => panic!("{other:?}"),
    };
    assert!(kept == body || kept.windows(5).any(|part| part == b"[key]"));
    let error = result.as_ref().unwrap_err();
    assert_eq!(error.status(), Some(status));
    printed(error);
    result
}

fn assert_cut_is_refused(body: &Bytes) {
    let last = body.iter().rposition(|byte| matches!(byte, b'}' | b']')).unwrap();
    let step = last / 8 + 1; // all of them would take long
    for end in (0..=last).rev().step_by(step) {
        let cut = parse(StatusCode::OK, &[], &body.slice(..end));
        assert!(matches!(cut, Err(Error::Decode(_))), "cut at {end}");
    }
}

fn assert_salvaged(reissues: &Reissues, body: &[u8]) {
    let salvaged = Reissues::salvage(body).unwrap();
    assert!(salvaged.unreadable.is_empty(), "{:?}", salvaged.unreadable);
    assert_eq!(salvaged.readable, reissues.certificates);
}

/// What was refused as a whole has an unreadable row, or nothing of it can be salvaged.
fn assert_salvage_is_no_way_around(body: &[u8]) {
    let Ok(salvaged) = Reissues::salvage(body) else { return };
    let whole = parse(StatusCode::OK, &[], &Bytes::copy_from_slice(body));
    let body = str::from_utf8(body).unwrap();
    // A row by itself may nest a little deeper than one in a list.
    let too_deep = whole.is_err_and(|error| format!("{error:#}").contains("recursion limit"));
    assert!(too_deep || !salvaged.unreadable.is_empty());
    for row in &salvaged.unreadable {
        assert!(row.path.starts_with(&format!("certificates[{}]", row.index)), "{}", row.path);
        assert!(body.contains(&row.raw));
        let shown = [row.path.clone(), row.error.to_string(), format!("{row:?}")];
        assert!(shown.iter().all(|text| fits_a_log(text)), "{row:?}");
    }
}

fn assert_every_endpoint_holds(body: &Bytes) {
    for endpoint in &*ALL {
        match endpoint.read(body.clone()) {
            Ok(output) => assert_eq!(endpoint.read(output.body()).unwrap(), output),
            Err(error) => drop(printed(&error)),
        }
    }
}
