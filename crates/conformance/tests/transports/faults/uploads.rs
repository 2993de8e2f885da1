//! Servers that refuse a request before they have read it all, and reset the connection.
//!
//! On other systems than Linux, a reset takes away what was sent before it and not read yet.

#![cfg(target_os = "linux")]

use crate::both::TRANSPORTS;
use bytes::Bytes;
use certcentral_conformance::fault_server::{
    FaultServer, Scheme,
    Step::{Handshake, ReadRequest, ReadSome, Reset},
    responses::{good, response},
    write,
};
use certcentral_core::{DecodeError, Endpoint, Error};
use http::{Method, Response};

use super::setup::{api, call, check_good, connect};

#[test]
fn an_early_refusal_is_read_although_the_upload_fails() {
    for on in TRANSPORTS {
        for (scheme, is_kept) in
            [Scheme::Http, Scheme::Https].into_iter().flat_map(|s| [(s, false), (s, true)])
        {
            for (status, may_have_taken_effect) in [(413, false), (401, false), (503, true)] {
                let first = match (is_kept, scheme) {
                    (true, _) => vec![ReadRequest, write(good())],
                    (false, Scheme::Http) => vec![],
                    (false, Scheme::Https) => vec![Handshake],
                };
                let refusal = response(&format!("{status} No"), "", "no");
                let script = [first, vec![ReadSome, write(refusal), Reset]].concat();
                let server = FaultServer::start(scheme, [script]);
                let client = connect(on, api(&server).build().unwrap());
                if is_kept {
                    check_good("the first call", &call(&client));
                }
                let error = client.send(Upload).unwrap_err();
                let case = format!("{on:?} {scheme:?} {is_kept}: {error:#}");
                let seen = error.status().map(|status| status.as_u16());
                assert_eq!((seen, error.attempts()), (Some(status), 1), "{case}");
                assert_eq!(error.may_have_taken_effect(), may_have_taken_effect, "{case}");
                check_good("the next call", &call(&client));
                assert_eq!(server.connections(), 2, "{case}");
            }
        }
    }
}

/// More than all buffers on the way hold.
struct Upload;

impl Endpoint for Upload {
    type Output = ();

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        "/order".to_owned()
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        Ok(Some(vec![b' '; 16 << 20].into()))
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}
