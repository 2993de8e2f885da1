#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod builder; // the options of both transports
mod dial; // in what order addresses are tried
mod no_proxy; // NO_PROXY
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod pem; // root certificates in PEM
mod proxy; // where the proxy is
mod proxy_error; // why it opened no tunnel
mod settings; // what a transport gets
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod tls; // whose certificates are trusted
mod tls_error; // why TLS failed, and what to do
mod tunnel; // CONNECT

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use self::{builder::ClientBuilder, settings::Settings};
pub use self::{
    dial::{HEAD_START, dialing_order},
    proxy::Proxy,
    proxy_error::ProxyError,
    settings::Pool,
    tls_error::TlsError,
    tunnel::{Progress, Tunnel},
};
