//! Environment variables: the proxy, and the platform's root certificates.
//!
//! Variables belong to a whole process, so each client runs in a child process.

use std::{env, process::Command};

use crate::both::{Client, TRANSPORTS, TransportKind};
use certcentral_core::{Api, ApiKey, BaseUrl};
use certcentral_sandbox::Sandbox;
use tracing::Level;

use super::{
    connect_proxy::{ConnectProxy, ProxyMode},
    sandboxes::sandbox,
};
use crate::temp_dir::TempDir;

#[test]
fn the_first_variable_that_is_not_empty_names_the_proxy() {
    let gone = ConnectProxy::start(ProxyMode::Ok).url();
    for on in TRANSPORTS {
        let [proxy, other] = [ProxyMode::Ok; 2].map(ConnectProxy::start);
        let (it, other_url) = (&*proxy.url(), &*other.url());
        let bare = it.strip_prefix("http://").unwrap();
        for set in [
            &[("HTTPS_PROXY", it)][..],
            &[("https_proxy", it)],
            &[("ALL_PROXY", it)],
            &[("all_proxy", it)],
            &[("HTTPS_PROXY", bare)],
            &[("HTTPS_PROXY", it), ("https_proxy", &gone)],
            &[("https_proxy", it), ("ALL_PROXY", &gone)],
            &[("ALL_PROXY", it), ("all_proxy", &gone)],
            &[("HTTPS_PROXY", ""), ("ALL_PROXY", it)],
            &[("HTTPS_PROXY", it), ("HTTP_PROXY", other_url), ("http_proxy", other_url)],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "")],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "example.com, 10.0.0.0/8,ocalhost")],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "localhost:443")],
        ] {
            let (sandbox, before) = (sandbox(), proxy.heads().len());
            assert_eq!(list(on, &sandbox, Roots::Given, set), "3 reissues", "{on:?} {set:?}");
            assert_eq!(proxy.heads().len(), before + 1, "{on:?} {set:?}");
        }
        assert_eq!(other.connections(), 0, "{on:?}");
    }
}

#[test]
fn without_a_variable_or_for_an_exempt_host_no_proxy_is_used() {
    for on in TRANSPORTS {
        let proxy = ConnectProxy::start(ProxyMode::Ok);
        let it = &*proxy.url();
        for set in [
            &[][..],
            &[("HTTPS_PROXY", ""), ("all_proxy", "")],
            &[("HTTP_PROXY", it), ("http_proxy", it)],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "localhost")],
            &[("HTTPS_PROXY", it), ("no_proxy", "example.com, LOCALHOST")],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "example.com\tlocalhost.")],
            &[("HTTPS_PROXY", it), ("NO_PROXY", "*")],
            &[("all_proxy", it), ("NO_PROXY", ""), ("no_proxy", ".localhost")],
        ] {
            let sandbox = sandbox();
            assert_eq!(list(on, &sandbox, Roots::Given, set), "3 reissues", "{on:?} {set:?}");
        }
        let plain = Sandbox::builder().plain_http().start().unwrap();
        for set in [&[("HTTPS_PROXY", it)][..], &[("ALL_PROXY", it), ("HTTP_PROXY", it)]] {
            assert_eq!(list(on, &plain, Roots::Given, set), "3 reissues", "{on:?} {set:?}");
        }
        assert_eq!(proxy.connections(), 0, "{on:?}");
    }
}

#[test]
fn a_variable_that_is_not_a_proxy_url_is_named_in_the_error() {
    let sandbox = sandbox();
    for on in TRANSPORTS {
        for (name, value) in [
            ("HTTPS_PROXY", "https://user:S3cret@proxy.example"),
            ("all_proxy", "socks5h://user:S3cret@127.0.0.1:1080"),
            ("ALL_PROXY", "socks4://127.0.0.1:1080"),
            ("ALL_PROXY", "user:S3cret@proxy.example:0"),
        ] {
            let said = list(on, &sandbox, Roots::Given, &[(name, value)]);
            assert!(said.starts_with("refused: ") && said.contains(name), "{on:?}: {said}");
            assert!(!said.contains("S3cret"), "{on:?}: {said}");
            assert_eq!(said.contains("SOCKS"), value.starts_with("socks"), "{on:?}: {said}");
        }
    }
    assert_eq!(sandbox.connections(), 0);
}

#[test]
fn an_entry_of_no_proxy_that_is_not_understood_stops_nothing() {
    for on in TRANSPORTS {
        let (sandbox, proxy) = (sandbox(), ConnectProxy::start(ProxyMode::Ok));
        let gone = ConnectProxy::start(ProxyMode::Ok).url();
        for (entries, is_exempt) in [
            ("localhost,127.*,10.*,192.168.*", true),
            ("<local>;*.corp.example", true),
            ("https://internal.example.com/,localhost", true),
            ("10.0.0.256 localhost:", false),
        ] {
            let (before, set) =
                (proxy.heads().len(), [("HTTPS_PROXY", &*proxy.url()), ("NO_PROXY", entries)]);
            assert_eq!(list(on, &sandbox, Roots::Given, &set), "3 reissues", "{on:?} {entries}");
            assert_eq!(proxy.heads().len() == before, is_exempt, "{on:?} {entries}");
        }
        // It may have been meant to say that the proxy is not to be used.
        let set = [("HTTPS_PROXY", &*gone), ("NO_PROXY", "localhost: a.example")];
        let said = run(on, &sandbox, Roots::Given, &set);
        let words = "NO_PROXY has entries that are not understood: localhost:";
        assert!(said.contains("outcome: failed: ") && said.contains(words), "{on:?}: {said}");
        let warning = "WARN certcentral_network::proxy: an entry is not understood, and ignored \
                       variable=\"NO_PROXY\" entry=\"localhost:\"";
        assert!(said.contains(warning), "{on:?}: {said}");
    }
}

