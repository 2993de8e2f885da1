//! CONNECT: what a proxy is sent, and what each of its responses amounts to.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::{
    io::{self, ErrorKind},
    iter,
    time::Duration,
};

use certcentral_core::FailureKind;
use certcentral_network::{Progress, Proxy, ProxyError, Tunnel};
use http::{HeaderValue, Uri};
use proptest::{collection::vec, prelude::*, sample::select};

#[test]
fn the_request_names_the_target_and_the_client() {
    let agent = HeaderValue::from_static("my-tool/2.1");
    let proxy =
        Proxy::parse("http://us%65r:p%40ss@proxy.example").unwrap().with_user_agent(Some(agent));
    let target = Uri::from_static("https://www.digicert.com/services/v2/order?key=x");
    let expected = "CONNECT www.digicert.com:443 HTTP/1.1\r\n\
                    Host: www.digicert.com:443\r\n\
                    User-Agent: my-tool/2.1\r\n\
                    Proxy-Authorization: Basic dXNlcjpwQHNz\r\n\
                    \r\n";
    assert_eq!(str::from_utf8(proxy.tunnel(&target).request()).unwrap(), expected);

    let plain = Proxy::parse("http://proxy.example").unwrap();
    let target = Uri::from_static("https://[::1]:8443/");
    let expected = "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n";
    assert_eq!(str::from_utf8(plain.tunnel(&target).request()).unwrap(), expected);
}

#[test]
fn any_2xx_opens_the_tunnel_and_the_rest_is_left() {
    for response in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.0 200 OK\r\nVia: 1.0 y\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 299 x\r\n\r\n",
        "\r\nHTTP/1.1  200  OK\r\n\r\n",
        // Line ends of LF, also mixed.
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nVia: x\n\r\n",
        // Odd headers.
        "HTTP/1.1 200 OK\r\nno colon\r\n: no name\r\nA B: c\r\n folded\r\nX: \u{e9}\u{1b}\r\n\r\n",
        // A body that is not there: RFC 9110, 9.3.6.
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n",
        // Interim responses.
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 x\n\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\nHTTP/1.1 204 OK\r\n\r\n",
    ] {
        for followed_by in ["", "\u{16}\u{3}\u{3}", "\r\n\r\nHTTP/1.1 403 No\r\n\r\n"] {
            let bytes = [response, followed_by].concat();
            for outcome in outcomes(bytes.as_bytes()) {
                assert_eq!(outcome.unwrap(), response.len(), "{bytes:?}");
            }
        }
    }
}

