//! Bodies as nginx changes them: chunked, and compressed.

use crate::both::TRANSPORTS;
use certcentral_core::Error;

use super::{
    front::{LONG_ORDER, ORDER, assert_listed, sandbox},
    nginx,
};

#[test]
fn a_chunked_body_is_read() {
    // nginx does not know how long a body will be that a filter may change.
    let filter = "sub_filter_types application/json; sub_filter no-such-text x;";
    let listen = ["", "http2"];
    for (on, listen) in TRANSPORTS.into_iter().flat_map(|on| listen.map(|listen| (on, listen))) {
        let Some(front) = nginx::start(sandbox(), listen, filter) else { return };
        let client = front.client(on);
        for _ in 0..3 {
            assert_listed(LONG_ORDER, client.list(LONG_ORDER), on);
        }
        // HTTP/2 has frames instead.
        let coding = if front.passed()[0].http == "HTTP/2" { "-" } else { "chunked" };
        let logged = front.process.log(nginx::LOG, 3);
        assert_eq!(logged, vec![format!("200 {coding} -"); 3], "{on:?} {listen}");
        assert_eq!(front.connections(), 1, "{on:?} {listen}");
    }
}

#[test]
fn a_server_that_can_compress_sends_plain_text() {
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", GZIP) else { return };
        assert_listed(LONG_ORDER, front.client(on).list(LONG_ORDER), on);
        assert_eq!(front.process.log(nginx::LOG, 1), ["200 - -"], "{on:?}");
    }
}

#[test]
fn a_body_that_is_compressed_all_the_same_is_named_so() {
    for on in TRANSPORTS {
        let sandbox = sandbox();
        // nginx asks itself for what the client did not ask for.
        let settings = format!(
            "location /services/ {{
                proxy_pass https://127.0.0.1:$server_port/compressed$request_uri;
                proxy_set_header Accept-Encoding gzip;
            }}
            location /compressed/ {{
                {GZIP}
                proxy_pass http://127.0.0.1:{}/;
            }}",
            sandbox.port()
        );
        let Some(front) = nginx::start(sandbox, "", &settings) else { return };
        let error = front.client(on).list(ORDER).unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{on:?}: {error:?}") };
        assert_eq!((decode.content_encoding(), error.attempts()), (Some("gzip"), 1), "{on:?}");
        assert!(error.to_string().contains("gzip"), "{on:?}: {error}");
    }
}

const GZIP: &str = "
    gzip on;
    gzip_types application/json;
    gzip_proxied any;
    gzip_http_version 1.0;
    gzip_min_length 1;";
