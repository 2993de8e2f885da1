//! Whatever a caller gives: addresses, keys, user agents, order ids, an endpoint's path.
//!
//! The input is each of them in turn; split at its first line break it is also a base URL and a
//! path below.
//!
//! What must hold:
//!
//! - no panic; a refusal says what is wrong in fixed words and never repeats what was given, which
//!   may hold a secret
//! - a base URL that is accepted is https, or http to loopback; it has no user information, query
//!   or fragment, and comes back the same through `Display`
//! - a request goes to the base URL's host and stays below its path
//! - a key is accepted if it is visible ASCII, and not otherwise; an order id if it is digits of
//!   a `u64`; a user agent is sent as it was given

#![no_main]

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, BaseUrl, CertificateId, DecodeError, Endpoint, Error, OrderId, Region,
};
use certcentral_core_fuzz::printed;
use http::{Response, Uri};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for scheme in ["", "https://", "http://", "http://127.0.0.1"] {
        check_base_url(&format!("{scheme}{text}"));
    }
    check_key(text);
    check_user_agent(text);
    check_ids(text);

    let (base, path) = text.split_once('\n').unwrap_or(("", text));
    check_path(&BaseUrl::from(Region::Eu), text);
    check_path(&BaseUrl::from(Region::Us), &format!("/{text}"));
    if let Ok(base) = BaseUrl::parse(&format!("https://{base}")) {
        check_path(&base, path);
        check_path(&base, &format!("/{path}"));
    }
});

fn check_base_url(text: &str) {
    let base = match BaseUrl::parse(text) {
        Ok(base) => base,
        Err(error) => return assert_said_in_fixed_words(&error),
    };
    let shown = base.to_string();
    assert_eq!(BaseUrl::parse(&shown).unwrap(), base);
    assert_eq!(BaseUrl::parse(&shown).unwrap().to_string(), shown);
    assert_eq!(BaseUrl::try_from(&*shown).unwrap(), base);
    assert_eq!(format!("{base:?}"), format!("BaseUrl({shown})"));
    assert!(!shown.contains(['@', '?', '#']) && shown.bytes().all(|b| b.is_ascii_graphic()));

    let uri: Uri = shown.parse().unwrap();
    let host = uri.host().unwrap();
    assert!(!host.is_empty());
    match uri.scheme_str().unwrap() {
        "https" => {}
        "http" => assert!(is_loopback(host), "{shown}"),
        other => panic!("{other}"),
    }
    assert!(!climbs(uri.path()), "{shown}");
}

fn is_loopback(host: &str) -> bool {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        || v6.is_some_and(|v6| v6.parse() == Ok(Ipv6Addr::LOCALHOST))
}

fn check_key(text: &str) {
    let visible = !text.is_empty() && text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    match ApiKey::new(text) {
        Ok(key) => {
            assert!(visible);
            assert_eq!(format!("{key:?}"), "ApiKey([key])");
            let request = Api::new(key).build_request(&Below("/x".to_owned())).unwrap();
            assert_eq!(request.headers()["x-dc-devkey"], text);
            assert!(request.headers()["x-dc-devkey"].is_sensitive());
        }
        Err(error) => {
            assert!(!visible);
            assert_said_in_fixed_words(&error);
        }
    }
}

fn check_user_agent(text: &str) {
    let key = ApiKey::new("0123456789ABCDEF").unwrap();
    match Api::builder(key).user_agent(text).build() {
        Ok(api) => {
            let request = api.build_request(&Below("/x".to_owned())).unwrap();
            let sent = request.headers()["user-agent"].as_bytes();
            assert_eq!(sent, text.trim().as_bytes());
            assert!(!sent.is_empty() && sent.iter().all(|&b| b == b'\t' || !b.is_ascii_control()));
        }
        Err(error) => assert_said_in_fixed_words(&error),
    }
}

fn check_ids(text: &str) {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<u64>().ok().filter(|_| digits);
    match text.parse::<OrderId>() {
        Ok(id) => {
            assert_eq!(Some(id.0), number);
            assert_eq!(id.to_string().parse::<OrderId>().unwrap(), id);
        }
        Err(error) => {
            assert_eq!(number, None);
            assert_said_in_fixed_words(&error);
        }
    }
    assert_eq!(text.parse::<CertificateId>().ok().map(|id| id.0), number);
}

fn check_path(base: &BaseUrl, path: &str) {
    let key = ApiKey::new("0123456789ABCDEF").unwrap();
    let api = Api::builder(key).base_url(base.clone()).build().unwrap();
    let request = match api.build_request(&Below(path.to_owned())) {
        Ok(request) => request,
        Err(error) => return assert_said_in_fixed_words(&error),
    };
    let (base, uri) = (base.to_string(), request.uri());
    assert_eq!(uri.to_string(), format!("{base}{path}"));
    assert!(path.starts_with('/') && !path.starts_with("//"));

    let base: Uri = base.parse().unwrap();
    assert_eq!((uri.scheme(), uri.authority()), (base.scheme(), base.authority()));
    let below = uri.path().strip_prefix(base.path().trim_end_matches('/')).unwrap();
    assert!(below.starts_with('/') && !climbs(below), "{uri}");
    let names = ["accept", "accept-encoding", "content-type", "user-agent", "x-dc-devkey"];
    assert_eq!(request.headers().len(), names.len());
    assert!(names.iter().all(|&name| request.headers().contains_key(name)));
    assert!(!format!("{request:?}").contains("0123456789ABCDEF"));
}

/// Whether a path has a segment that RFC 3986 takes as "here" or "one level up".
fn climbs(path: &str) -> bool {
    path.replace("%2e", ".").replace("%2E", ".").split('/').any(|part| matches!(part, "." | ".."))
}

/// An endpoint at any path.
struct Below(String);

impl Endpoint for Below {
    type Output = ();

    fn path(&self) -> String {
        self.0.clone()
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}

fn assert_said_in_fixed_words(error: &Error) {
    assert!(matches!(error, Error::Invalid(_)));
    printed(error);
    assert!(FIXED_WORDS.contains(&error.to_string()), "{error}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        assert!(FIXED_WORDS.contains(&error.to_string()), "{error}");
        source = error.source();
    }
}

/// The words of every refusal, learned from inputs that hold nothing worth hiding.
static FIXED_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let key = || ApiKey::new("0123456789ABCDEF").unwrap();
    let base_urls =
        ["", "/", "*", "http://a", "https://a?", "https://a:0", "https://a/..", "https://[]"];
    let long = "/".to_owned() + &"a".repeat(1 << 16);
    let paths = ["", "/ ", &long];
    let refusals = base_urls
        .into_iter()
        .map(|url| BaseUrl::parse(url).unwrap_err())
        .chain(["", " "].map(|key| ApiKey::new(key).unwrap_err()))
        .chain(["a".parse::<OrderId>().unwrap_err()])
        .chain([Api::builder(key()).user_agent("").build().unwrap_err()])
        .chain(paths.map(|path| Api::new(key()).build_request(&Below(path.into())).unwrap_err()));
    refusals
        .flat_map(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            [Some(error.to_string()), source]
        })
        .flatten()
        .collect()
});
