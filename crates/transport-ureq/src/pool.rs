//! Which connections are kept.
//!
//! One file for both transports, so that they mean the same; the async one has a link to it.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pool {
    /// How many idle connections at most.
    pub(crate) max_idle: usize,
    pub(crate) idle_timeout: Duration,
}

impl Default for Pool {
    fn default() -> Self {
        // As many as one burst of the documented rate limit can use.
        Self { max_idle: 100, idle_timeout: Duration::from_secs(15) }
    }
}
