//! Where the service is, who calls it, and under which policies.

use std::{
    fmt::{self, Debug, Formatter},
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    base_url::BaseUrl,
    call::Call,
    endpoint::Endpoint,
    error::{ApiError, DecodeError, Error, InvalidInput, Origin},
    key::ApiKey,
    rate_limit::{Limiter, RateLimit},
    retry::RetryPolicy,
};

/// The service as one caller sees it: its address, the caller's key, and the policies.
///
/// Cheap to clone. Clones share one rate limiter, across transports too; two `Api`s made
/// separately with one key do not, so make one and clone it.
///
/// [`call`](Self::call) makes a [`Call`] for a transport. Those who bring their own loop can use
/// the two pure halves alone: [`build_request`](Self::build_request) and
/// [`parse_response`](Self::parse_response).
///
/// ```
/// use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let endpoint = ListReissues::new(OrderId(112233));
///
/// let request = api.build_request(&endpoint)?;
/// assert_eq!(request.headers()["x-dc-devkey"], "0123456789ABCDEF");
///
/// // Whatever brought the answer:
/// let answer = http::Response::new(r#"{"certificates": []}"#.into());
/// assert!(api.parse_response(&endpoint, answer)?.certificates.is_empty());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Api(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    base_url: BaseUrl,
    key: ApiKey,
    /// Of every request, prepared once.
    headers: HeaderMap,
    retry: RetryPolicy,
    limiter: Limiter,
    attempt_timeout: Duration,
    call_timeout: Option<Duration>,
    body_limit: usize,
    jitter: Arc<AtomicU64>,
}

impl Api {
    /// The service in the United States, under the default policies.
    pub fn new(key: ApiKey) -> Self {
        let user_agent = HeaderValue::from_static(USER_AGENT);
        Self::assemble(Self::builder(key), user_agent)
    }

    /// An `Api` with choices of its own.
    pub fn builder(key: ApiKey) -> ApiBuilder {
        ApiBuilder {
            key,
            base_url: BaseUrl::default(),
            user_agent: USER_AGENT.to_owned(),
            retry: RetryPolicy::default(),
            rate_limit: RateLimit::default(),
            attempt_timeout: Duration::from_secs(30),
            call_timeout: None,
            body_limit: 32 * 1024 * 1024,
            jitter_seed: None,
        }
    }

