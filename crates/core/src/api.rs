//! Settings and rate limiter of an account.

use std::{
    fmt::{self, Debug, Formatter},
    hash::{BuildHasher, Hasher, RandomState},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    base_url::{self, BaseUrl},
    call::Call,
    endpoint::Endpoint,
    error::{Error, InvalidInputError, RequestContext},
    key::ApiKey,
    rate_limit::{Limiter, RateLimit},
    response,
    retry::RetryPolicy,
    settings::Settings,
};

/// Settings and rate limiter of an account: the service's URL, the API key, and the policies.
///
/// Cheap to clone. Clones share one rate limiter, across transports too. Two `Api`s that are made
/// separately with one key do not, so make one and clone it.
///
/// [`call`](Self::call) makes a [`Call`] for a transport. If you only need to build requests and
/// parse responses, use [`build_request`](Self::build_request) and
/// [`parse_response`](Self::parse_response) directly.
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
/// let response = http::Response::new(r#"{"certificates": []}"#.into());
/// assert!(api.parse_response(&endpoint, response)?.is_empty());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Api(Arc<Settings>);

impl Api {
    /// Creates an `Api` for the US region with default policies.
    pub fn new(key: ApiKey) -> Self {
        let user_agent = HeaderValue::from_static(USER_AGENT);
        Self::assemble(Self::builder(key), BaseUrl::default(), user_agent)
    }

    /// Returns a builder, for another URL or other policies.
    pub fn builder(key: ApiKey) -> ApiBuilder {
        ApiBuilder {
            key,
            base_url: Ok(BaseUrl::default()),
            user_agent: USER_AGENT.to_owned(),
            retry: RetryPolicy::default(),
            rate_limit: RateLimit::default(),
            attempt_timeout: Duration::from_secs(30),
            call_timeout: None,
            body_limit: 32 * 1024 * 1024,
            jitter_seed: None,
        }
    }

