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
/// # Examples
///
/// A `GET` that returns JSON needs a path and a model:
///
/// ```
/// use certcentral_core::{Api, ApiKey, DecodeError, Endpoint, bytes::Bytes, decode_json, http};
/// use serde::Deserialize;
///
/// /// `GET /account`: the account that the key belongs to.
/// struct AccountInfo;
///
/// #[derive(Debug, Deserialize, PartialEq)]
/// struct Account {
///     id: u64,
///     primary_organization_name: String,
/// }
///
/// impl Endpoint for AccountInfo {
///     type Output = Account;
///
///     fn path(&self) -> String {
///         "/account".to_owned()
///     }
///
///     fn parse(&self, response: &http::Response<Bytes>) -> Result<Account, DecodeError> {
///         decode_json(response)
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// assert_eq!(api.build_request(&AccountInfo)?.uri().path(), "/services/v2/account");
///
/// let body = r#"{"id": 7, "primary_organization_name": "Example Ltd"}"#;
/// let account = api.parse_response(&AccountInfo, http::Response::new(body.into()))?;
/// assert_eq!(account.primary_organization_name, "Example Ltd");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// A `POST` with a body: [`encode_json`](crate::encode_json) writes it, and
/// [`check`](Self::check) refuses input that the service would refuse.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, DecodeError, Endpoint, Error, InvalidInputError, OrderId,
///     bytes::Bytes, decode_json, encode_json,
///     http::{Method, Response},
/// };
/// use serde::{Deserialize, Serialize};
///
/// /// `POST /order/certificate/{order_id}/note`: adds a note to an order.
/// #[derive(Serialize)]
/// struct AddNote {
///     #[serde(skip)]
///     order_id: OrderId,
///     text: String,
/// }
///
/// #[derive(Debug, Deserialize, PartialEq)]
/// struct Note {
///     id: u64,
/// }
///
/// impl Endpoint for AddNote {
///     type Output = Note;
///
///     fn method(&self) -> Method {
///         Method::POST
///     }
///
///     fn path(&self) -> String {
///         format!("/order/certificate/{}/note", self.order_id)
///     }
///
///     fn check(&self) -> Result<(), InvalidInputError> {
///         if self.text.is_empty() {
///             return Err(InvalidInputError::new("the note is empty; give it a text"));
///         }
///         Ok(())
///     }
///
///     fn body(&self) -> Result<Option<Bytes>, Error> {
///         encode_json(self)
///     }
///
///     fn parse(&self, response: &Response<Bytes>) -> Result<Note, DecodeError> {
///         decode_json(response)
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let request = api.build_request(&AddNote { order_id: OrderId(7), text: "checked".into() })?;
/// assert_eq!((request.method(), &request.body()[..]), (&Method::POST, &br#"{"text":"checked"}"#[..]));
/// assert!(api.build_request(&AddNote { order_id: OrderId(7), text: String::new() }).is_err());
/// # Ok::<(), Error>(())
/// ```
///
/// A `PUT` that is answered with 204 and no body:
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, CertificateId, DecodeError, Endpoint, bytes::Bytes,
///     http::{Method, Response},
/// };
///
/// /// `PUT /certificate/{certificate_id}/archive`: archives a certificate.
/// struct ArchiveCertificate(CertificateId);
///
/// impl Endpoint for ArchiveCertificate {
///     type Output = ();
///
///     fn method(&self) -> Method {
///         Method::PUT // archiving twice is the same as once, so it may be retried
///     }
///
///     fn path(&self) -> String {
///         format!("/certificate/{}/archive", self.0)
///     }
///
///     fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
///         Ok(())
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let response = Response::builder().status(204).body(Bytes::new())?;
/// api.parse_response(&ArchiveCertificate(CertificateId(1)), response)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A download that is not JSON sets its own `Accept`, and reports with
/// [`DecodeError::new`](crate::DecodeError::new) what it cannot read:
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, DecodeError, Endpoint, OrderId, bytes::Bytes,
///     http::{HeaderValue, Response},
/// };
///
/// /// `GET /certificate/download/order/{order_id}/format/pem_all`: the order's active certificate.
/// struct DownloadActive(OrderId);
///
/// impl Endpoint for DownloadActive {
///     type Output = String;
///
///     fn path(&self) -> String {
///         format!("/certificate/download/order/{}/format/pem_all", self.0)
///     }
///
///     fn accept(&self) -> HeaderValue {
///         HeaderValue::from_static("*/*")
///     }
///
///     fn parse(&self, response: &Response<Bytes>) -> Result<String, DecodeError> {
///         let text = str::from_utf8(response.body()).map_err(|e| DecodeError::new(response, "", e))?;
///         if !text.starts_with("-----BEGIN CERTIFICATE-----") {
///             return Err(DecodeError::new(response, "", "the body is not a PEM certificate"));
///         }
///         Ok(text.to_owned())
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// assert_eq!(api.build_request(&DownloadActive(OrderId(7)))?.headers()["accept"], "*/*");
/// assert!(api.parse_response(&DownloadActive(OrderId(7)), Response::new("<html>".into())).is_err());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
pub trait Endpoint: Send + 'static {
    /// What a 2xx response is read into.
    type Output: Send + 'static;

    /// The request's method. Default: `GET`.
    fn method(&self) -> Method {
        Method::GET
    }

    /// The path below the base URL, percent-encoded, beginning with one `/`.
    fn path(&self) -> String;

    /// The names and values of the query, in their order. They are encoded for you. Default: none.
    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        Vec::new()
    }

    /// The request's `Accept` header. Default: `application/json`.
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

    /// The request's body, if it has one; [`encode_json`](crate::encode_json) makes one. Default:
    /// none.
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

    /// The name of the call in logs. Default: the name of the type, without its path and
    /// parameters.
    fn name(&self) -> &'static str {
        let path = any::type_name::<Self>().split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Reads a response whose status is 2xx.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the response is not complete and right. There is no partial output.
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Self::Output, DecodeError>;
}

