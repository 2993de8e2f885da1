//! To be deleted once the blocking transport's builder has these itself.

use std::time::Duration;

use certcentral_transport_ureq::ClientBuilder;

pub(crate) trait Pending: Sized {
    fn platform_roots(self) -> Self {
        self
    }
    fn proxy(self, _: &str) -> Self {
        self
    }
    fn proxy_from_env(self) -> Self {
        self
    }
    fn pool_max_idle(self, _: usize) -> Self {
        self
    }
    fn pool_idle_timeout(self, _: Duration) -> Self {
        self
    }
    fn user_agent_product(self, _: &str) -> Self {
        self
    }
}

impl Pending for ClientBuilder {}
