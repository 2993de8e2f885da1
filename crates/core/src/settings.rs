//! What all calls of an `Api` share, and the request that they send.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::{
    base_url::BaseUrl,
    endpoint::Endpoint,
    error::{Error, InvalidInputError},
    key::ApiKey,
    rate_limit::Limiter,
    retry::RetryPolicy,
};

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) base_url: BaseUrl,
    pub(crate) key: ApiKey,
    /// Of every request, prepared once.
    pub(crate) headers: HeaderMap,
    pub(crate) retry: RetryPolicy,
    pub(crate) limiter: Limiter,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Option<Duration>,
    pub(crate) body_limit: usize,
    pub(crate) is_background: bool,
    pub(crate) jitter: Arc<AtomicU64>,
}

impl Settings {
    /// Builds the request of `endpoint`, once its input is found to be good.
    pub(crate) fn request(&self, endpoint: &impl Endpoint) -> Result<http::Request<Bytes>, Error> {
        endpoint.check()?;
        let body = endpoint.body()?.unwrap_or_default();
        Ok(self.request_to(self.url(endpoint)?, endpoint.method(), endpoint.accept(), body))
    }

    /// What is the same for every endpoint, and compiled once.
    fn request_to(
        &self,
        url: Uri,
        method: Method,
        accept: HeaderValue,
        body: Bytes,
    ) -> http::Request<Bytes> {
        let takes_body = matches!(method, Method::PATCH | Method::POST | Method::PUT);
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(header::ACCEPT, accept);
        if takes_body && request.body().is_empty() {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        request
    }

    pub(crate) fn url(&self, endpoint: &impl Endpoint) -> Result<Uri, InvalidInputError> {
        self.base_url.join(&endpoint.path(), &endpoint.query())
    }

    /// Returns the next number of the jitter's sequence (SplitMix64).
    pub(crate) fn random(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.jitter.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
