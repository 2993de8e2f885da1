//! HTTP proxies: the CONNECT request, what the proxy sees, and its refusals.

use std::{error::Error as StdError, iter::successors, thread, time::Duration};

use crate::both::{Builder, Client, TRANSPORTS, TransportKind};
use certcentral_core::{ApiBuilder, Error, FailureKind, RetryPolicy};
use certcentral_sandbox::Sandbox;

use super::{
    connect_proxy::{ConnectProxy, ProxyMode},
    sandboxes::{sandbox, trusting, unlimited},
};

#[test]
fn calls_go_through_one_tunnel() {
    let answers = [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\r\nProxy-Agent: x\r\nVia: 1.0 y\r\n\r\n",
        // A length that is not to be believed: RFC 9110, 9.3.6.
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\nVia: x\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n: no name\r\nX Y: z\r\n\r\n",
    ];
    for (on, answer) in TRANSPORTS.into_iter().flat_map(|on| answers.map(|answer| (on, answer))) {
        let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::TunnelAfter(answer)));
        let client = through(on, &proxy.url(), &sandbox).build().unwrap();
        for _ in 0..3 {
            assert_eq!(client.list(112_233).unwrap().certificates.len(), 3, "{on:?} {answer}");
        }
        let [head] = &proxy.heads()[..] else { panic!("{on:?}: {:?}", proxy.heads()) };
        let address = format!("localhost:{}", sandbox.port());
        assert!(head.starts_with(&format!("CONNECT {address} HTTP/1.1\r\n")), "{on:?}: {head}");
        assert_eq!(header(head, "host"), Some(&*address), "{on:?}");
        assert_eq!(header(head, "proxy-authorization"), None, "{on:?}");
        let agent = concat!("certcentral-rs/", env!("CARGO_PKG_VERSION"));
        assert_eq!(header(head, "user-agent"), Some(agent), "{on:?}");
        assert_eq!((proxy.connections(), sandbox.connections()), (1, 1), "{on:?}");
    }
}

#[test]
fn the_proxy_does_not_see_the_key() {
    for on in TRANSPORTS {
        let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Ok));
        through(on, &proxy.url_with("user:pass"), &sandbox).build().unwrap().list(1).unwrap_err();
        assert_eq!(sandbox.requests()[0].headers["x-dc-devkey"], sandbox.api_key());
        let bytes = proxy.bytes();
        let sees = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        // In the head, and after it in the name that TLS asks for.
        assert!(sees("CONNECT localhost:") && sees("\0\tlocalhost"), "{on:?}");
        // No part of it, nor of the header it stands in or what is asked with it.
        let parts = sandbox.api_key().as_bytes().windows(6);
        for part in parts.map(|part| str::from_utf8(part).unwrap()) {
            assert!(!sees(part), "{on:?}: {part}");
        }
        for part in ["devkey", "DEVKEY", "order/certificate"] {
            assert!(!sees(part), "{on:?}: {part}");
        }
    }
}

#[test]
fn credentials_are_sent_to_the_proxy_only() {
    for on in TRANSPORTS {
        for (given, sent) in [
            ("user:pass", "Basic dXNlcjpwYXNz"),
            // us@er:p:ss wé/S3cret
            ("us%40er:p%3Ass%20w%C3%A9%2FS3cret", "Basic dXNAZXI6cDpzcyB3w6kvUzNjcmV0"),
            ("user:", "Basic dXNlcjo="),
            ("user", "Basic dXNlcjo="),
        ] {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Ok));
            let builder = through(on, &proxy.url_with(given), &sandbox);
            let printed = format!("{builder:?} {builder:#?}");
            assert!(!printed.contains("user:") && !printed.contains("S3cret"), "{printed}");
            builder.build().unwrap().list(112_233).unwrap();
            let heads = proxy.heads();
            assert_eq!(header(&heads[0], "proxy-authorization"), Some(sent), "{on:?} {given}");
            let [request] = &sandbox.requests()[..] else { panic!("{on:?}") };
            assert!(!request.headers.contains_key("proxy-authorization"), "{on:?}");
        }
    }
}

