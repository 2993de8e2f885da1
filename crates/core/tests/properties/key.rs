//! The key, and where it could be seen.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display},
    io,
    time::Instant,
};

use certcentral_core::{
    Api, ApiKey, Error, Failure, FailureKind, InvalidInputError, ListReissues, OrderId, Step,
};
use http::{HeaderValue, header};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::{cases, ms, printed, response, shown};

// Printed texts are compared for two keys that differ in length and in every letter that counts.
// Each key has exactly one `~` or `^`, and no text around it has any: whatever occurs of a key in
// a text must therefore be an echo of it, and an echo is found in one way only. A key such as
// `key` or `4` would rightly be replaced where the text itself says so, and prints would differ.

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
    fn nothing_made_with_a_key_shows_it([one, other] in two_keys()) {
        let start = Instant::now();
        assert_alike(&made_with(&one, start), &made_with(&other, start));
    }

    #[test]
    fn an_error_response_that_echoes_the_key_does_not_show_it(
        [one, other] in two_keys(),
        echo in echo(),
    ) {
        for status in [302, 400, 401, 403, 404, 429, 500, 503] {
            for body in ERROR_ECHOES {
                assert_alike(&answered(&one, &echo, status, body), &answered(&other, &echo, status, body));
            }
        }
    }

    #[test]
    fn an_unreadable_2xx_that_echoes_the_key_does_not_show_it(
        [one, other] in two_keys(),
        echo in echo(),
    ) {
        for body in DECODE_ECHOES {
            assert_alike(&answered(&one, &echo, 200, body), &answered(&other, &echo, 200, body));
        }
    }

    #[test]
    fn a_transports_error_that_echoes_the_key_does_not_show_it([one, other] in two_keys()) {
        assert_alike(&failed(&one), &failed(&other));
    }

    #[test]
    fn a_failure_in_a_transports_hands_does_not_show_what_it_echoes([one, other] in two_keys()) {
        let shown = |key: &str| {
            let failures = KINDS.map(|kind| Failure::new(kind, io::Error::other(key.to_owned())));
            failures.map(|failure| format!("{failure:?} {failure:#?}")).join("\n")
        };
        assert_alike(&shown(&one), &shown(&other));
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

/// How a service could write the key into its response.
#[derive(Clone, Debug)]
enum Echo {
    Raw,
    Json,
    /// With `/` escaped, as PHP does.
    Php,
    /// Every character by its number, in hexadecimal digits of either case.
    Numbered {
        upper: bool,
    },
}

fn echo() -> impl Strategy<Value = Echo> {
    prop_oneof![
        Just(Echo::Raw),
        Just(Echo::Json),
        Just(Echo::Php),
        any::<bool>().prop_map(|upper| Echo::Numbered { upper }),
    ]
}

impl Echo {
    fn of(&self, key: &str) -> String {
        let json = || {
            let quoted = serde_json::to_string(key).unwrap();
            quoted[1..quoted.len() - 1].to_owned()
        };
        match self {
            Self::Raw => key.to_owned(),
            Self::Json => json(),
            Self::Php => json().replace('/', "\\/"),
            Self::Numbered { upper: true } => key.bytes().map(|b| format!("\\u{b:04X}")).collect(),
            Self::Numbered { upper: false } => key.bytes().map(|b| format!("\\u{b:04x}")).collect(),
        }
    }
}

/// Where an error answer could echo the key, here `KEY`.
const ERROR_ECHOES: &[&str] = &[
    r#"{"errors":[{"code":"access_denied","message":"no such key: KEY."}]}"#,
    r#"{"errors":[{"code":"KEY","message":"KEYKEY"},{"message":"KEY"}],"KEY":"KEY"}"#,
    r#"{"errors":{"code":["KEY",{"KEY":"KEY"}],"message":{"KEY":1}}}"#,
    r#"{"error":"KEY"}"#,
    r#"{"errors":[{"code":"KEY"#,
    "<html><body>KEY</body></html>",
    "KEY",
    // Shown up to its 512th byte, which may be in the middle of the key.
    concat!(
        "................................................................................",
        "................................................................................",
        "................................................................................",
        "................................................................................",
        "................................................................................",
        "................................................................................",
        "..........................KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY.KEY"
    ),
];

/// Where a response that is not what was asked for could echo it.
const DECODE_ECHOES: &[&str] = &[
    "",
    "KEY",
    "<html><body>KEY</body></html>",
    r#""KEY""#,
    r#"["KEY"]"#,
    r#"{"KEY":1}"#,
    r#"{"certificates":"KEY"}"#,
    r#"{"certificates":{"KEY":1}}"#,
    r#"{"certificates":["KEY"]}"#,
    r#"{"certificates":[{"id":"KEY"}]}"#,
    r#"{"certificates":[{"KEY":"KEY"}]}"#,
    r#"{"certificates":[{"id":1,"status":"issued","date_created":"KEY"}]}"#,
    r#"{"certificates":[{"id":1,"status":{"KEY":1},"email":"KEY"}]}"#,
    r#"{"certificates":[],"KEY":[1,{"KEY":tru}]}"#,
    r#"{"certificates":[],"KEY":1"#,
];

/// What can be printed of all that is made with `key` before anything is answered.
fn made_with(key: &str, start: Instant) -> String {
    let api_key = ApiKey::new(key).unwrap();
    let builder = Api::builder(api_key.clone()).jitter_seed(1);
    let api = builder.clone().build().unwrap();
    let list = ListReissues::new(OrderId(7));
    let request = api.build_request(&list).unwrap();
    let bad = builder.clone().user_agent("").build().unwrap_err();
    let mut text = [shown(&api_key), shown(&builder), shown(&api), shown(&request)].concat()
        + &shown(request.headers())
        + &printed(&bad);

    let mut call = api.call(list).with_deadline(start + ms(60_000));
    let mut note = |what: &dyn Debug| text.push_str(&format!("{what:?}\n{what:#?}\n"));
    note(&call);
    let step = call.poll(start);
    note(&step);
    note(&call);
    if let Step::Send(attempt) = step {
        note(&attempt);
        note(&attempt.request);
    }
    note(&call.poll(start));
    call.handle(start, Err(Failure::new(FailureKind::Closed, format!("{key} was reset"))));
    note(&call);
    note(&call.last_error());
    let waiting = call.poll(start);
    note(&waiting);
    note(&call);
    let Step::Wait(at) = waiting else { panic!("{waiting:?}") };
    note(&call.poll(at));
    call.handle(
        at,
        Ok(response(403, &[], format!("{{\"errors\":[{{\"code\":\"{}\"}}]}}", Echo::Json.of(key)))),
    );
    note(&call);
    let done = call.poll(at);
    note(&done);
    note(&call);
    note(&call.poll(at));

    let mut late = api.call(ListReissues::new(OrderId(7))).with_deadline(start);
    note(&late.poll(start));
    note(&InvalidInputError::new("misused"));
    text
}

/// What can be printed when a service responds with `body`, `KEY` in it replaced by the echo. An
/// encoding, which is printed in place of the body, is an echo too.
fn answered(key: &str, echo: &Echo, status: u16, body: &str) -> String {
    let printed = |is_encoded| answered_in(is_encoded, key, echo, status, body);
    printed(false) + &printed(true)
}

fn answered_in(is_encoded: bool, key: &str, echo: &Echo, status: u16, body: &str) -> String {
    let api = Api::builder(ApiKey::new(key).unwrap()).jitter_seed(1).build().unwrap();
    let echoed = echo.of(key);
    let location =
        HeaderValue::from_str(&format!("https://example.com/?key={echoed}&again={echoed}"));
    let mut headers = vec![
        (header::LOCATION.as_str(), location.unwrap()),
        (header::RETRY_AFTER.as_str(), HeaderValue::from_str(&echoed).unwrap()),
        (header::DATE.as_str(), HeaderValue::from_str(&echoed).unwrap()),
    ];
    if is_encoded {
        headers.push((header::CONTENT_ENCODING.as_str(), HeaderValue::from_str(&echoed).unwrap()));
    }
    let answer = || response(status, &headers, body.replace("KEY", &echoed));
    let list = ListReissues::new(OrderId(7));
    let error = api.parse_response(&list, answer()).unwrap_err();
    let mut text = printed(&error);
    match &error {
        Error::Api(error) => {
            text += &printed(error);
            text += &format!("{:?}\n{:?}\n{:?}\n", error.errors, error.location, error.body);
            for detail in &error.errors {
                text += &shown(detail);
                text += &format!("{detail}\n{}\n{}\n", detail.code, detail.message);
            }
        }
        Error::Decode(error) => {
            text += &printed(error);
            text += &format!("{:?}\n{:?}\n", error.path(), error.body());
            text += &format!("{:?}\n", error.content_encoding());
        }
        other => panic!("{other:?}"),
    }

    let start = Instant::now();
    let mut call = api.call(list);
    let _ = call.poll(start);
    call.handle(start, Ok(answer()));
    text += &shown(&call);
    text += &shown(&call.last_error());
    if let Step::Done(result) = call.poll(start) {
        text += &printed(&result.unwrap_err());
    }
    text
}

const KINDS: [FailureKind; 8] = [
    FailureKind::Closed,
    FailureKind::Connect,
    FailureKind::Protocol,
    FailureKind::Proxy,
    FailureKind::Stale,
    FailureKind::Timeout,
    FailureKind::Tls,
    FailureKind::TooLarge,
];

/// What can be printed when a transport fails with errors that show the key in any of the places
/// that an error has.
fn failed(key: &str) -> String {
    let api = Api::builder(ApiKey::new(key).unwrap()).jitter_seed(1).build().unwrap();
    let nothing = || Echoing { display: "broken".into(), debug: "Broken".into(), source: None };
    let sources: [Box<dyn Fn() -> Box<dyn StdError + Send + Sync>>; 6] = [
        Box::new(|| format!("bad header {key}").into()),
        Box::new(|| io::Error::other(io::Error::other(key.to_owned())).into()),
        Box::new(|| Box::new(Echoing { display: key.to_owned(), ..nothing() })),
        Box::new(|| Box::new(Echoing { debug: format!("Bad({key})"), ..nothing() })),
        Box::new(|| Box::new(Echoing { debug: format!("Bad({key:?})"), ..nothing() })),
        Box::new(|| {
            let inner = Echoing { display: format!("in {key}"), ..nothing() };
            let middle = Echoing { source: Some(Box::new(inner)), ..nothing() };
            Box::new(Echoing { source: Some(Box::new(middle)), ..nothing() })
        }),
    ];
    let start = Instant::now();
    let mut text = String::new();
    for (kind, source) in KINDS.iter().flat_map(|kind| sources.iter().map(move |s| (*kind, s))) {
        let mut call = api.call(ListReissues::new(OrderId(7)));
        let mut now = start;
        let error = loop {
            match call.poll(now) {
                Step::Send(_) => call.handle(now, Err(Failure::new(kind, source()))),
                Step::Wait(at) => now = at,
                Step::Done(result) => break result.unwrap_err(),
            }
            text += &format!("{:?}\n{:#?}\n", call.last_error(), call.last_error());
        };
        text += &printed(&error);
        let Error::Transport(error) = error else { panic!("{error:?}") };
        text += &printed(&error);
        assert_eq!(error.kind(), kind);
    }
    text
}

struct Echoing {
    display: String,
    debug: String,
    source: Option<Box<Self>>,
}

impl Display for Echoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

impl Debug for Echoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl StdError for Echoing {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[track_caller]
fn assert_alike(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one, other);
}
