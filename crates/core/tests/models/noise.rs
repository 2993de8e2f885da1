//! Bodies of any kind, read as the response of any endpoint.

use bytes::Bytes;
use certcentral_core::{
    CertificateId, Error, Reissues,
    certificate::DownloadCertificate,
    order::{ChangedOrders, Duplicates, Orders},
};
use certcentral_core_testing::{described::Described, endpoints::with_json};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use crate::{
    cases,
    changes::{Change, change},
    fixture,
    json_writer::JsonWriter,
    logs::assert_fit_for_a_log,
    parse,
    properties::responses,
};

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn nothing_makes_a_reader_panic((endpoint, body) in damaged()) {
        match endpoint.read(body.clone()) {
            // What was read is a model like any other.
            Ok(output) => {
                let again = endpoint.read(output.json.to_string()).unwrap();
                assert_eq!(again.shown, output.shown);
            }
            Err(error) => {
                let kept = match &error {
                    Error::Decode(error) => error.body(),
                    Error::Api(error) if !error.errors.is_empty() => &error.body,
                    _ => panic!("{error:?}"),
                };
                assert_eq!(kept, &body, "{error:?}");
                assert_fit_for_a_log(&error);
            }
        }
        for salvaged in [
            Reissues::salvage(&body).map(|list| list.unreadable.len()),
            Orders::salvage(&body).map(|list| list.unreadable.len()),
            Duplicates::salvage(&body).map(|list| list.unreadable.len()),
            ChangedOrders::salvage(&body).map(|list| list.unreadable.len()),
        ] {
            let shown = format!("{salvaged:?}");
            assert!(!shown.contains(char::is_control), "{shown:?}");
        }
    }

    #[test]
    fn nothing_makes_a_download_panic(changes in changes()) {
        let whole = fixture("download_certificate/pem-all-cross-signed.pem");
        let body = change(whole.to_vec(), changes);
        if let Ok(chain) = parse(&DownloadCertificate::new(CertificateId(1)), 200, body) {
            let again = parse(&DownloadCertificate::new(CertificateId(1)), 200, chain.to_pem());
            assert_eq!(again.unwrap(), chain);
            let _ = chain.is_for(str::from_utf8(fixture("csr/plain.csr")).unwrap());
        }
    }
}

/// Good bodies of an endpoint with something changed, and tokens in no order.
fn damaged() -> impl Strategy<Value = (&'static Described, Bytes)> {
    let good =
        (responses(), any::<u64>(), changes()).prop_map(|((endpoint, value), seed, changes)| {
            let body = JsonWriter(seed).body(&value, endpoint.schema);
            (endpoint, change(body.into_bytes(), changes).into())
        });
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-0",
        "1e999",
        "0.5",
        "\"\"",
        "\"x\"",
        "\"id\":1",
        "\"status\":\"issued\"",
        "\"type\":\"revoke\"",
        "\"certificates\":[",
        "\"orders\":[",
        "\"page\":",
        "\"certificate\":{",
        "\"price\":1e300",
        "\\ud800",
        "\u{feff}",
        "\u{202e}",
        "\"\\u001b\":",
    ];
    let tokens =
        vec(select(tokens.to_vec()), 0..30).prop_map(|tokens| Bytes::from(tokens.concat()));
    let tokens = (select(with_json().collect::<Vec<_>>()), tokens);
    prop_oneof![4 => good, 1 => tokens]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let byte = prop_oneof![any::<u8>(), select(b"0-.e\"{}[],:".to_vec())];
    vec((any::<Index>(), option::weighted(0.9, byte), any::<bool>()), 0..4)
}