#[test]
fn a_refusal_names_the_status_and_sends_nothing_to_the_service() {
    const LASTING: (FailureKind, u32) = (FailureKind::Proxy, 1);
    const PASSING: (FailureKind, u32) = (FailureKind::Connect, 3);
    for on in TRANSPORTS {
        for (answer, status, (kind, attempts)) in [
            // A wrong password is not tried until the account is locked.
            (
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                "407",
                LASTING,
            ),
            (
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 14\r\n\r\n<h1>No!</h1>\r\n",
                "403",
                LASTING,
            ),
            ("HTTP/1.1 403 Forbidden\r\n\r\nPolicy 42", "403 Forbidden (\"Policy 42\")", LASTING),
            ("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n", "it offers NTLM", LASTING),
            ("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", "408", PASSING),
            ("HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", "429", PASSING),
            ("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", "302", LASTING),
            ("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<h1>Hm</h1>", "502", PASSING),
            // proxy-chain, whose own upstream refused the password.
            ("HTTP/1.1 597 UPSTREAM407\r\nConnection: close\r\n\r\n", "597 UPSTREAM407", LASTING),
            // Privoxy.
            (
                "HTTP/1.1 404 No such domain\r\nContent-Type: text/html\r\nContent-Length: 85\r\n\
                 Connection: close\r\n\r\n<html><head><title>502 - Bad Gateway</title></head>\
                 <body>No such domain</body></html>",
                "404 No such domain",
                PASSING,
            ),
        ] {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Respond(answer)));
            let client = through(on, &proxy.url_with("us%65r:S3cret"), &sandbox).build().unwrap();
            let error = client.list(112_233).unwrap_err();
            assert_eq!(kind_of(&error), kind, "{on:?} {status}: {}", chain(&error));
            assert_eq!(error.is_transient(), kind == FailureKind::Connect, "{on:?} {status}");
            assert!(chain(&error).contains(status), "{on:?} {status}: {}", chain(&error));
            for secret in ["S3cret", "us%65r", "user:", "dXNlcjpTM2NyZXQ="] {
                assert!(!chain(&error).contains(secret), "{on:?}: {}", chain(&error));
            }
            let asked = proxy.heads().len();
            assert_eq!((error.attempts(), asked), (attempts, attempts as usize), "{on:?} {status}");
            assert_eq!((sandbox.connections(), sandbox.requests().len()), (0, 0), "{on:?}");
        }
    }
}

#[test]
fn a_malformed_response_to_connect_is_a_connect_failure() {
    for on in TRANSPORTS {
        for answer in
            ["", "HTTP/1.1 200 Connec", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 0200\r\n\r\n"]
        {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Respond(answer)));
            let client = through(on, &proxy.url(), &sandbox).build().unwrap();
            let error = client.list(112_233).unwrap_err();
            assert_eq!(kind_of(&error), FailureKind::Connect, "{on:?} {answer}: {}", chain(&error));
            assert_eq!((error.attempts(), proxy.heads().len()), (3, 3), "{on:?} {answer}");
            assert_eq!(sandbox.connections(), 0, "{on:?}");
        }
    }
}

/// Its body only explains it: however slow that is, the refusal is not taken for silence.
#[test]
fn a_refusal_on_an_open_connection_ends_the_call() {
    assert_endless_refusal_is_known(
        "HTTP/1.1 403 Forbidden\r\n\r\nPolicy 42",
        Duration::from_secs(3),
        "Policy 42",
    );
}

#[test]
fn a_refusal_is_known_although_time_to_connect_runs_out() {
    let connect_timeout = Duration::from_millis(300);
    assert_endless_refusal_is_known("HTTP/1.1 403 Forbidden\r\n\r\n", connect_timeout, "403");
}

/// The connection stays open behind `refusal`, or the rest of it comes slowly.
fn assert_endless_refusal_is_known(
    refusal: &'static str,
    connect_timeout: Duration,
    words: &'static str,
) {
    let refused = move |on, mode| {
        let (sandbox, proxy) = (sandbox(), ConnectProxy::start(mode));
        let builder = through(on, &proxy.url(), &sandbox);
        let client = builder.connect_timeout(connect_timeout).build().unwrap();
        let error = client.list(112_233).unwrap_err();
        assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Proxy, 1), "{on:?}");
        assert!(chain(&error).contains(words), "{on:?}: {}", chain(&error));
    };
    // At once, because each waits for more of the refusal.
    thread::scope(|scope| {
        for on in TRANSPORTS {
            scope.spawn(move || refused(on, ProxyMode::RespondAndHold(refusal)));
            scope.spawn(move || refused(on, ProxyMode::RespondAndTrickle(refusal)));
        }
    });
}