/// On Linux the platform's certificates are files, and a variable says where.
#[test]
#[cfg(target_os = "linux")]
fn platform_roots_trusts_what_the_platform_trusts() {
    let sandbox = sandbox();
    let dir = TempDir::new();
    let file = dir.write("roots.pem", sandbox.ca_pem().unwrap());
    for on in TRANSPORTS {
        let trusted = [("SSL_CERT_FILE", file.to_str().unwrap())];
        let none = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/dev/null")];
        for (roots, set, ends) in [
            (Roots::Platform, &trusted[..], "3 reissues"),
            (Roots::GivenThenPlatform, &trusted, "3 reissues"),
            (Roots::BuiltIn, &trusted, "failed: TLS handshake failed"),
            (Roots::PlatformThenGiven, &none, "3 reissues"),
            (Roots::Platform, &none, "refused: the operating system has no usable root"),
            (Roots::GivenThenPlatform, &none, "refused: the operating system has no usable root"),
        ] {
            let said = list(on, &sandbox, roots, set);
            assert!(said.starts_with(ends), "{on:?} {roots:?} {set:?}: {said}");
            if said.starts_with("refused") {
                for way_out in ["SSL_CERT_FILE", "SSL_CERT_DIR", "compiled-in"] {
                    assert!(said.contains(way_out), "{said}");
                }
            }
        }
    }
}

/// Which certificates the child process trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Roots {
    BuiltIn,
    Given,
    Platform,
    GivenThenPlatform,
    PlatformThenGiven,
}

const ROOTS: [Roots; 5] = [
    Roots::BuiltIn,
    Roots::Given,
    Roots::Platform,
    Roots::GivenThenPlatform,
    Roots::PlatformThenGiven,
];

/// What a client gets in a child process with the variables `set`.
fn list(on: TransportKind, sandbox: &Sandbox, roots: Roots, set: &[(&str, &str)]) -> String {
    let said = run(on, sandbox, roots, set);
    said.split("outcome: ").nth(1).unwrap().lines().next().unwrap().to_owned()
}

/// What the child process prints and logs.
fn run(on: TransportKind, sandbox: &Sandbox, roots: Roots, set: &[(&str, &str)]) -> String {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["sandbox::environment::child", "--exact", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        child.env_remove(name).env_remove(name.to_ascii_lowercase());
    }
    child
        .envs(set.iter().copied())
        .env("CONFORMANCE_TRANSPORT", format!("{on:?}"))
        .env("CONFORMANCE_ROOTS", format!("{roots:?}"))
        .env("CONFORMANCE_URL", sandbox.base_url())
        .env("CONFORMANCE_KEY", sandbox.api_key())
        .env("CONFORMANCE_CA", sandbox.ca_pem().unwrap_or_default());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{on:?} {roots:?} {set:?}: {said} {output:?}");
    said.into_owned()
}

#[test]
#[ignore = "the child process of the tests above"]
fn child() {
    let Ok(url) = env::var("CONFORMANCE_URL") else { return };
    let var = |name| env::var(name).unwrap();
    let named = |on: &TransportKind| format!("{on:?}") == var("CONFORMANCE_TRANSPORT");
    let on = TRANSPORTS.into_iter().find(named).unwrap();
    let asked = |roots: &Roots| format!("{roots:?}") == var("CONFORMANCE_ROOTS");
    let roots = ROOTS.into_iter().find(asked).unwrap();

    tracing_subscriber::fmt().with_max_level(Level::WARN).with_ansi(false).init();
    let api = Api::builder(ApiKey::new(var("CONFORMANCE_KEY")).unwrap())
        .base_url(BaseUrl::parse(&url).unwrap())
        .build()
        .unwrap();
    let (builder, ca) = (Client::builder(on, api).proxy_from_env(), var("CONFORMANCE_CA"));
    let builder = match roots {
        Roots::Given if ca.is_empty() => builder, // no TLS
        Roots::BuiltIn => builder,
        Roots::Given => builder.root_certificates_pem(&ca),
        Roots::Platform => builder.platform_roots(),
        Roots::GivenThenPlatform => builder.root_certificates_pem(&ca).platform_roots(),
        Roots::PlatformThenGiven => builder.platform_roots().root_certificates_pem(&ca),
    };
    let outcome = match builder.build().map(|client| client.list(112_233)) {
        Ok(Ok(reissues)) => format!("{} reissues", reissues.certificates.len()),
        Ok(Err(error)) => format!("failed: {error}"),
        Err(error) => format!("refused: {error}"),
    };
    println!("outcome: {outcome}");
}
