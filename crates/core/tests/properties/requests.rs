//! Requests.

use certcentral_core::{Api, ApiKey, BaseUrl, ListReissues, OrderId};
use http::{HeaderMap, HeaderValue, Method};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::cases;

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_order_is_asked_for_below_the_base(
        base in base_url(),
        slashes in "/{0,2}",
        order: u64,
        archived: bool,
    ) {
        let api = Api::builder(ApiKey::new("S3cretKey").unwrap())
            .base_url(BaseUrl::parse(&format!("{base}{slashes}")).unwrap())
            .user_agent("inventory/1")
            .build()
            .unwrap();
        let list = ListReissues::new(OrderId(order)).show_archived(archived);
        let request = api.build_request(&list).unwrap();

        let query = if archived { "?show_archived=true" } else { "" };
        assert_eq!(request.method(), Method::GET);
        assert_eq!(
            request.uri().to_string(),
            format!("{base}/order/certificate/{order}/reissue{query}"),
        );
        let headers = [
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("content-type", "application/json"),
            ("user-agent", "inventory/1"),
            ("x-dc-devkey", "S3cretKey"),
        ];
        let headers = headers
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .into_iter()
            .collect::<HeaderMap>();
        assert_eq!(request.headers(), &headers);
        assert!(request.body().is_empty());
        assert_eq!(request.version(), http::Version::HTTP_11);
    }
}

/// A valid base URL, without a slash at its end.
fn base_url() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "[a-z][a-z0-9-]{0,10}[a-z0-9](\\.[a-z]{2,5}){1,2}",
        "[1-9][0-9]?\\.[0-9]\\.[0-9]\\.[0-9]",
        Just("[2001:db8::1]".to_owned()),
    ];
    let https = host.prop_map(|host| format!("https://{host}"));
    let http =
        select(vec!["http://localhost", "http://127.0.0.1", "http://127.8.9.1", "http://[::1]"]);
    let port = prop_oneof![Just(String::new()), (1..=u16::MAX).prop_map(|port| format!(":{port}"))];
    let segment = "([A-Za-z0-9_~!$&'()*+,;=:-]|%[0-9A-F]{2}){1,8}";
    let path = vec(segment, 0..4).prop_map(|segments| {
        // `%2E` and `%2E%2E` are refused, as they should be.
        let segments = segments.into_iter().map(|segment| segment.replace("%2E", "."));
        segments.map(|segment| format!("/v{segment}")).collect::<String>()
    });
    (prop_oneof![3 => https, 1 => http.prop_map(str::to_owned)], port, path)
        .prop_map(|(host, port, path)| format!("{host}{port}{path}"))
}
