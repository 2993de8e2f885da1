//! The API key in errors: absent, even if the service echoes it.

use std::{error::Error as _, iter::successors};

use crate::both::TRANSPORTS;
use certcentral_core::Error;
use certcentral_sandbox::Sandbox;
use http::StatusCode;

use super::sandboxes::{client, order_7, unlimited};

/// With characters that JSON escapes.
const KEY: &str = r#"k3y-"0f\a/c0mm0n-sandb0x"#;

#[test]
fn a_body_that_echoes_the_key_is_kept_without_it() {
    let escaped = r#"k3y-\"0f\\a\/c0mm0n-sandb0x"#;
    let list =
        format!(r#"{{"errors":[{{"code":"echo|{escaped}","message":"no key {escaped}"}}]}}"#);
    let row = format!(r#"{{"certificates":[{{"id":"{escaped}"}}]}}"#);
    let bodies = [
        (StatusCode::FORBIDDEN, list.clone()),
        (StatusCode::BAD_REQUEST, format!("<html>{KEY}</html>")),
        (StatusCode::OK, format!("<html>{KEY}</html>")),
        (StatusCode::OK, row),
        (StatusCode::OK, list),
    ];
    for (status, body) in bodies {
        for kind in TRANSPORTS {
            let sandbox = order_7(Sandbox::builder().api_key(KEY), status, body.clone());
            let client = client(kind, unlimited(&sandbox).build().unwrap(), &sandbox);
            let error = client.list(7).unwrap_err();
            let kept = match &error {
                Error::Api(error) => &error.body,
                Error::Decode(error) => error.body(),
                other => panic!("{other:?}"),
            };
            assert!(String::from_utf8_lossy(kept).contains("[key]"));
            let sources = successors(error.source(), |&error| error.source());
            let sources: Vec<_> = sources.map(|error| format!("{error} {error:?}")).collect();
            let seen = format!("{error} {error:?} {error:#?} {kept:?} {sources:?}");
            // Any part that no fixture and no message of ours holds.
            for part in ["k3y-", "0f\\", "c0mm0n", "sandb0x"] {
                assert!(!seen.contains(part), "{part} in {seen}");
            }
        }
    }
}
