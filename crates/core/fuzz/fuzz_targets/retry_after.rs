//! How `Retry-After` is read, and what a call makes of it.
//!
//! What must hold, for any two values of `Retry-After` and `Date`:
//!
//! - no panic
//! - digits are that many seconds, or the most that a `u64` holds; a date is counted from the
//!   response's own `Date`, and one that has passed is no wait
//! - a call waits at least so long, or ends and says how long it was asked to wait: it never waits
//!   longer than 180 s, nor makes others wait longer

#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, ListReissues, OrderId, RateLimit, Step};
use certcentral_core_fuzz::printed;
use http::{HeaderValue, Response, header};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use time::OffsetDateTime;

fuzz_target!(|input: Input| {
    let Some(response) = input.response() else { return };
    let api = Api::builder(ApiKey::new("0123456789ABCDEF").unwrap())
        .rate_limit(RateLimit::unlimited())
        .jitter_seed(input.seed)
        .build()
        .unwrap();
    let list = ListReissues::new(OrderId(112_233));

    let error = api.parse_response(&list, response.clone()).unwrap_err();
    printed(&error);
    let asked = error.retry_after();
    match input.meaning() {
        Meaning::Wait(wait) => assert_eq!(asked, Some(wait), "{input:?}"),
        Meaning::Nothing => assert_eq!(asked, None, "{input:?}"),
        Meaning::Unclear => {}
    }

    let start = Instant::now();
    let mut call = api.call(list.clone());
    let time = input.deadline.map(|millis| Duration::from_millis(1 + u64::from(millis)));
    if let Some(time) = time {
        call = call.with_deadline(start + time);
    }
    assert!(matches!(call.poll(start), Step::Send(_)));
    call.handle(start, Ok(response));

    // A 429 is given a second at least, and 5 s if it names no time; a 503 up to half a second of
    // jitter.
    let (least, most) = match (input.limited, asked) {
        (true, asked) => {
            let asked = asked.unwrap_or(Duration::from_secs(5));
            [asked.max(Duration::from_secs(1)); 2].into()
        }
        (false, asked) => {
            let asked = asked.unwrap_or_default();
            (asked, asked.max(Duration::from_millis(500)))
        }
    };
    match call.poll(start) {
        Step::Send(_) => assert!(least.is_zero()),
        Step::Wait(until) => {
            assert!((start + least..=start + most).contains(&until), "{:?}", until - start);
            assert!(most <= LONGEST && time.is_none_or(|time| until < start + time));
        }
        Step::Done(result) => {
            let too_long = least > LONGEST || time.is_some_and(|time| time <= most);
            let error = result.unwrap_err();
            assert!(too_long && error.retry_after() == asked, "{error:?}");
        }
    }
    match api.call(list).poll(start) {
        Step::Send(_) => assert!(!input.limited),
        Step::Wait(until) => {
            // The first call goes first, but is not waited for if it is late.
            let wait = until - start;
            let pause = least.min(LONGEST);
            assert!(input.limited && (pause..=pause + PATIENCE).contains(&wait), "{wait:?}");
        }
        Step::Done(result) => panic!("{result:?}"),
    }
});

const LONGEST: Duration = Duration::from_mins(3);
const PATIENCE: Duration = Duration::from_millis(100);

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    limited: bool,
    retry_after: Value<'a>,
    date: Option<Value<'a>>,
    /// In milliseconds from the start.
    deadline: Option<u32>,
    seed: u64,
}

#[derive(Arbitrary, Debug)]
enum Value<'a> {
    Any(&'a [u8]),
    Date { seconds: u64 },
    Digits { leading_zeros: u8, number: u128 },
}

impl Input<'_> {
    /// A response, if the values can be headers.
    fn response(&self) -> Option<Response<Bytes>> {
        let status = if self.limited { 429 } else { 503 };
        let mut response = Response::builder()
            .status(status)
            .header(header::RETRY_AFTER, self.retry_after.header()?);
        if let Some(date) = &self.date {
            response = response.header(header::DATE, date.header()?);
        }
        response.body(Bytes::new()).ok()
    }

    /// What the two values mean, where there can be no doubt.
    fn meaning(&self) -> Meaning {
        let seconds = |seconds| Meaning::Wait(Duration::from_secs(seconds));
        match (&self.retry_after, &self.date) {
            (Value::Digits { number, .. }, _) => {
                seconds(u64::try_from(*number).unwrap_or(u64::MAX))
            }
            (Value::Any(text), _) if !text.is_empty() && text.iter().all(u8::is_ascii_digit) => {
                seconds(str::from_utf8(text).unwrap().parse().unwrap_or(u64::MAX))
            }
            (Value::Date { .. }, None | Some(Value::Digits { .. })) => Meaning::Nothing,
            (Value::Date { seconds: until }, Some(Value::Date { seconds: from })) => {
                seconds((until % Value::SECONDS).saturating_sub(from % Value::SECONDS))
            }
            _ => Meaning::Unclear,
        }
    }
}

enum Meaning {
    Nothing,
    Unclear,
    Wait(Duration),
}

impl Value<'_> {
    /// From 1970 to the end of 9999.
    const SECONDS: u64 = 253_402_300_800;

    fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Any(text) => HeaderValue::from_bytes(text).ok(),
            Self::Date { seconds } => {
                HeaderValue::from_str(&http_date(seconds % Self::SECONDS)).ok()
            }
            Self::Digits { leading_zeros, number } => {
                let zeros = "0".repeat(usize::from(*leading_zeros));
                HeaderValue::from_str(&format!("{zeros}{number}")).ok()
            }
        }
    }
}

/// As in `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(seconds: u64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(seconds.cast_signed()).unwrap();
    let (hour, minute, second) = date.to_hms();
    let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
    format!(
        "{}, {:02} {} {} {hour:02}:{minute:02}:{second:02} GMT",
        &weekday[..3],
        date.day(),
        &month[..3],
        date.year()
    )
}
