//! The runtime of the async transports.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Its threads go on between two calls, so that a transport sees what happens to idle connections.
pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
