//! Pages of HTML in place of the service's JSON.

use std::time::Duration;

use crate::both::TRANSPORTS;
use certcentral_core::{ApiError, Error, OrderId, order::ReissueCertificate};
use certcentral_sandbox::Sandbox;

use super::{
    front::{Front, ORDER, assert_listed, sandbox},
    haproxy, nginx,
    port::Port,
};

#[test]
fn a_refusal_of_nginx_is_no_word_of_the_service() {
    for (settings, status, title) in [
        ("auth_basic x; auth_basic_user_file no-such-file;", 401, "401 Authorization Required"),
        ("deny all;", 403, "403 Forbidden"),
        ("return 404;", 404, "404 Not Found"),
        ("return 405;", 405, "405 Not Allowed"),
    ] {
        refused(|sandbox| nginx::start(sandbox, "", settings), status, title);
    }
}

#[test]
fn a_refusal_of_haproxy_is_no_word_of_the_service() {
    for (settings, status, title) in [
        ("http-request deny", 403, "Request forbidden by administrative rules."),
        ("http-request deny deny_status 404", 404, "The resource could not be found."),
    ] {
        refused(|sandbox| haproxy::start(sandbox, "", settings), status, title);
    }
}

fn refused(start: impl Fn(Sandbox) -> Option<Front>, status: u16, words: &str) {
    for on in TRANSPORTS {
        let Some(front) = start(sandbox()) else { return };
        let error = front.client(on).list(ORDER).unwrap_err();
        assert_page(&error, status, words);
        assert_eq!(error.attempts(), 1, "{on:?}: {error}");
        assert!(!error.is_transient(), "{on:?}: {error}");
        assert!(
            error.to_string().contains("the base URL, which usually ends in /services/v2"),
            "{on:?}: {error}"
        );
        assert_eq!(front.sandbox.connections(), 0, "{on:?}");
    }
}

#[test]
fn nginx_refuses_a_body_for_its_length() {
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", "client_max_body_size 1000;") else { return };
        let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
        let reissue = ReissueCertificate::new(OrderId(ORDER), csr).comments("A".repeat(2000));
        let error = front.client(on).send(reissue).unwrap_err();
        assert_page(&error, 413, "413 Request Entity Too Large");
        assert_eq!((error.attempts(), error.may_have_taken_effect()), (1, false), "{on:?}");
        assert_eq!(front.sandbox.connections(), 0, "{on:?}");
    }
}

#[test]
fn a_redirect_to_a_login_is_not_followed() {
    for on in TRANSPORTS {
        let settings = "return 302 https://login.invalid/;";
        let Some(front) = nginx::start(sandbox(), "", settings) else { return };
        let error = front.client(on).list(ORDER).unwrap_err();
        let page = assert_page(&error, 302, "302 Found");
        assert_eq!(page.location.as_deref(), Some("https://login.invalid/"), "{on:?}");
        assert_eq!(error.attempts(), 1, "{on:?}");
    }
}

#[test]
fn nginx_cannot_reach_the_service() {
    for on in TRANSPORTS {
        let down = Port::reserve();
        let to =
            format!("location /services/ {{ proxy_pass http://127.0.0.1:{}; }}", down.number());
        let Some(front) = nginx::start(sandbox(), "", &to) else { return };
        assert_given_up(&front.client(on).list(ORDER).unwrap_err(), 502, "502 Bad Gateway");
        assert_eq!(front.process.log(nginx::LOG, 3), ["502 - -"; 3], "{on:?}");
    }
}

#[test]
fn haproxy_cannot_reach_the_service() {
    for on in TRANSPORTS {
        let down = Port::reserve();
        let to = format!("use_backend gone\nbackend gone\nserver gone 127.0.0.1:{}", down.number());
        let Some(front) = haproxy::start(sandbox(), "", &to) else { return };
        let error = front.client(on).list(ORDER).unwrap_err();
        assert_given_up(&error, 503, "No server is available to handle this request.");
    }
}

#[test]
fn nginx_waits_in_vain_for_the_service() {
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", "proxy_read_timeout 50ms;") else { return };
        let held = [(); 3].map(|()| front.sandbox.hold_next());
        assert_given_up(&front.client(on).list(ORDER).unwrap_err(), 504, "504 Gateway Time-out");
        assert_eq!(front.passed().len(), 3, "{on:?}");
        drop(held);
    }
}

#[test]
fn a_page_while_the_service_restarts_is_retried() {
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", "") else { return };
        front.sandbox.drop_next();
        front.sandbox.drop_next();
        assert_listed(ORDER, front.client(on).list(ORDER), on);
        assert_eq!(front.process.log(nginx::LOG, 3), ["502 - -", "502 - -", "200 - -"], "{on:?}");
        assert_eq!(front.connections(), 1, "{on:?}");
    }
}

/// Asserts that three attempts were in vain, and that another call may succeed.
fn assert_given_up(error: &Error, status: u16, words: &str) {
    assert_page(error, status, words);
    assert_eq!((error.attempts(), error.is_transient()), (3, true), "{error}");
    assert_eq!(error.retry_after(), None::<Duration>, "{error}");
}

/// Asserts that `error` quotes a page, and takes nothing in it for a word of the service.
fn assert_page<'a>(error: &'a Error, status: u16, words: &str) -> &'a ApiError {
    let Error::Api(page) = error else { panic!("{error:?}") };
    assert_eq!((page.status.as_u16(), &*page.errors), (status, &[][..]), "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(!error.is_access_denied() && !error.is_not_found(), "{error}");
    page
}
