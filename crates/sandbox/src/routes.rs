//! The routes: a table, and which of them a request is for.

mod add_domain;
mod archive_certificate;
mod change_domain_dcv_method;
mod change_order_dcv_method;
mod check_domain_dcv;
mod check_order_dcv;
mod domain_emails;
mod domain_info;
mod domain_random_value;
mod domain_validation;
mod download_certificate;
mod download_for_platform;
mod download_order;
mod download_order_certificate;
mod download_platform;
mod duplicate_certificate;
mod get_certificate_chain;
mod list_containers;
mod list_domains;
mod list_duplicates;
mod list_orders;
mod list_organizations;
mod list_products;
mod list_reissues;
mod list_requests;
mod new_order;
mod order_info;
mod order_random_value;
mod order_validation_status;
mod orders_by_alternative_id;
mod organization_info;
mod product_info;
mod reissue_certificate;
mod request_info;
mod resend_domain_emails;
mod resend_order_emails;
mod revoke_certificate;
mod revoke_order;
mod status_changes;
mod submit_domain;
mod update_order_status;
mod update_request_status;
mod user_info;

use std::fmt;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, Method, Response, request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::account::{Account, DcvMethod, Subject};
use crate::query::Query;
use crate::refusal::Refusal;

/// A route that the sandbox serves, from [`routes`].
#[non_exhaustive]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path below the base URL; a name in braces stands for one segment.
    pub path: &'static str,
    /// DigiCert's name of the endpoint.
    pub name: &'static str,
    /// The content type of a good response, if `Accept` has to allow it. Files are sent whatever it
    /// says (observed).
    content_type: Option<&'static str>,
    serve: fn(&Call<'_>, &mut Account) -> Result<Response<Bytes>, Refusal>,
}

/// Returns the routes that the sandbox serves.
///
/// [`SandboxBuilder::respond`](crate::SandboxBuilder::respond) serves any other.
pub fn routes() -> &'static [Route] {
    ROUTES
}

static ROUTES: &[Route] = &[
    new_order::ROUTE,
    orders_by_alternative_id::ROUTE,
    list_orders::ROUTE,
    status_changes::ROUTE,
    order_info::ROUTE,
    list_reissues::ROUTE,
    reissue_certificate::ROUTE,
    list_duplicates::ROUTE,
    duplicate_certificate::ROUTE,
    update_order_status::ROUTE,
    order_validation_status::ROUTE,
    check_order_dcv::ROUTE,
    order_random_value::ROUTE,
    change_order_dcv_method::ROUTE,
    resend_order_emails::ROUTE,
    revoke_order::ROUTE,
    revoke_certificate::ROUTE,
    archive_certificate::ROUTE,
    download_certificate::ROUTE,
    download_platform::ROUTE,
    download_for_platform::ROUTE,
    download_order::ROUTE,
    download_order_certificate::ROUTE,
    get_certificate_chain::ROUTE,
    list_requests::ROUTE,
    request_info::ROUTE,
    update_request_status::ROUTE,
    list_domains::ROUTE,
    add_domain::ROUTE,
    domain_info::ROUTE,
    domain_validation::ROUTE,
    submit_domain::ROUTE,
    change_domain_dcv_method::ROUTE,
    check_domain_dcv::ROUTE,
    domain_random_value::ROUTE,
    domain_emails::ROUTE,
    resend_domain_emails::ROUTE,
    list_organizations::ROUTE,
    organization_info::ROUTE,
    list_products::ROUTE,
    product_info::ROUTE,
    list_containers::ROUTE,
    user_info::ROUTE,
];

const JSON: &str = "application/json";

/// A request as a route sees it.
pub(crate) struct Call<'a> {
    /// The segments that stand for the names in a route's path.
    segments: Vec<(&'static str, &'a str)>,
    pub(crate) query: Query<'a>,
    body: &'a [u8],
}

