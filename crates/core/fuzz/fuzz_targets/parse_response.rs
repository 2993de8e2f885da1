//! What `Api::parse_response` makes of any response.
//!
//! The input is the body, so a fixture is one as it is. What follows its last NUL byte, if there
//! is one, is not part of it: two bytes of status, one that says where the key is echoed, and
//! header lines.
//!
//! What must hold:
//!
//! - no panic; every error fits into one line of a log and is bounded in length
//! - a body that was read is an error once its last closing bracket is cut off
//! - `salvage` reads the same rows
//! - what any endpoint reads of the body can be written, and is the same when read again
//! - the status and the body are kept; a key that the body or a header echoes is in no printed
//!   form, and in nothing that is kept

#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId, Reissues};
use certcentral_core_fuzz::{fits_a_log, printed};
use certcentral_core_testing::endpoints::ALL;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Answer { body, status, headers, echo } = Answer::read(input);
    if let Ok(reissues) = checked(StatusCode::OK, &[], &body) {
        assert_cut_is_refused(&body);
        assert_salvaged(&reissues, &body);
    } else {
        assert_salvage_is_no_way_around(&body);
    }
    assert_every_endpoint_holds(&body);
    let _ = checked(status, &headers, &body);
    assert_key_unseen(status, &headers, &body, echo);
});

type Header = (HeaderName, HeaderValue);

struct Answer {
    body: Bytes,
    status: StatusCode,
    headers: Vec<Header>,
    echo: u8,
}

impl Answer {
    fn read(input: &[u8]) -> Self {
        let (body, head) = match input.iter().rposition(|&byte| byte == 0) {
            Some(nul) => (&input[..nul], &input[nul + 1..]),
            None => (input, &[][..]),
        };
        let (&[high, low, echo], lines) = head.split_first_chunk().unwrap_or((&[1, 145, 128], &[]));
        let status = 100 + u16::from_be_bytes([high, low]) % 900;
        Self {
            body: Bytes::copy_from_slice(body),
            status: StatusCode::from_u16(status).unwrap(),
            headers: lines.split(|&byte| byte == b'\n').filter_map(header).collect(),
            echo,
        }
    }
}

fn header(line: &[u8]) -> Option<Header> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    Some((name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?))
}

/// Keys as they could be; the second one looks different inside JSON.
const KEYS: [&str; 2] = ["K3y-7F19A0C2D4", "K3y/7\"F19\\A0C2"];

static APIS: LazyLock<[Api; 2]> =
    LazyLock::new(|| KEYS.map(|key| Api::new(ApiKey::new(key).unwrap())));

fn parse(
    api: &Api,
    status: StatusCode,
    headers: &[Header],
    body: &Bytes,
) -> Result<Reissues, Error> {
    let mut response = Response::new(body.clone());
    *response.status_mut() = status;
    response.headers_mut().extend(headers.iter().cloned());
    api.parse_response(&ListReissues::new(OrderId(112_233)), response)
}

/// The response as it is read, after a look at its error.
fn checked(status: StatusCode, headers: &[Header], body: &Bytes) -> Result<Reissues, Error> {
    let result = parse(&APIS[0], status, headers, body);
    let kept = match &result {
        Ok(_) => {
            assert!(status.is_success());
            return result;
        }
        Err(Error::Api(error)) => {
            assert!(!status.is_success());
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
        let cut = parse(&APIS[0], StatusCode::OK, &[], &body.slice(..end));
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
    let whole = parse(&APIS[0], StatusCode::OK, &[], &Bytes::copy_from_slice(body));
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

fn assert_key_unseen(status: StatusCode, headers: &[Header], body: &[u8], echo: u8) {
    for (key, api) in KEYS.iter().zip(&*APIS) {
        let spelled = spellings(key);
        let spelled = &spelled[usize::from(echo) % spelled.len()];
        let place = body.len() * usize::from(echo) / 256;
        let body = [&body[..place], spelled.as_bytes(), &body[place..]].concat().into();
        let mut headers = headers.to_vec();
        let location = format!("https://example.com/?key={key}").parse().unwrap();
        headers.push((http::header::LOCATION, location));
        for status in [StatusCode::OK, status] {
            let Err(error) = parse(api, status, &headers, &body) else { continue };
            let mut seen = printed(&error);
            match error {
                Error::Api(error) => {
                    seen.push(String::from_utf8_lossy(&error.body).into_owned());
                    seen.extend(error.location);
                    seen.extend(error.errors.into_iter().flat_map(|one| [one.code, one.message]));
                }
                Error::Decode(error) => {
                    seen.push(String::from_utf8_lossy(error.body()).into_owned());
                    seen.push(error.path().to_owned());
                }
                other => panic!("{other:?}"),
            }
            for text in seen {
                assert!(!text.contains(key), "{text}");
                assert!(!unescaped(&text).contains(key), "{text}");
            }
        }
    }
}

/// How JSON may spell `key`.
fn spellings(key: &str) -> [String; 5] {
    let quoted = serde_json::to_string(key).unwrap();
    let escape = |c: char| format!("\\u{:04x}", u32::from(c));
    let every_other = |(i, c)| if i % 2 == 0 { escape(c) } else { format!("\\u{:04X}", c as u32) };
    [
        key.to_owned(),
        quoted.trim_matches('"').to_owned(),
        quoted.trim_matches('"').replace('/', "\\/"),
        key.chars().map(escape).collect(),
        key.chars().enumerate().map(every_other).collect(),
    ]
}

/// `text` after its escapes, JSON's and those of `Debug` for what a key is made of.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after.strip_prefix('u').and_then(|hex| hex.get(..4));
        let code = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        if let Some(c) = code {
            plain.push(c);
            rest = &after[5..];
        } else {
            let mut chars = after.chars();
            plain.extend(chars.next());
            rest = chars.as_str();
        }
    }
    plain + rest
}
