//! Whatever a caller gives: addresses, keys, user agents, ids and paths.

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, BaseUrl, DecodeError, Endpoint, Error, OrderId};
use http::{Response, Uri};
use proptest::prelude::*;

use crate::{cases, logs::assert_fit_for_a_log, printed};

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn what_is_accepted_is_safe_and_what_is_refused_is_not_repeated(
        scheme in prop_oneof![Just(""), Just("https://"), Just("http://"), Just("http://127.0.0.1")],
        before in "[a-z0-9.:@/?#%\\[\\]\\\\ \\r\\n\u{e9}\u{202e}-]{0,12}",
        after in "[a-z0-9.:@/?#%\\[\\]\\\\ \\r\\n\u{e9}\u{202e}-]{0,12}",
    ) {
        let text = format!("{scheme}{before}{SECRET}{after}");
        if let Some(base) = accepted(BaseUrl::parse(&text)) {
            let shown = base.to_string();
            assert_eq!(BaseUrl::parse(&shown).unwrap(), base);
            let uri: Uri = shown.parse().unwrap();
            let is_safe = uri.scheme_str() == Some("https")
                || matches!(uri.host(), Some("localhost" | "[::1]"))
                || uri.host().is_some_and(|host| host.starts_with("127."));
            assert!(is_safe && !shown.contains(['@', '?', '#']), "{shown}");
        }
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        assert_eq!(accepted(ApiKey::new(text.as_str())).is_some(), is_visible);
        assert!(accepted(text.parse::<OrderId>()).is_none());
        let api = Api::builder(key()).user_agent(&text).build();
        if let Some(api) = accepted(api) {
            let request = api.build_request(&At("/x".to_owned())).unwrap();
            assert_eq!(request.headers()["user-agent"].as_bytes(), text.trim().as_bytes());
        }
    }

    #[test]
    fn a_request_stays_below_its_base(
        path in "[/a.%2e?#:@\\\\ \u{e9}]{0,10}",
        begins in any::<bool>(),
    ) {
        let path = format!("{}{SECRET}{path}", if begins { "/" } else { "" });
        let api = Api::builder(key()).base_url("https://example.com/v2").build().unwrap();
        if let Some(request) = accepted(api.build_request(&At(path.clone()))) {
            assert_eq!(request.uri().to_string(), format!("https://example.com/v2{path}"));
            let segments = request.uri().path().replace("%2e", ".");
            assert!(segments.split('/').all(|segment| !matches!(segment, "." | "..")), "{path}");
        }
    }
}

const SECRET: &str = "S3cret";

fn key() -> ApiKey {
    ApiKey::new("0123456789ABCDEF").unwrap()
}

/// What was accepted; a refusal must not repeat what was given, which may hold a secret.
fn accepted<T>(result: Result<T, Error>) -> Option<T> {
    if let Err(error) = &result {
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert_fit_for_a_log(error);
        assert!(!printed(error).contains(SECRET), "{error:?}");
    }
    result.ok()
}

/// An endpoint at any path.
struct At(String);

impl Endpoint for At {
    type Output = ();

    fn path(&self) -> String {
        self.0.clone()
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}
