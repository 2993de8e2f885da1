//! What an endpoint is: a request, and how its response is read.

use std::{any, borrow::Cow};

use bytes::Bytes;
use http::{HeaderValue, Method};

use crate::error::{DecodeError, Error, InvalidInputError};

/// One call of the Services API: how its request is built and how its 2xx response is read.
///
/// Everything else (base URL, key, errors, retries, rate limit) is the same for all endpoints and
/// lives elsewhere. To call an endpoint that this crate does not have, implement this trait.
///
/// The page [`endpoints`](crate::endpoints) has five complete examples.
pub trait Endpoint: Send + 'static {
    /// What a 2xx response is read into.
    type Output: Send + 'static;

    /// Returns the request's method. Default: `GET`.
    fn method(&self) -> Method {
        Method::GET
    }

    /// Returns the path below the base URL, percent-encoded, beginning with one `/`.
    fn path(&self) -> String;

    /// Returns the names and values of the query, in their order. They are encoded for you. Default:
    /// none.
    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        Vec::new()
    }

    /// Returns the request's `Accept` header. Default: `application/json`.
    fn accept(&self) -> HeaderValue {
        HeaderValue::from_static("application/json")
    }

    /// Checks the input. Default: all is good.
    ///
    /// # Errors
    ///
    /// [`InvalidInputError`] if the request is one that the service would refuse. The call then ends
    /// with [`Error::Invalid`] before anything waits or is sent.
    fn check(&self) -> Result<(), InvalidInputError> {
        Ok(())
    }

    /// Returns the request's body, if it has one; [`encode_json`](crate::encode_json) makes one.
    /// Default: none.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the body cannot be written. What is wrong with the input is reported by
    /// [`check`](Self::check).
    fn body(&self) -> Result<Option<Bytes>, Error> {
        Ok(None)
    }

    /// Returns whether sending the request twice has the same effect as sending it once. Default:
    /// whether the method is idempotent.
    ///
    /// A repeatable call is retried after any transient failure. Any other is retried only if the
    /// request cannot have reached the service, or was refused with 429; after a failure that
    /// leaves it open, [`Error::may_have_taken_effect`] is true.
    fn is_repeatable(&self) -> bool {
        self.method().is_idempotent()
    }

    /// Returns the name of the call in logs. Default: the name of the type, without its path and
    /// parameters.
    fn name(&self) -> &'static str {
        let path = any::type_name::<Self>().split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Reads a response whose status is 2xx. One that has errors of the service and nothing else does
    /// not come here: it is an [`ApiError`](crate::ApiError).
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the response is not complete and right. There is no partial output.
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Self::Output, DecodeError>;
}

/// An endpoint whose list comes in pages. The clients' `pages` method follows them. The page
/// [`endpoints`](crate::endpoints) has an example.
pub trait Paged: Endpoint + Sized {
    /// Returns the request for the page after `page`, or `None` if `page` is the last one.
    fn next_page(&self, page: &Self::Output) -> Option<Self>;
}
