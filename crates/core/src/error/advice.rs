//! What an error says to do. All of it is decided here, but for what only a transport knows.

use std::borrow::Cow;

use http::StatusCode;

use super::{ApiError, DeadlineReason, DecodeError, Error, FailureKind, TimeLimit, TransportError};
use crate::base_url::Region;

/// What to do about a page in place of JSON.
const PAGE: &str = "this page is not from the service: check what is between this program and the \
                    service, and the base URL, which usually ends in /services/v2";

/// What to do about another response that the service would not send.
const NOT_FROM_SERVICE: &str = "this is not a response of the service: check the base URL, which \
                                usually ends in /services/v2";

/// What to do about any error, beside what the inner one says.
pub(super) fn of_error(error: &Error) -> Option<&'static str> {
    if error.may_have_taken_effect() {
        return Some("the request may have been processed: find out before you send it again");
    }
    let says_what_to_do = match error {
        Error::Api(error) => of_refusal(error).is_some() || error.retry_after.is_some(),
        Error::Decode(error) => of_body(error).is_some(),
        Error::Transport(error) => of_failure(error).is_some(),
        Error::Deadline(_) | Error::Invalid(_) => true,
    };
    (error.is_transient() && !says_what_to_do).then_some("try again later")
}

/// What to do about a refusal, where its status and the words of the service do not say so.
pub(super) fn of_refusal(error: &ApiError) -> Option<Cow<'static, str>> {
    let may_be_a_proxy = error.status.is_server_error() || error.is_transient();
    // A 304 has no location: it responds to a conditional request, and none was sent.
    if error.status.is_redirection() && error.status != StatusCode::NOT_MODIFIED {
        Some("redirects are not followed; check the base URL".into())
    } else if error.has_code("not_found|route") {
        Some(
            "there is no such route; check the base URL, which usually ends in /services/v2, and the \
             path, if the endpoint is your own"
                .into(),
        )
    } else if error.has_service_code() {
        of_code(error)
    } else if may_be_a_proxy || error.excerpt().is_cut_off() {
        None
    } else if error.excerpt().is_page() {
        Some(PAGE.into())
    } else if error.errors.is_empty() || matches!(error.status.as_u16(), 401 | 403 | 404) {
        Some(NOT_FROM_SERVICE.into())
    } else {
        None
    }
}

/// What to do about a refusal of the service's own.
fn of_code(error: &ApiError) -> Option<Cow<'static, str>> {
    if error.has_code("access_denied|access_denied_invalid_key") {
        let url = error.context().map_or("", |context| &context.url);
        return Some(of_key(url).into());
    }
    if error.has_code("access_denied|invalid_approver") {
        return Some("ask somebody who may approve it, or use the API key of such a user".into());
    }
    if error.is_access_denied() {
        Some("check the API key and its permissions".into())
    } else if error.is_not_found() {
        Some("check the id, and that the API key is of the account that has it".into())
    } else {
        None
    }
}

/// What to do about a key that the service at `url` does not know: it may be of the other region.
fn of_key(url: &str) -> String {
    let (us, eu) = (Region::Us.url(), Region::Eu.url());
    if url.starts_with(us) {
        format!("check the API key; if its account is in Europe, the base URL is {eu}")
    } else if url.starts_with(eu) {
        format!("check the API key; if its account is in the United States, the base URL is {us}")
    } else {
        format!(
            "check the API key, and that the base URL leads to the region of its account: {us} is \
             for the United States, {eu} for Europe"
        )
    }
}

/// What to do about a body that cannot be read.
pub(super) fn of_body(error: &DecodeError) -> Option<&'static str> {
    let body = error.excerpt();
    if body.encoding().is_some() {
        Some("check what is between this program and the service")
    } else if body.is_page() {
        Some(PAGE)
    } else if error.is_of_syntax() && !body.is_json() {
        Some(NOT_FROM_SERVICE)
    } else {
        None
    }
}

/// What to do about an attempt without a complete response.
pub(super) fn of_failure(error: &TransportError) -> Option<&'static str> {
    match error.kind() {
        FailureKind::Connect if error.is_of_proxy() => {
            Some("check the URL of the proxy, and that it runs")
        }
        FailureKind::Connect => Some("check the network and the base URL"),
        FailureKind::Protocol => Some("check the base URL"),
        FailureKind::TooLarge => Some("raise the body limit"),
        FailureKind::Timeout => match error.time_limit() {
            Some(TimeLimit::OfCall(_)) => Some("give the call more time, or each attempt less"),
            Some(TimeLimit::OfAttempt(_)) if error.may_have_taken_effect() => {
                Some("raise the attempt timeout")
            }
            Some(TimeLimit::OfAttempt(_)) => Some("raise the attempt timeout, or try again later"),
            None => None,
        },
        FailureKind::Closed | FailureKind::Proxy | FailureKind::Stale | FailureKind::Tls => None,
    }
}

/// What to do about a call that had no time for an attempt.
pub(super) fn of_deadline(reason: DeadlineReason) -> &'static str {
    match reason {
        DeadlineReason::Passed | DeadlineReason::Throttled => "give it more time",
        DeadlineReason::RateLimit => "give it more time, or send fewer calls at once",
    }
}