#[test]
fn plain_text_in_place_of_tls_is_a_tls_failure() {
    for on in TRANSPORTS {
        for mode in [
            ProxyMode::RespondAndHold("HTTP/1.1 200 OK\r\n\r\n<h1>Log in</h1>"),
            ProxyMode::FakeTunnel("HTTP/1.1 400 Bad Request\r\n\r\n"),
        ] {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(mode));
            let client = through(on, &proxy.url(), &sandbox).build().unwrap();
            let error = client.list(112_233).unwrap_err();
            assert_eq!(kind_of(&error), FailureKind::Tls, "{on:?} {mode:?}: {}", chain(&error));
            assert_eq!((error.attempts(), proxy.heads().len()), (1, 1), "{on:?} {mode:?}");
        }
    }
}

/// A reverse proxy takes CONNECT for a request to itself.
#[test]
fn a_web_server_in_place_of_a_proxy_is_named() {
    let page = "HTTP/1.1 200 OK\r\nServer: h2o/2.2.5\r\nContent-Type: application/json\r\n\
                Content-Length: 20\r\n\r\n{\"certificates\": []}";
    for on in TRANSPORTS {
        for mode in [ProxyMode::Respond(page), ProxyMode::RespondAndHold(page)] {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(mode));
            let client = through(on, &proxy.url(), &sandbox).build().unwrap();
            let error = client.list(112_233).unwrap_err();
            assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Proxy, 1), "{on:?}");
            let address = proxy.url().replace("http://", "");
            let named = format!("the proxy {address} is a web server");
            assert!(error.to_string().contains(&named), "{on:?}: {error}");
        }
    }
}

#[test]
fn an_unreachable_proxy_is_named_in_the_error() {
    for on in TRANSPORTS {
        let sandbox = sandbox();
        let url = ConnectProxy::start(ProxyMode::Ok).url(); // and it is gone
        let error = through(on, &url, &sandbox).build().unwrap().list(112_233).unwrap_err();
        assert_eq!(kind_of(&error), FailureKind::Connect, "{on:?}");
        let address = url.strip_prefix("http://").unwrap();
        let words = format!("could not connect: the proxy {address} cannot be reached: ");
        assert!(error.to_string().starts_with(&words), "{on:?}: {error}");
        for other in ["localhost", "base URL"] {
            assert!(!error.to_string().contains(other), "{on:?}: {error}");
        }
        assert_eq!(sandbox.connections(), 0, "{on:?}");
    }
}

#[test]
fn connect_timeout_covers_connect_and_tls_in_the_tunnel() {
    for on in TRANSPORTS {
        for mode in [
            ProxyMode::Silent,
            ProxyMode::Trickle,
            ProxyMode::RespondAndHold("HTTP/1.1 200 OK\r\n\r\n"),
        ] {
            let (sandbox, proxy) = (sandbox(), ConnectProxy::start(mode));
            // An attempt has 30 s, and would end otherwise.
            let api = unlimited(&sandbox).retry(RetryPolicy::none()).build().unwrap();
            let client = trusting(on, api, &sandbox)
                .proxy(&proxy.url())
                .connect_timeout(Duration::from_millis(500))
                .build()
                .unwrap();
            let error = client.list(112_233).unwrap_err();
            assert_eq!(kind_of(&error), FailureKind::Connect, "{on:?} {mode:?}: {}", chain(&error));
            let is_proxy_named = chain(&error).contains(&proxy.url()["http://".len()..]);
            let is_proxys_fault = !matches!(mode, ProxyMode::RespondAndHold(_));
            assert_eq!(is_proxy_named, is_proxys_fault, "{on:?} {mode:?}: {}", chain(&error));
            proxy.wait_for_ends(1);
            assert_eq!((proxy.connections(), sandbox.connections()), (1, 0), "{on:?} {mode:?}");
        }
    }
}

