//! What both transports must do against a sandbox: responses, options, proxies, the environment.

mod connect_proxy; // a proxy that records what clients send
mod sandboxes; // sandboxes, and clients that call them

mod environment;
mod lifecycle;
mod limits;
mod pool;
mod proxy;
mod purity;
mod roots;
mod service;