    /// This `Api` with one more product at the end of its `User-Agent`, for a tool that is built on
    /// a library that is built on this one. It shares all else, the rate limiter too.
    ///
    /// ```
    /// use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
    ///
    /// let api = Api::builder(ApiKey::new("0123456789ABCDEF")?).user_agent("inventory/1.0").build()?;
    /// let api = api.with_user_agent_product("my-tool/2.1")?;
    /// let request = api.build_request(&ListReissues::new(OrderId(112233)))?;
    /// assert_eq!(request.headers()["user-agent"], "inventory/1.0 my-tool/2.1");
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the product is empty, or not visible ASCII text on one line.
    pub fn with_user_agent_product(&self, product: &str) -> Result<Self, Error> {
        let product = visible_text("the user agent's product", product)?;
        let mut inner = Inner::clone(&self.0);
        if let Some(user_agent) = inner.headers.get_mut(header::USER_AGENT) {
            let both = [user_agent.as_bytes(), b" ", product.as_bytes()].concat();
            *user_agent = HeaderValue::from_bytes(&both)
                .map_err(|e| InvalidInput::because("the user agent cannot be a header", e))?;
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Prepares one call. Nothing happens until a transport polls it.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<E> {
        Call::new(self.clone(), endpoint)
    }

    /// The pure half one: the request of `endpoint`, complete with address, key and body.
    ///
    /// It carries `X-DC-DEVKEY` and `Content-Type: application/json` (documented), `Accept:
    /// application/json` because the service also speaks XML, and a `User-Agent` (documented).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the endpoint's path is not one below the base URL, or its body
    /// cannot be serialized.
    pub fn build_request<E: Endpoint>(&self, endpoint: &E) -> Result<http::Request<Bytes>, Error> {
        let body = endpoint.body().map_err(|e| {
            InvalidInput::because("the request's body cannot be written as JSON", e)
        })?;
        let mut request = http::Request::new(body.unwrap_or_default());
        *request.method_mut() = endpoint.method();
        *request.uri_mut() = self.0.base_url.join(&endpoint.path())?;
        *request.headers_mut() = self.0.headers.clone();
        Ok(request)
    }

    /// The pure half two: the output of `endpoint`, read from a complete `response`.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] for every status but 2xx, redirects included; [`Error::Decode`] for a 2xx
    /// that is not a complete and right answer.
    pub fn parse_response<E: Endpoint>(
        &self,
        endpoint: &E,
        response: http::Response<Bytes>,
    ) -> Result<E::Output, Error> {
        if !response.status().is_success() {
            return Err(Error::Api(ApiError::read(response, self.key(), self.origin(endpoint))));
        }
        endpoint.parse(&response).map_err(|error| {
            let error = match self.key().redact_body(response.body()) {
                None => error,
                // What the error quotes must come from a body without the key.
                Some(clean) => {
                    let clean = response.map(|_| clean);
                    let echo = |_| DecodeError::new(&clean, "", "the answer echoes the API key");
                    endpoint.parse(&clean).map_or_else(|error| error, echo)
                }
            };
            error.about(self.origin(endpoint), self.key()).into()
        })
    }

    /// What an error says about where it comes from.
    pub(crate) fn origin<E: Endpoint>(&self, endpoint: &E) -> Origin {
        let url = self.0.base_url.join(&endpoint.path());
        Origin::new(url.map(|url| url.to_string()).unwrap_or_default())
    }

    pub(crate) fn key(&self) -> &ApiKey {
        &self.0.key
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn retry_policy(&self) -> &RetryPolicy {
        &self.0.retry
    }

    pub(crate) fn attempt_timeout(&self) -> Duration {
        self.0.attempt_timeout
    }

    pub(crate) fn call_timeout(&self) -> Option<Duration> {
        self.0.call_timeout
    }

    pub(crate) fn body_limit(&self) -> usize {
        self.0.body_limit
    }

    /// The next number of the jitter's sequence (SplitMix64).
    pub(crate) fn random(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.jitter.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn assemble(builder: ApiBuilder, user_agent: HeaderValue) -> Self {
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-dc-devkey"), builder.key.header().clone()),
            (header::ACCEPT, json.clone()),
            (header::CONTENT_TYPE, json),
            (header::USER_AGENT, user_agent),
        ]);
        // The standard library's hash keys are random for every `RandomState`.
        let seed =
            builder.jitter_seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self(Arc::new(Inner {
            base_url: builder.base_url,
            key: builder.key,
            headers,
            retry: builder.retry,
            limiter: Limiter::new(&builder.rate_limit),
            attempt_timeout: builder.attempt_timeout,
            call_timeout: builder.call_timeout,
            body_limit: builder.body_limit,
            jitter: Arc::new(AtomicU64::new(seed)),
        }))
    }
}

impl Debug for Api {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("base_url", &self.0.base_url)
            .field("key", &self.0.key)
            .field("retry", &self.0.retry)
            .field("attempt_timeout", &self.0.attempt_timeout)
            .field("call_timeout", &self.0.call_timeout)
            .field("body_limit", &self.0.body_limit)
            .finish_non_exhaustive()
    }
}

const USER_AGENT: &str = concat!("certcentral-rs/", env!("CARGO_PKG_VERSION"));

/// Makes an [`Api`] with choices of its own.
///
/// ```
/// use std::time::Duration;
///
/// use certcentral_core::{Api, ApiKey, RateLimit, Region};
///
/// let api = Api::builder(ApiKey::new("0123456789ABCDEF")?)
///     .base_url(Region::Eu)
///     .user_agent("my-inventory/2.1")
///     .rate_limit(RateLimit::windows(&[(50, Duration::from_secs(5))])?)
///     .call_timeout(Duration::from_secs(120))
///     .build()?;
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made until `build` is called"]
pub struct ApiBuilder {
    key: ApiKey,
    base_url: BaseUrl,
    user_agent: String,
    retry: RetryPolicy,
    rate_limit: RateLimit,
    attempt_timeout: Duration,
    call_timeout: Option<Duration>,
    body_limit: usize,
    jitter_seed: Option<u64>,
}

impl ApiBuilder {
    /// Where the service is: a [`Region`](crate::Region) or a [`BaseUrl`]. Default: the United
    /// States.
    pub fn base_url(self, base_url: impl Into<BaseUrl>) -> Self {
        Self { base_url: base_url.into(), ..self }
    }

