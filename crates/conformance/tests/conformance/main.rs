//! What both transports must do against a sandbox: responses, options, proxies, the environment.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod connect_proxy; // a proxy that records what clients send
mod sandboxes; // sandboxes, and clients that call them
mod temp_dir; // a directory that is removed on drop

mod environment;
mod key;
mod lifecycle;
mod limits;
mod pool;
mod proxy;
mod purity;
mod roots;
mod service;
