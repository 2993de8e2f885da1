//! Whole responses of servers whose backend had died, so that the body ends where nobody cut it. In
//! `cut_off` are the bytes; each server closes behind them.

use certcentral_conformance::fault_server::{
    FaultServer, Scheme, Script,
    Step::{Close, ReadRequest},
    responses::{good, ok},
    write,
};
use certcentral_core::{
    CertificateId, DecodeError, Endpoint, Error, ListReissues,
    certificate::{CertificateChain, DownloadCertificate},
};

use super::setup::{ORDER_ID, api, check_good, connect};
use crate::both::{Client, TRANSPORTS};

/// A length that ends between two certificates, as lighttpd, H2O, Caddy and Varnish sent it.
const CHAIN: &[u8] = include_bytes!("cut_off/chain-cut-but-ended.http");

/// The same without a length, up to the end of the connection.
const CHAIN_UNTIL_CLOSE: &[u8] = include_bytes!("cut_off/chain-until-close.http");

/// The last chunk behind half a row, as Caddy sent it.
const LIST: &[u8] = include_bytes!("cut_off/list-cut-but-ended.http");

#[test]
fn a_chain_without_its_issuer_is_no_chain() {
    for cut in [CHAIN, CHAIN_UNTIL_CLOSE] {
        for download in [download(), download().without_root()] {
            let error = assert_refused(cut, &download);
            let reason = "the chain lacks the issuer of a certificate";
            assert!(error.to_string().contains(reason), "{error}");
            assert_eq!(error.path(), "");
        }
        for scheme in [Scheme::Http, Scheme::Https] {
            let whole = certcentral_fixtures::get("download_certificate/pem-all.pem").unwrap();
            let chain = assert_found_again(scheme, cut, &ok(whole.body), &download());
            assert_eq!(
                chain,
                CertificateChain::from_pem(str::from_utf8(whole.body).unwrap()).unwrap()
            );
        }
    }
}

#[test]
fn a_leaf_alone_is_read_if_no_more_was_asked_for() {
    for on in TRANSPORTS {
        for whole in [CHAIN, CHAIN_UNTIL_CLOSE] {
            let server = FaultServer::start(Scheme::Http, [script(whole)]);
            let client = connect(on, api(&server).build().unwrap());
            let chain = client.send(download().leaf_only()).unwrap();
            assert_eq!((chain.intermediates().count(), chain.root()), (0, None), "{on:?}");
        }
    }
}

#[test]
fn a_list_that_ends_in_a_row_is_no_list() {
    let error = assert_refused(LIST, &list());
    assert_eq!(error.path(), "certificates[1].common_name");
    for scheme in [Scheme::Http, Scheme::Https] {
        let list = assert_found_again(scheme, LIST, &good(), &list());
        check_good("the second attempt", &Ok(list));
    }
}

/// Asserts that each attempt fails, and returns the error.
fn assert_refused<E: Endpoint + Clone>(cut: &'static [u8], endpoint: &E) -> DecodeError {
    let mut errors = TRANSPORTS.map(|on| {
        let server = FaultServer::start(Scheme::Http, vec![script(cut); 3]);
        let client = connect(on, api(&server).build().unwrap());
        let Err(error) = client.send(endpoint.clone()) else { panic!("{on:?} read it") };
        assert_eq!((error.attempts(), server.requests()), (3, 3), "{on:?}: {error}");
        assert!(error.is_transient(), "{on:?}: {error}");
        let Error::Decode(error) = error else { panic!("{on:?}: {error:?}") };
        assert!(error.is_incomplete(), "{on:?}: {error}");
        Some(error)
    });
    errors[0].take().unwrap()
}

/// Asserts that the second attempt, which gets `whole`, ends the call, and returns what it read.
fn assert_found_again<E: Endpoint + Clone>(
    scheme: Scheme,
    cut: &'static [u8],
    whole: &[u8],
    endpoint: &E,
) -> E::Output {
    let mut found = TRANSPORTS.map(|on| {
        let whole = vec![ReadRequest, write(whole.to_vec())];
        let server = FaultServer::start(scheme, [script(cut), whole]);
        let client: Client = connect(on, api(&server).build().unwrap());
        let result = client.send(endpoint.clone());
        assert_eq!(server.requests(), 2, "{on:?}");
        Some(result.unwrap_or_else(|e| panic!("{on:?}: {e}")))
    });
    found[0].take().unwrap()
}

fn script(bytes: &'static [u8]) -> Script {
    vec![ReadRequest, write(bytes), Close]
}

fn download() -> DownloadCertificate {
    DownloadCertificate::new(CertificateId(810_399))
}

fn list() -> ListReissues {
    ListReissues::new(ORDER_ID)
}