    /// The `User-Agent` of every request. Default: this library's name and version.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self }
    }

    /// When a call is repeated. Default: [`RetryPolicy::default`].
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// How many requests may be sent in which time. Default: [`RateLimit::default`].
    pub fn rate_limit(self, rate_limit: RateLimit) -> Self {
        Self { rate_limit, ..self }
    }

    /// How long one attempt may take, from connecting to the last byte. Default: 30 s.
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// How long a whole call may take from its first poll, pauses and the wait for the rate limit
    /// included. Default: no bound, because in a bulk run a call may rightly wait long.
    pub fn call_timeout(self, call_timeout: Duration) -> Self {
        Self { call_timeout: Some(call_timeout), ..self }
    }

    /// How many bytes of body are accepted in one answer. Default: 32 MiB.
    pub fn body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// The seed of the random part of pauses, for tests that must repeat. Default: drawn once per
    /// `Api`.
    pub fn jitter_seed(self, jitter_seed: u64) -> Self {
        Self { jitter_seed: Some(jitter_seed), ..self }
    }

    /// Makes the [`Api`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the user agent is not visible ASCII text on one line, or a timeout or
    /// the body limit is zero.
    pub fn build(self) -> Result<Api, Error> {
        if self.attempt_timeout.is_zero()
            || self.call_timeout.is_some_and(|timeout| timeout.is_zero())
        {
            return Err(InvalidInput::new("a timeout of zero leaves no time for a request").into());
        }
        if self.body_limit == 0 {
            return Err(
                InvalidInput::new("a body limit of zero leaves no room for an answer").into()
            );
        }
        let user_agent = visible_text("the user agent", &self.user_agent)?;
        Ok(Api::assemble(self, user_agent))
    }
}

fn visible_text(what: &str, text: &str) -> Result<HeaderValue, InvalidInput> {
    let text = text.trim();
    let visible = !text.is_empty() && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    HeaderValue::from_str(text)
        .ok()
        .filter(|_| visible)
        .ok_or_else(|| InvalidInput::new(format!("{what} must be visible ASCII text on one line")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{ListReissues, OrderId};

    #[test]
    fn products_follow_the_user_agent_in_their_order() {
        let own = api().with_user_agent_product("library/1.0 (beta)").unwrap();
        let both = own.with_user_agent_product(" tool/2 ").unwrap();
        assert_eq!(
            headers(&both)["user-agent"],
            *format!("{USER_AGENT} library/1.0 (beta) tool/2")
        );
        assert_eq!(headers(&own)["user-agent"], *format!("{USER_AGENT} library/1.0 (beta)"));

        let mut others = headers(&both);
        others.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        assert_eq!(others, headers(&api()), "nothing else changes");
    }

    #[test]
    fn what_is_no_text_for_a_header_is_refused() {
        for bad in ["", "  ", "tool/1\nX-Evil: 1", "tool\t1", "tool/1\0", "outil/été"] {
            let error = api().with_user_agent_product(bad).unwrap_err();
            assert!(error.to_string().contains("visible ASCII"), "{bad:?}: {error}");
            let error = Api::builder(key()).user_agent(bad).build().unwrap_err();
            assert!(error.to_string().contains("visible ASCII"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn all_else_is_shared() {
        let api = Api::builder(key()).jitter_seed(7).build().unwrap();
        let other = api.with_user_agent_product("tool/2").unwrap();
        let unshared = Api::builder(key()).jitter_seed(7).build().unwrap();
        assert_eq!(
            [api.random(), other.random()],
            [unshared.random(), unshared.random()],
            "one sequence of jitter"
        );
        assert!(api.key().header().as_bytes().as_ptr() == other.key().header().as_bytes().as_ptr());
    }

    fn headers(api: &Api) -> HeaderMap {
        api.build_request(&ListReissues::new(OrderId(1))).unwrap().headers().clone()
    }

    fn api() -> Api {
        Api::new(key())
    }

    fn key() -> ApiKey {
        ApiKey::new("S3cret").unwrap()
    }
}