#[test]
fn the_certificate_in_the_tunnel_is_verified() {
    for on in TRANSPORTS {
        let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Ok));
        let untrusting =
            Client::builder(on, unlimited(&sandbox).build().unwrap()).proxy(&proxy.url());
        let error = untrusting.build().unwrap().list(112_233).unwrap_err();
        assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Tls, 1), "{on:?}");
        assert_eq!((proxy.heads().len(), sandbox.requests().len()), (1, 0), "{on:?}");
    }
}

#[test]
fn plain_http_does_not_use_the_proxy() {
    for on in TRANSPORTS {
        let sandbox = Sandbox::builder().plain_http().start().unwrap();
        let proxy = ConnectProxy::start(ProxyMode::Ok);
        let client = through(on, &proxy.url(), &sandbox).build().unwrap();
        assert_eq!(client.list(112_233).unwrap().certificates.len(), 3, "{on:?}");
        assert_eq!(proxy.connections(), 0, "{on:?}");
    }
}

#[test]
fn the_last_proxy_option_wins() {
    for on in TRANSPORTS {
        let (sandbox, [first, last]) = (sandbox(), [ProxyMode::Ok; 2].map(ConnectProxy::start));
        let builder = through(on, &first.url(), &sandbox).proxy_from_env().proxy(&last.url());
        builder.build().unwrap().list(112_233).unwrap();
        assert_eq!((first.connections(), last.connections()), (0, 1), "{on:?}");
    }
}

#[test]
fn a_bad_proxy_url_is_refused_and_not_printed() {
    let sandbox = sandbox();
    for on in TRANSPORTS {
        for bad in [
            "",
            "proxy.example",
            "proxy.example:3128",
            "S3cret@proxy.example:3128",
            "https://user:S3cret@proxy.example:3128",
            "socks5://user:S3cret@proxy.example:1080",
            "socks4://proxy.example",
            "http:",
            "http://",
            "http:///",
            "http://:3128",
            "http://user:S3cret@",
            "http://user:S3cret@:3128",
            "http://user:S3cret@proxy.example:0",
            "http://user:S3cret@proxy.example:",
            "http://user:S3cret@proxy.example:99999",
            "http://us@er:S3cret@proxy.example",
            "http://user:S3#cret@proxy.example",
            "http://user:S3?cret@proxy.example",
            "http://us%3Aer:S3cret@proxy.example",
            "http://user:S3cret%0A@proxy.example",
            "http://user:S3cret@[::1%25eth0]",
            "http://user:S3cret@[proxy.example]",
            "http://user:S3 cret@proxy.example",
            "http://user:S3cret/@proxy.example",
            "http://user:S3cret@proxy.example/path",
            "http://proxy.example/?S3cret",
            "http://proxy.example/#S3cret",
            "http://proxy example",
        ] {
            let built = through(on, bad, &sandbox).build();
            let error = built.err().unwrap_or_else(|| panic!("{on:?} takes {bad}"));
            assert!(matches!(error, Error::Invalid(_)), "{on:?} {bad}: {error:?}");
            assert!(error.to_string().contains("http://user:password@"), "{on:?} {bad}: {error}");
            assert!(!chain(&error).contains("S3"), "{on:?} {bad}: {}", chain(&error));
        }
        for good in [
            "http://proxy.example",
            "HTTP://proxy.example:3128/",
            "http://[::1]:3128",
            "http://u:p@[::1]",
            "http://127.0.0.1",
            " http://proxy.example:3128\n",
        ] {
            through(on, good, &sandbox).build().unwrap();
        }
    }
}

/// A builder for `sandbox` through a proxy, with pauses too short to notice.
fn through(on: TransportKind, proxy: &str, sandbox: &Sandbox) -> Builder {
    trusting(on, hasty(sandbox).build().unwrap(), sandbox).proxy(proxy)
}

fn hasty(sandbox: &Sandbox) -> ApiBuilder {
    unlimited(sandbox).retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

/// The value of a header in a request's head.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

fn kind_of(error: &Error) -> FailureKind {
    let Error::Transport(error) = error else { panic!("{error:?}") };
    error.kind()
}

/// All that `error` says, and what is behind it.
fn chain(error: &Error) -> String {
    let links = successors(Some(error as &dyn StdError), |&error| error.source());
    links.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join("\n")
}
