//! Calls in a row: a reissue from its CSR to its certificate, over one transport.

use std::time::{Duration, Instant};

use certcentral_core::{
    Error,
    reissuance::{Progress, Reissuance},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::ORDER_ID;
use crate::{
    case::{Case, api, group, require},
    fault_server::{
        FaultServer, Scheme,
        Step::{Close, ReadRequest},
        responses::{ok, response},
        write,
    },
    transport::Connector,
};

pub(crate) fn cases() -> Vec<Case> {
    let issued = Case::new(
        "issued",
        "answers each call",
        "the chain, after 5 requests",
        |transport: &Connector| check(transport, false),
    );
    let lost = Case::new(
        "the request's answer is lost",
        "reads the request for the reissue, and closes",
        "the chain, after 6 requests, of which one is for the reissue",
        |transport: &Connector| check(transport, true),
    );
    group("reissuance", [issued, lost])
}

/// Drives a reissuance to its certificate. The deadline of the first drive passes while it waits for
/// the certificate.
fn check(transport: &Connector, is_lost: bool) -> Result<(), String> {
    let (csr, chain) = certificate().map_err(|error| error.to_string())?;
    let row = |status| {
        let csr = csr.replace('\n', "\\n");
        let date = "2026-11-29T10:00:00+00:00";
        let row = format!(r#""id":2,"status":"{status}","date_created":"{date}","csr":"{csr}""#);
        ok(format!(r#"{{"certificates":[{{{row}}}]}}"#))
    };
    let name = r#""common_name":"shop.example.com","dns_names":["shop.example.com"]"#;
    let order =
        ok(format!(r#"{{"id":{ORDER_ID},"status":"issued","certificate":{{"id":1,{name}}}}}"#));
    let answer = response("201 Created", "", format!(r#"{{"id":{ORDER_ID},"certificate_id":2}}"#));
    let read = |response: Vec<u8>| vec![ReadRequest, write(response)];
    let mut scripts = vec![read(order.clone()), read(ok("{}"))];
    if is_lost {
        scripts.extend([vec![ReadRequest, Close], read(order), read(row("issued"))]);
    } else {
        scripts.extend([read(answer), read(row("issued"))]);
    }
    scripts.push(read(ok(chain)));
    let requests = scripts.len();
    let server = FaultServer::start(Scheme::Https, scripts);
    let api = api(&server).build().map_err(|error| error.to_string())?;
    let client = transport.connect(api.clone());

    let mut reissuance =
        Reissuance::new(&api, ORDER_ID, csr.clone()).map_err(|error| error.to_string())?;
    let first = client.reissue(&mut reissuance);
    require(matches!(first, Ok(Progress::Requesting(_))), || in_words(&first))?;
    // After its deadline it can be driven on.
    reissuance.set_deadline(Some(Instant::now()));
    let late = client.reissue(&mut reissuance);
    require(late.as_ref().is_err_and(Error::is_timeout), || in_words(&late))?;
    reissuance.set_deadline(Some(Instant::now() + Duration::from_secs(30)));
    let last = client.reissue(&mut reissuance);
    let is_issued = matches!(&last, Ok(Progress::Issued(issued)) if issued.chain.is_for(&csr));
    require(is_issued, || in_words(&last))?;
    let seen = server.requests();
    require(seen == requests, || format!("{seen} requests, not {requests}"))
}

fn in_words(progress: &Result<Progress, Error>) -> String {
    match progress {
        Ok(progress) => format!("{progress:?}"),
        Err(error) => format!("{error:#}"),
    }
}

/// A CSR, and the chain of its certificate, without the root.
fn certificate() -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let params = CertificateParams::new(["shop.example.com".to_owned()])?;
    let leaf = params.signed_by(&key, &issuer)?;
    Ok((params.serialize_request(&key)?.pem()?, leaf.pem() + &issuer.pem()))
}
