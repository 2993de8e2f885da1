//! Both transports against programs that many networks run: nginx and haproxy in front of the
//! sandbox, Squid and Tinyproxy as proxies.
//!
//! Each test starts its own programs, as Debian packages them, on free ports of loopback. A test
//! whose program is not installed is skipped, and says so on standard error. With
//! `CERTCENTRAL_REQUIRE_PROGRAMS` set it fails instead.
//!
//! The async transport offers HTTP/2 with `--features certcentral-transport-hyper/http2`. With that,
//! `CERTCENTRAL_HTTP2` must be set. The tests run with both and without.

mod authority; // certificates, as files that a program reads
mod front; // a program in front of the sandbox, and clients that call it
mod haproxy; // how each program is configured and started
mod nginx;
mod port; // a port that is kept for a program
mod process; // a running program
mod program; // where a program is, or that it is missing
mod proxy; // a program as the proxy on the way to the sandbox
mod squid;
mod tinyproxy;

mod bodies;
mod connections;
mod pages;
mod proxies;
mod throttling;
mod tls;
