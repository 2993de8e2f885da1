//! The key, and where it could be seen.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    io,
    time::Instant,
};

use certcentral_core::{
    Api, ApiKey, Call, Error, Failure, FailureKind, ListReissues, OrderId, Step,
};
use http::{HeaderValue, Response, header};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::{cases, printed, response, shown};

// What is printed is compared for two keys that differ in length and in every letter that counts.
// Each has the one character, `~` or `^`, that no text around it has: whatever occurs of a key in a
// text must therefore be an echo of it.

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn only_visible_ascii_is_a_key_and_no_error_quotes_it(
        key in prop_oneof![any::<String>(), "[!-~]{0,80}", "[ -~]{0,9}", "[!-~]{1,9}[\r\n\t ]"],
    ) {
        let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        match ApiKey::new(key.clone()) {
            Ok(_) => assert!(is_key, "{key:?}"),
            Err(error) => {
                assert!(!is_key && matches!(error, Error::Invalid(_)), "{key:?}");
                let others = ["", " "].map(|bad| printed(&ApiKey::new(bad).unwrap_err()));
                assert!(others.contains(&printed(&error)), "{key:?}: {error:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn what_a_call_prints_and_keeps_is_the_same_for_any_key([one, other] in two_keys()) {
        for (status, body) in BODIES {
            for spell in [as_it_is, as_json, as_php] {
                let answer = |key: &str| Ok(echo(status, body, &spell(key)));
                assert_eq!(told(&one, answer), told(&other, answer));
            }
        }
        for kind in [FailureKind::Closed, FailureKind::Tls] {
            for source in SOURCES {
                let failure = |key: &str| Err(Failure::new(kind, source(key)));
                assert_eq!(told(&one, failure), told(&other, failure));
            }
        }
    }
}

/// Two keys of different lengths, each with the one character that no text here has.
fn two_keys() -> impl Strategy<Value = [String; 2]> {
    let key = |mark: char, length: std::ops::Range<usize>| {
        (vec(select(('!'..='}').filter(|&c| c != '^').collect::<Vec<_>>()), length), any::<Index>())
            .prop_map(move |(mut key, at)| {
                key.insert(at.index(key.len()), mark);
                String::from_iter(key)
            })
    };
    (key('~', 8..30), key('^', 30..70)).prop_map(|(one, other)| [one, other])
}

fn as_it_is(key: &str) -> String {
    key.to_owned()
}

fn as_json(key: &str) -> String {
    let quoted = serde_json::to_string(key).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn as_php(key: &str) -> String {
    as_json(key).replace('/', "\\/")
}

/// Where a response could echo the key, here `KEY`.
const BODIES: [(u16, &str); 20] = [
    (401, r#"{"errors":[{"code":"access_denied","message":"no such key: KEY."}]}"#),
    (403, r#"{"errors":[{"code":"KEY","message":"KEYKEY"},{"message":"KEY"}],"KEY":"KEY"}"#),
    (400, r#"{"errors":{"code":["KEY",{"KEY":"KEY"}],"message":{"KEY":1}}}"#),
    (503, r#"{"error":"KEY"}"#),
    (429, r#"{"errors":[{"code":"KEY"#),
    (403, "Access denied due to access_denied_KEY"),
    (403, r#""Access denied due to access_denied_KEY""#),
    (200, r#"{"errors":[{"code":"access_denied|KEY","message":"KEY"}]}"#),
    (200, r#"{"error":"access_denied_KEY"}"#),
    (404, "<html><body>KEY</body></html>"),
    (302, "KEY"),
    (200, ""),
    (200, "<html><body>KEY</body></html>"),
    (200, r#"{"certificates":"KEY"}"#),
    (200, r#"{"certificates":["KEY"]}"#),
    (200, r#"{"certificates":[{"id":"KEY"}]}"#),
    (200, r#"{"certificates":[{"id":1,"status":"issued","date_created":"KEY"}]}"#),
    (200, r#"{"certificates":[],"KEY":[1,{"KEY":tru}]}"#),
    (200, r#"{"certificates":[],"KEY":1"#),
    (206, r#"{"certificates":[],"KEY":1}"#),
];

fn echo(status: u16, body: &str, key: &str) -> Response<bytes::Bytes> {
    let location = format!("https://example.com/?key={key}&again={key}");
    let headers = [
        (header::LOCATION.as_str(), HeaderValue::from_str(&location).unwrap()),
        (header::RETRY_AFTER.as_str(), HeaderValue::from_str(key).unwrap()),
        (header::CONTENT_ENCODING.as_str(), HeaderValue::from_str(key).unwrap()),
    ];
    // Shown up to its 512th byte, which may be in the middle of the key.
    let long = ".".repeat(500);
    response(status, &headers, body.replace("KEY", key) + &long + key)
}

/// Where a transport's error could show it.
const SOURCES: [fn(&str) -> BoxError; 3] = [
    |key| format!("bad header {key}").into(),
    |key| io::Error::other(io::Error::other(key.to_owned())).into(),
    |key| Box::new(InDebug(key.to_owned())),
];

type BoxError = Box<dyn StdError + Send + Sync>;

#[derive(Debug)]
struct InDebug(#[expect(dead_code, reason = "shown by Debug")] String);

impl Display for InDebug {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl StdError for InDebug {}

/// All that is printed of a call with `key` and of what it is made of, and all that its error keeps.
fn told(key: &str, outcome: impl Fn(&str) -> Result<Response<bytes::Bytes>, Failure>) -> String {
    let start = Instant::now();
    let api_key = ApiKey::new(key).unwrap();
    let builder = Api::builder(api_key.clone()).jitter_seed(1);
    let api = builder.clone().build().unwrap();
    let mut call = api.call(ListReissues::new(OrderId(7)));
    let mut text = shown(&api_key) + &shown(&builder) + &shown(&api) + &shown(&call);

    let step = call.poll(start);
    let Step::Send(attempt) = &step else { panic!("{step:?}") };
    text += &shown(&attempt.request);
    text += &format!("{:?}", attempt.request.headers());
    text += &format!("{:?}", outcome(key).err());
    call.handle(start, outcome(key));
    text += &shown(&call);
    text += &shown(&call.last_error());
    text + &kept(end(call, start, || outcome(key)))
}

/// The error that ends `call`, every attempt of which has this outcome.
fn end(
    mut call: Call<ListReissues>,
    start: Instant,
    outcome: impl Fn() -> Result<Response<bytes::Bytes>, Failure>,
) -> Error {
    let mut now = start;
    loop {
        match call.poll(now) {
            Step::Send(_) => call.handle(now, outcome()),
            Step::Wait(at) => now = at,
            Step::Done(result) => return result.unwrap_err(),
        }
    }
}

fn kept(error: Error) -> String {
    let text = printed(&error);
    let more = match error {
        Error::Api(e) => {
            let details = e.errors.iter().map(|e| format!("{e} {e:?} {} {}", e.code, e.message));
            let details: Vec<_> = details.collect();
            printed(&e) + &format!("{details:?} {:?} {:?}", e.location, e.body)
        }
        Error::Decode(e) => {
            printed(&e) + &format!("{:?} {:?} {:?}", e.path(), e.body(), e.content_encoding())
        }
        Error::Transport(e) => printed(&e),
        other => panic!("{other:?}"),
    };
    text + &more
}