impl<'a> Call<'a> {
    /// Returns the segment at `name` in the path.
    fn segment(&self, name: &str) -> &'a str {
        let segment = self.segments.iter().find(|(segment, _)| *segment == name);
        segment.map_or("", |(_, value)| value)
    }

    /// Returns the id at `name` in the path. One that is too large for an id is nobody's.
    fn id(&self, name: &str) -> Option<u64> {
        self.segment(name).parse().ok()
    }

    /// Reads the body. No body counts as no fields (assumed).
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = if self.body.is_empty() { b"{}" } else { self.body };
        serde_json::from_slice(body).map_err(|_| Refusal::bad_format())
    }

    /// Reads the validation method in the body, if there is one.
    fn dcv_method(&self) -> Result<Option<DcvMethod>, Refusal> {
        #[derive(Deserialize)]
        struct Body {
            dcv_method: Option<String>,
        }
        let Body { dcv_method } = self.body()?;
        let parse = |text: String| DcvMethod::parse(&text).ok_or_else(Refusal::invalid_dcv_method);
        dcv_method.map(parse).transpose()
    }
}

/// Returns whose control of names a request asks to look for, before it is served; `None` for a
/// request that is no check.
pub(crate) fn subject_of_check(method: &Method, path: &str) -> Option<Subject> {
    let id_at = |route: &Route| {
        let (_, id) = segments(route.path, path).filter(|_| route.method == method)?.pop()?;
        id.parse().ok()
    };
    let order = id_at(&check_order_dcv::ROUTE).map(Subject::Order);
    order.or_else(|| id_at(&check_domain_dcv::ROUTE).map(Subject::Domain))
}

/// Serves a request for `path`, which is below the base URL.
///
/// # Errors
///
/// Whatever the service refuses.
pub(crate) fn serve(
    head: &request::Parts,
    path: &str,
    body: &[u8],
    account: &mut Account,
) -> Result<Response<Bytes>, Refusal> {
    let (route, segments) = ROUTES
        .iter()
        .filter(|route| route.method == head.method)
        .find_map(|route| Some((route, segments(route.path, path)?)))
        .ok_or_else(Refusal::no_such_route)?;
    if route.content_type.is_some_and(|it| !accepts(&head.headers, it)) {
        return Err(Refusal::unacceptable());
    }
    (route.serve)(&Call { segments, query: Query::parse(head.uri.query()), body }, account)
}

/// Returns what stands in `path` for each name in braces, if the two match.
fn segments<'a>(pattern: &'static str, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut found = Vec::new();
    let mut given = path.split('/');
    for expected in pattern.split('/') {
        let segment = given.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None if segment == expected => {}
            Some(name) if fits(name, segment) => found.push((name, segment)),
            _ => return None,
        }
    }
    given.next().is_none().then_some(found)
}

/// An id is digits only: that other texts are no route, and not an order that does not exist, is
/// assumed.
fn fits(name: &str, segment: &str) -> bool {
    let is_one = |byte: u8| match name {
        "identifier" => byte.is_ascii_alphanumeric(),
        "domain" => byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'),
        "alternative_order_id" => byte != b'/',
        "format_type" | "product_name_id" => byte.is_ascii_alphanumeric() || byte == b'_',
        _ => byte.is_ascii_digit(),
    };
    !segment.is_empty() && segment.bytes().all(is_one)
}

/// Returns whether an `Accept` allows `content_type`. Without any, everything is allowed.
fn accepts(headers: &HeaderMap, content_type: &str) -> bool {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .peekable();
    ranges.peek().is_none() || ranges.any(|range| allows(range, content_type))
}

fn allows(range: &str, content_type: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default();
    let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
    let fits = match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => content_type.split('/').next() == Some(kind),
        _ => range.eq_ignore_ascii_case(content_type),
    };
    fits && !refused
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({} {}: {})", self.method, self.path, self.name)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_path_matches_segment_by_segment() {
        let pattern = "/order/certificate/{order_id}/reissue";
        assert_eq!(
            segments(pattern, "/order/certificate/7/reissue"),
            Some(vec![("order_id", "7")])
        );
        for other in [
            "/order/certificate//reissue",
            "/order/certificate/+7/reissue",
            "/order/certificate/7",
            "/order/certificate/7/reissue/",
            "/order/certificate/7/reissues",
            "order/certificate/7/reissue",
        ] {
            assert_eq!(segments(pattern, other), None, "{other}");
        }
    }

    #[test]
    fn accept_allows_what_one_of_its_ranges_covers() {
        for (accept, json) in [
            ("application/json", true),
            ("*/*", true),
            ("application/*;q=0.5", true),
            ("text/html, Application/JSON; charset=utf-8", true),
            ("", true),
            ("application/xml", false),
            ("text/*", false),
            ("application/json;q=0", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(accepts(&headers, "application/json"), json, "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), "application/json"));
    }
}
