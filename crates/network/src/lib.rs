#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod builder; // the options of both transports
mod dial; // hosts, and in what order their addresses are tried
mod no_proxy; // NO_PROXY
mod pem; // root certificates in PEM
mod proxy; // where the proxy is
mod proxy_error; // why it opened no tunnel
mod settings; // what a transport gets
mod tls; // whose certificates are trusted
mod tls_error; // why TLS failed, and what to do
mod tunnel; // CONNECT

pub use self::{
    builder::ClientBuilder,
    dial::{HEAD_START, dialing_order, without_brackets},
    proxy::Proxy,
    proxy_error::ProxyError,
    settings::{Pool, Settings},
    tls_error::TlsError,
    tunnel::{Progress, Tunnel},
};