#[test]
fn what_may_pass_is_told_from_what_is_final() {
    for (status, kind) in [
        ("101 Switching Protocols", FailureKind::Proxy),
        ("302 Found", FailureKind::Proxy),
        ("400 Bad Request", FailureKind::Proxy),
        ("403 Forbidden", FailureKind::Proxy),
        ("405 Method Not Allowed", FailureKind::Proxy),
        ("407 Proxy Authentication Required", FailureKind::Proxy),
        ("999 x", FailureKind::Proxy),
        // Tor's port for SOCKS; a captive portal; proxy-chain, whose own upstream refused the password,
        // or the like.
        ("501 Tor is not an HTTP Proxy", FailureKind::Proxy),
        ("505 HTTP Version Not Supported", FailureKind::Proxy),
        ("511 Network Authentication Required", FailureKind::Proxy),
        ("590 UPSTREAM502", FailureKind::Proxy),
        ("597 UPSTREAM407", FailureKind::Proxy),
        // Privoxy's word for a name that is not found.
        ("404 No such domain", FailureKind::Connect),
        ("408 Request Timeout", FailureKind::Connect),
        ("429 Too Many Requests", FailureKind::Connect),
        ("500 Internal Server Error", FailureKind::Connect),
        ("502 Bad Gateway", FailureKind::Connect),
        ("503 Service Unavailable", FailureKind::Connect),
        ("504 Gateway Timeout", FailureKind::Connect),
    ] {
        let error = refusal(&format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(error.kind(), kind, "{error}");
        let expected = format!("the proxy proxy.example:80 refused to open a tunnel: {status}");
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}

#[test]
fn a_refusal_quotes_the_proxy_on_one_short_line() {
    let long = "x".repeat(100_000);
    for (response, quote) in [
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nPolicy 42",
            "403 Forbidden (\"Policy 42\")",
        ),
        ("HTTP/1.1 403 Filtered: policy 42\nContent-Length: 0\n\n", "403 Filtered: policy 42"),
        ("HTTP/1.1 403\r\nContent-Length: 0\r\n\r\n", "403 Forbidden"),
        ("HTTP/1.1 433\r\nContent-Length: 0\r\n\r\n", "433 (no reason given)"),
        ("HTTP/1.1 403 Verweigert für Gäste\r\nContent-Length: 0\r\n\r\n", "403 Forbidden"),
        (
            "HTTP/1.1 503 No\r\nContent-Length: 28\r\n\r\n<p>Not\r\n\x1b[31mresolved: \"x\"\r\n",
            "503 No (\"Not \\u{1b}[31mresolved: \"x\"\")",
        ),
        (
            "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nPolic\r\n4\r\ny 42\r\n0\r\n\r\n",
            "403 No (\"Policy 42\")",
        ),
        (
            &format!("HTTP/1.1 403 {}\r\nContent-Length: 0\r\n\r\n", &long[..9999]),
            &format!("403 {}…", &long[..160]),
        ),
        (&format!("HTTP/1.1 403 No\r\n\r\n{long}"), &format!("403 No (\"{}…\")", &long[..160])),
    ] {
        let error = refusal(response);
        let expected = format!("the proxy proxy.example:80 refused to open a tunnel: {quote}");
        assert_eq!(error.to_string(), expected, "{response}");
    }
}

#[test]
fn a_refusal_whose_body_does_not_end_is_known_all_the_same() {
    for (response, quote) in [
        ("HTTP/1.1 403 No\r\n\r\nPolicy 42", "403 No (\"Policy 42\")"),
        ("HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\nPolicy 42", "403 No (\"Policy 42\")"),
        (
            "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n99\r\nPolicy 42",
            "403 No (\"Policy 42\")",
        ),
        ("HTTP/1.1 403 No\r\n\r\n", "403 No"),
    ] {
        let mut tunnel = tunnel("http://proxy.example");
        assert!(tunnel.patience().is_none());
        assert!(matches!(tunnel.read(response.as_bytes()), Progress::More), "{response}");
        assert!(tunnel.patience().is_some_and(|patience| patience <= Duration::from_secs(1)));
        let error = tunnel.end("timed out");
        assert_eq!(error.kind(), FailureKind::Proxy);
        assert!(error.to_string().ends_with(&format!(": {quote}")), "{error}");
    }
}

#[test]
fn a_407_says_what_the_proxy_offers_and_what_to_do() {
    let (without, with) = ("http://proxy.example", "http://user:S3cret@proxy.example");
    for (url, headers, advice) in [
        (without, "", "; put a user and password in its URL"),
        (with, "", "; check the user and password in its URL"),
        (
            with,
            "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"a, NTLM b\"\r\n",
            "; it offers Negotiate, Basic; check the user and password in its URL",
        ),
        (
            without,
            "proxy-authenticate: Negotiate, NTLM\r\n",
            "; it offers Negotiate, NTLM, and only Basic is supported",
        ),
    ] {
        // Its body is not waited for.
        let head = format!("HTTP/1.1 407 No\r\n{headers}\r\n");
        let Progress::Failed(error) = tunnel(url).read(head.as_bytes()) else { panic!("{head}") };
        assert_eq!(error.kind(), FailureKind::Proxy);
        assert!(error.to_string().ends_with(&format!(": 407 No{advice}")), "{error}");
    }
}

#[test]
fn a_refusal_that_echoes_the_password_is_quoted_without_it() {
    let echo = "Basic dXNlcjpTM2NyZXQ=";
    let response = format!("HTTP/1.1 403 {echo}\r\nContent-Length: 22\r\n\r\n{echo}");
    let Progress::Failed(error) =
        tunnel("http://user:S3cret@proxy.example").read(response.as_bytes())
    else {
        panic!("{response}")
    };
    assert!(
        error.to_string().ends_with(r#": 403 Basic [credentials] ("Basic [credentials]")"#),
        "{error}"
    );
}

#[test]
fn what_is_not_http_fails_at_once_and_may_pass() {
    let endless = [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: y\r\n".repeat(20_000)].concat();
    for response in [
        &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
        b"220 smtp.example",
        b"<html>",
        b"HTTQ",
        b"\r\n\r\n\r\nx",
        b"HTTP/1.1 0200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 \x1b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: y\rz\r\n\r\n",
        &endless,
    ] {
        for outcome in outcomes(response) {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), FailureKind::Connect, "{}", response.escape_ascii());
            assert_eq!(error.to_string(), "the proxy proxy.example:80 opened no tunnel");
            assert!(std::error::Error::source(&error).is_some());
        }
    }
}

#[test]
fn another_kind_of_proxy_is_named() {
    for (response, name) in [
        (&b"\x05\xff"[..], "it speaks SOCKS"),
        (b"\0\x5b\0\0\0\0\0\0", "it speaks SOCKS"),
        (b"\x15\x03\x01\0\x02\x02\x46", "it speaks TLS"),
    ] {
        for outcome in outcomes(response) {
            let error = outcome.unwrap_err();
            let reason = std::error::Error::source(&error).unwrap().to_string();
            assert!(reason.starts_with(name), "{reason}");
        }
    }
    // OpenSSH and Dante close without a word.
    let error = tunnel("http://proxy.example").end("closed").to_string();
    assert!(error.starts_with("the proxy proxy.example:80 sent no response; only HTTP"), "{error}");
    assert!(error.contains("SOCKS"), "{error}");
}

/// A reverse proxy is none for its clients.
#[test]
fn a_web_server_in_place_of_a_proxy_is_named() {
    let not_tls = || rustls::Error::from(rustls::InvalidMessage::InvalidContentType);
    let refused = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    let tls = |error: rustls::Error| io::Error::new(ErrorKind::InvalidData, error);
    for (headers, error, is_page) in [
        ("Content-Length: 20\r\n", tls(not_tls()), true),
        ("content-type: text/html\r\n", tls(not_tls()), true),
        ("Transfer-Encoding: chunked\r\n", tls(not_tls()), true),
        ("Content-Length: 0\r\n", ErrorKind::UnexpectedEof.into(), true),
        ("Content-Type: text/html\r\n", ErrorKind::ConnectionReset.into(), true),
        ("Content-Length: 20\r\n", ErrorKind::TimedOut.into(), false),
        ("Content-Length: 20\r\n", tls(refused()), false),
        ("Via: 1.1 y\r\n", tls(not_tls()), false),
        ("", ErrorKind::UnexpectedEof.into(), false),
    ] {
        let mut tunnel = tunnel("http://proxy.example");
        let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
        assert!(matches!(tunnel.read(head.as_bytes()), Progress::Open { .. }), "{headers}");
        let page = tunnel.end_of_handshake(&error);
        assert_eq!(page.is_some(), is_page, "{headers} {error}");
        if let Some(page) = page {
            assert_eq!(page.kind(), FailureKind::Proxy);
            let printed = page.to_string();
            assert!(printed.starts_with("the proxy proxy.example:80 is a web server"), "{printed}");
        }
    }
}

#[test]
fn a_response_that_is_cut_off_may_pass() {
    let whole = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    for length in 0..whole.len() {
        let mut tunnel = tunnel("http://proxy.example");
        assert!(matches!(tunnel.read(&whole.as_bytes()[..length]), Progress::More), "{length}");
        assert!(tunnel.patience().is_none());
        assert_eq!(tunnel.end("closed").kind(), FailureKind::Connect);
    }
}

#[test]
fn nothing_printed_shows_the_password() {
    let proxy = Proxy::parse("http://user:S3cret@proxy.example").unwrap();
    let tunnel = proxy.tunnel(&Uri::from_static("https://www.digicert.com/"));
    let printed = format!("{proxy:?} {tunnel:?} {:?}", proxy.unreachable("refused"));
    for secret in ["S3cret", "user", "dXNlcjpTM2NyZXQ="] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// Parts of responses, right ones and wrong ones.
const PARTS: &[&str] = &[
    "HTTP/1.1 ",
    "200",
    "100",
    "403",
    "407",
    "502",
    " No",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    ":",
    " ",
    "Content-Length: 3\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Content-Length: 0\n",
    "Transfer-Encoding: chunked\r\n",
    "Proxy-Authenticate: Basic, x=\"y, NTLM\r\n",
    "0\r\n\r\n",
    "3\r\nabc\r\n",
    "ffffffff\r\n",
    "<style>",
    "</style>",
    "<!--",
    "<",
    ">",
    "\0",
    "\u{fc}",
];

proptest! {
    #[test]
    fn an_outcome_does_not_depend_on_how_the_bytes_arrive(
        parts in vec(select(PARTS), 0..12),
        sizes in vec(1..40_usize, 1..5),
    ) {
        let response = ["HTTP/1.1 ", &parts.concat()].concat();
        let whole = outcome(iter::once(response.as_bytes()));
        let mut rest = response.as_bytes();
        let pieces = sizes.iter().cycle().map_while(|&size| {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        let pieces = outcome(pieces);
        prop_assert_eq!(format!("{whole:?}"), format!("{pieces:?}"));
    }
}

fn tunnel(proxy: &str) -> Tunnel {
    Proxy::parse(proxy).unwrap().tunnel(&Uri::from_static("https://www.digicert.com/"))
}

/// The error of a refusal, however it arrives.
fn refusal(response: &str) -> ProxyError {
    let mut errors: Vec<_> =
        outcomes(response.as_bytes()).into_iter().map(Result::unwrap_err).collect();
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    errors.remove(0)
}

/// How `response` ends when it arrives whole, in two parts, and byte by byte: with the number of
/// bytes that were used, or an error.
fn outcomes(response: &[u8]) -> Vec<Result<usize, ProxyError>> {
    let middle = response.len() / 2;
    let sizes = [response.len(), middle.max(1), 1];
    sizes.into_iter().map(|size| outcome(response.chunks(size))).collect()
}

fn outcome<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Result<usize, ProxyError> {
    let (mut tunnel, mut before) = (tunnel("http://proxy.example"), 0);
    for part in parts {
        match tunnel.read(part) {
            Progress::More => before += part.len(),
            Progress::Open { used } => return Ok(before + used),
            Progress::Failed(error) => return Err(error),
        }
    }
    Err(tunnel.end("closed"))
}