/// An endpoint whose list comes in pages. The clients' `pages` method follows them.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, DecodeError, Endpoint, Paged, bytes::Bytes, decode_json, http::Response,
/// };
/// use serde::Deserialize;
/// use std::borrow::Cow;
///
/// /// `GET /request?filters[status]=…`: the requests with a status.
/// #[derive(Clone)]
/// struct ListRequests {
///     status: &'static str,
///     offset: usize,
/// }
///
/// const LIMIT: usize = 1000;
///
/// #[derive(Debug, Deserialize)]
/// struct Requests {
///     #[serde(default)]
///     requests: Vec<Request>,
/// }
///
/// #[derive(Debug, Deserialize)]
/// struct Request {
///     id: u64,
/// }
///
/// impl Endpoint for ListRequests {
///     type Output = Requests;
///
///     fn path(&self) -> String {
///         "/request".to_owned()
///     }
///
///     fn query(&self) -> Vec<(Cow<'static, str>, String)> {
///         vec![
///             ("filters[status]".into(), self.status.to_owned()),
///             ("limit".into(), LIMIT.to_string()),
///             ("offset".into(), self.offset.to_string()),
///         ]
///     }
///
///     fn parse(&self, response: &Response<Bytes>) -> Result<Requests, DecodeError> {
///         decode_json(response)
///     }
/// }
///
/// impl Paged for ListRequests {
///     fn next_page(&self, page: &Requests) -> Option<Self> {
///         // A short page is the last one.
///         let is_full = page.requests.len() >= LIMIT;
///         is_full.then(|| Self { offset: self.offset + page.requests.len(), ..*self })
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let first = ListRequests { status: "pending", offset: 0 };
/// let body = r#"{"requests": [{"id": 1}], "page": {"total": 1}}"#;
/// let page = api.parse_response(&first, Response::new(body.into()))?;
/// assert_eq!(page.requests[0].id, 1);
/// assert!(first.next_page(&page).is_none());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
pub trait Paged: Endpoint + Sized {
    /// Returns the request for the page after `page`, or `None` if `page` is the last one.
    fn next_page(&self, page: &Self::Output) -> Option<Self>;
}