    /// Returns a copy whose calls are all [background calls](Call::in_background). Everything else is
    /// shared, including the rate limiter.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self(Arc::new(Settings { is_background: true, ..Settings::clone(&self.0) }))
    }

    /// Returns a copy whose calls end within `call_timeout`, as with
    /// [`ApiBuilder::call_timeout`]. Everything else is shared, including the rate limiter. Of a
    /// [`Reissuance`](crate::reissuance::Reissuance) it bounds each call, and not the waits between them,
    /// which [`set_deadline`](crate::reissuance::Reissuance::set_deadline) bounds.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use certcentral_core::{Api, ApiKey};
    ///
    /// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
    /// // For a nightly run: each call gives way to others, and takes ten minutes at most.
    /// let bulk = api.in_background().with_call_timeout(Duration::from_secs(600));
    /// # let _ = bulk;
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_call_timeout(&self, call_timeout: Duration) -> Self {
        let call_timeout = Some(call_timeout);
        Self(Arc::new(Settings { call_timeout, ..Settings::clone(&self.0) }))
    }

    pub(crate) fn call_timeout(&self) -> Option<Duration> {
        self.0.call_timeout
    }

    /// Returns the `User-Agent` of every request.
    pub fn user_agent(&self) -> &str {
        let user_agent = self.0.headers.get(header::USER_AGENT);
        user_agent.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Prepares a call. Nothing happens until a transport polls it.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<E> {
        Call::new(Arc::clone(&self.0), endpoint)
    }

    /// Builds the HTTP request for `endpoint`, including URL, headers and body.
    ///
    /// Its headers are `X-DC-DEVKEY`, `User-Agent`, `Content-Type: application/json`, the
    /// endpoint's `Accept`, `Accept-Encoding: identity`, and `Content-Length: 0` for a `POST`,
    /// `PUT` or `PATCH` without a body.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the endpoint refuses its input, its path is not one below the base URL,
    /// or its body cannot be written.
    pub fn build_request<E: Endpoint>(&self, endpoint: &E) -> Result<http::Request<Bytes>, Error> {
        self.0.request(endpoint)
    }

    /// Parses a complete HTTP response into the endpoint's output.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] for every status but 2xx, redirects included, and for a 2xx that has errors of
    /// the service and nothing else. [`Error::Decode`] for a 2xx whose body is otherwise not complete
    /// and right.
    pub fn parse_response<E: Endpoint>(
        &self,
        endpoint: &E,
        response: http::Response<Bytes>,
    ) -> Result<E::Output, Error> {
        let url = self.0.url(endpoint)?;
        response::read(endpoint, response, self.0.key.secret(), || RequestContext {
            url: base_url::text_of(&url),
            attempts: 0,
            is_repeatable: endpoint.is_repeatable(),
        })
    }

    fn assemble(builder: ApiBuilder, base_url: BaseUrl, user_agent: HeaderValue) -> Self {
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-dc-devkey"), builder.key.secret().header().clone()),
            (header::ACCEPT, HeaderValue::from_static("application/json")), // or the endpoint's
            (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::USER_AGENT, user_agent),
        ]);
        // The standard library's hash keys are random for every `RandomState`.
        let seed =
            builder.jitter_seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self(Arc::new(Settings {
            base_url,
            key: builder.key,
            headers,
            limiter: Limiter::new(&builder.rate_limit, builder.retry.first_throttle_pause),
            retry: builder.retry,
            attempt_timeout: builder.attempt_timeout,
            call_timeout: builder.call_timeout,
            body_limit: builder.body_limit,
            is_background: false,
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

/// Builds an [`Api`].
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
#[must_use = "nothing is built until `build` is called"]
pub struct ApiBuilder {
    key: ApiKey,
    /// Or what is wrong with the one that was given.
    base_url: Result<BaseUrl, String>,
    user_agent: String,
    retry: RetryPolicy,
    rate_limit: RateLimit,
    attempt_timeout: Duration,
    call_timeout: Option<Duration>,
    body_limit: usize,
    jitter_seed: Option<u64>,
}

impl ApiBuilder {
    /// Sets where the service is: a [`Region`](crate::Region), a [`BaseUrl`] or a text such as
    /// `https://www.digicert.com/services/v2`. Default: the United States.
    pub fn base_url(self, base_url: impl TryInto<BaseUrl, Error: Into<Error>>) -> Self {
        let base_url = base_url.try_into().map_err(|e| e.into().to_string());
        Self { base_url, ..self }
    }

    /// Sets the `User-Agent` of every request. Default: this library's name and version.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self }
    }

    /// Sets when a call is retried. Default: [`RetryPolicy::default`].
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// Sets how many requests may be sent in which time. Default: [`RateLimit::default`].
    pub fn rate_limit(self, rate_limit: RateLimit) -> Self {
        Self { rate_limit, ..self }
    }

    /// Sets how long one attempt may take, from connecting to the last byte. Default: 30 s.
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// Sets how long a whole call may take from its first poll, pauses and the wait for the rate
    /// limit included. Default: no bound, because in a bulk run a call may rightly wait long. If it is no
    /// longer than the attempt timeout, an attempt without a response takes all of it, and none follows.
    pub fn call_timeout(self, call_timeout: Duration) -> Self {
        Self { call_timeout: Some(call_timeout), ..self }
    }

    /// Sets how many bytes of a response's body are read. Default: 32 MiB.
    pub fn body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// Sets the seed of the random pauses between attempts, for tests. Default: drawn at random.
    pub fn jitter_seed(self, jitter_seed: u64) -> Self {
        Self { jitter_seed: Some(jitter_seed), ..self }
    }

    /// Builds the [`Api`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the base URL cannot be used (see [`BaseUrl::parse`]), the user agent
    /// is not visible ASCII text on one line, or a timeout, the body limit, the number
    /// of attempts or of processes is zero, or the reserve is more than 99 percent.
    pub fn build(self) -> Result<Api, Error> {
        if self.attempt_timeout.is_zero()
            || self.call_timeout.is_some_and(|timeout| timeout.is_zero())
        {
            return Err(
                InvalidInputError::new("a timeout of zero leaves no time for a request").into()
            );
        }
        if self.body_limit == 0 {
            return Err(InvalidInputError::new(
                "a body limit of zero leaves no room for a response",
            )
            .into());
        }
        self.rate_limit.check()?;
        if self.retry.max_attempts == 0 {
            return Err(InvalidInputError::new("a call takes at least one attempt").into());
        }
        let user_agent = visible_text(&self.user_agent)?;
        let base_url = self.base_url.clone().map_err(InvalidInputError::new)?;
        Ok(Api::assemble(self, base_url, user_agent))
    }
}

fn visible_text(text: &str) -> Result<HeaderValue, InvalidInputError> {
    let text = text.trim();
    let visible = !text.is_empty() && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    HeaderValue::from_str(text).ok().filter(|_| visible).ok_or_else(|| {
        InvalidInputError::new("the user agent must be visible ASCII text on one line")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::OrderId, order::ListReissues};

    #[test]
    fn what_is_no_text_for_a_header_is_refused() {
        for bad in ["", "  ", "tool/1\nX-Evil: 1", "tool\t1", "tool/1\0", "outil/été"] {
            let error = Api::builder(key()).user_agent(bad).build().unwrap_err();
            assert!(error.to_string().contains("visible ASCII"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn copies_share_the_key_the_jitter_and_the_user_agent() {
        let api = Api::builder(key()).jitter_seed(7).user_agent(" tool/2 ").build().unwrap();
        let copies = [api.in_background(), api.with_call_timeout(Duration::from_secs(1))];
        let unshared = Api::builder(key()).jitter_seed(7).build().unwrap();
        for copy in copies {
            assert_eq!(copy.0.random(), unshared.0.random(), "one sequence of jitter");
            assert_eq!(copy.user_agent(), "tool/2");
            assert_eq!(headers(&copy), headers(&api));
            let buffer = |api: &Api| api.0.key.secret().header().as_bytes().as_ptr();
            assert_eq!(buffer(&copy), buffer(&api));
        }
    }

    fn headers(api: &Api) -> HeaderMap {
        api.build_request(&ListReissues::new(OrderId(1))).unwrap().headers().clone()
    }

    fn key() -> ApiKey {
        ApiKey::new("S3cretKey").unwrap()
    }
}
