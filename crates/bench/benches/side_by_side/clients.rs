//! Ours and the rivals' clients, all with the same authority, headers, TLS, timeouts and body limit.

mod rivals;

use std::{fs, pin::Pin, sync::Arc, time::Duration};

use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl, ListReissues, OrderId, RateLimit};
use certcentral_transport_hyper::Client as OursOnHyper;
use certcentral_transport_ureq::Client as OursOnUreq;
use tokio::runtime::{self, Runtime};

pub(crate) use self::rivals::Reqwest;
use self::rivals::{BareHyper, BareUreq};
use crate::process::Address;

pub(crate) const OURS_ON_HYPER: &str = "ours on hyper";
pub(crate) const BARE_HYPER: &str = "bare hyper-util";
pub(crate) const OURS_ON_UREQ: &str = "ours on ureq";
pub(crate) const BARE_UREQ: &str = "bare ureq";
pub(crate) const REQWEST: &str = "reqwest";

/// What bounds a request from connecting to the last byte. It is long because a busy machine may
/// need long for a thousand handshakes; what a timeout costs does not depend on how long it is.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);
/// Our default.
pub(crate) const BODY_LIMIT: usize = 32 << 20;

/// Lists an order and answers how many rows there are.
pub(crate) type List = Arc<dyn Fn(u64) -> Listing + Send + Sync>;
type Listing = Pin<Box<dyn Future<Output = usize> + Send>>;

/// A new async client by name. The box around each future is one more allocation, for all alike.
pub(crate) fn lister(name: &str, at: &Address) -> List {
    match name {
        OURS_ON_HYPER => {
            let client = ours_on_hyper(at, without_rate_limit(at));
            Arc::new(move |order| {
                let call = client.send(ListReissues::new(OrderId(order)));
                Box::pin(async { call.await.unwrap().certificates.len() })
            })
        }
        BARE_HYPER => {
            let client = BareHyper::new(at);
            Arc::new(move |order| {
                let client = client.clone();
                Box::pin(async move { client.list(order).await.certificates.len() })
            })
        }
        REQWEST => {
            let client = Reqwest::new(at);
            Arc::new(move |order| {
                let client = client.clone();
                Box::pin(async move { client.list(order).await.unwrap().certificates.len() })
            })
        }
        _ => panic!("no async client is named {name}"),
    }
}

/// A new client by name that lists an order on the calling thread.
pub(crate) fn caller(name: &str, at: &Address) -> Box<dyn Fn(u64) -> usize + Sync> {
    match name {
        OURS_ON_UREQ => {
            let client = ours_on_ureq(at, without_rate_limit(at));
            Box::new(move |order| {
                client.send(ListReissues::new(OrderId(order))).unwrap().certificates.len()
            })
        }
        BARE_UREQ => {
            let client = BareUreq::new(at);
            Box::new(move |order| client.list(order).certificates.len())
        }
        _ => {
            let (list, runtime) = (lister(name, at), runtime());
            Box::new(move |order| runtime.block_on(list(order)))
        }
    }
}

/// All on one thread, so that its allocations are all there are.
pub(crate) fn runtime() -> Runtime {
    runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A rate limit would be all that is measured.
fn without_rate_limit(at: &Address) -> Api {
    api(at).rate_limit(RateLimit::unlimited()).build().unwrap()
}

/// With the default rate limit.
pub(crate) fn api(at: &Address) -> ApiBuilder {
    Api::builder(ApiKey::new(at.api_key.as_str()).unwrap())
        .base_url(BaseUrl::parse(&at.base_url).unwrap())
        .attempt_timeout(TIMEOUT)
        .body_limit(BODY_LIMIT)
}

pub(crate) fn ours_on_hyper(at: &Address, api: Api) -> OursOnHyper {
    let pem = fs::read(&at.ca_file).unwrap();
    let client = OursOnHyper::builder(api).root_certificates_pem(&pem);
    client.connect_timeout(TIMEOUT).build().unwrap()
}

pub(crate) fn ours_on_ureq(at: &Address, api: Api) -> OursOnUreq {
    let pem = fs::read(&at.ca_file).unwrap();
    let client = OursOnUreq::builder(api).root_certificates_pem(&pem);
    client.connect_timeout(TIMEOUT).build().unwrap()
}
