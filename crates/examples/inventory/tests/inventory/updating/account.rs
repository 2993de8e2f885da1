//! A living account, whose orders can also be hidden, and the program's output of it.

use std::{collections::BTreeSet, iter, time::Duration};

use certcentral_example_cli::testing::{Run, TempDir};
use certcentral_sandbox::{RecordedRequest, Sandbox, SandboxBuilder, bytes::Bytes, http};
use certcentral_transport_ureq::{
    Api, ApiKey, CertificateId, Client, DecodeError, Endpoint, Error, ListReissues, OrderId,
    certificate::RevokeCertificate,
    http::Method,
    order::{ListDuplicates, OrderInfo, ReissueCertificate},
};
use serde_json::{Value, json};

use crate::{PROGRAM, temp_dir};

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Account {
    pub(super) dir: TempDir,
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    /// Orders that the list leaves out.
    pub(super) hidden: BTreeSet<u64>,
    /// Whether the list says how many reissues an order has; rows of old orders do not.
    pub(super) counts_reissues: bool,
}

impl Account {
    pub(super) fn new(name: &str, sandbox: SandboxBuilder) -> Self {
        let sandbox = sandbox.without_rate_limit().start().unwrap();
        let api =
            Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
        let client = Client::builder(api.build().unwrap());
        let client = client.root_certificates_pem(sandbox.ca_pem().unwrap()).build().unwrap();
        Self {
            dir: temp_dir(name),
            sandbox,
            client,
            hidden: BTreeSet::new(),
            counts_reissues: true,
        }
    }

    /// Brings `rows` up to date.
    pub(super) fn update(&self) -> Run {
        self.run(&["--update", "--output", "rows"])
    }

    /// Returns the lines of a run from nothing.
    pub(super) fn list(&self) -> String {
        self.run(&[]).stdout
    }

    /// With one order at once, so that lines have the order of the list.
    pub(super) fn run(&self, args: &[&str]) -> Run {
        let fixed = ["--rate-limit", "unlimited", "--concurrency", "1"];
        self.dir.start(PROGRAM, &self.sandbox, &[&fixed, args].concat()).end()
    }

    /// Returns the paths and queries that a run asks for, below the base URL.
    pub(super) fn requests_of(&self, run: impl FnOnce()) -> Vec<String> {
        let before = self.sandbox.requests().len();
        run();
        let requests = self.sandbox.requests();
        let uri = |request: &RecordedRequest| request.uri.to_string().replace("/services/v2", "");
        requests[before..].iter().map(uri).collect()
    }

    /// Changes the list that is asked for after this many other requests as [`hidden`](Self::hidden) and
    /// [`counts_reissues`](Self::counts_reissues) say.
    pub(super) fn list_after(&self, requests: usize) {
        let mut list = self.listed();
        let rows = list["orders"].as_array_mut().unwrap();
        rows.retain(|row| !self.hidden.contains(&row["id"].as_u64().unwrap()));
        for row in rows.iter_mut().filter(|_| !self.counts_reissues) {
            row.as_object_mut().unwrap().retain(|name, _| !name.contains("reissues"));
        }
        list["page"]["total"] = rows.len().into();
        iter::repeat_n(Duration::ZERO, requests).for_each(|delay| self.sandbox.delay_next(delay));
        self.sandbox.respond_next(http::Response::new(list.to_string().into()));
    }

    /// Returns the list of orders as it is.
    pub(super) fn listed(&self) -> Value {
        let list = Other(Method::GET, "/order/certificate".to_owned(), String::new());
        serde_json::from_slice(&self.client.send(list).unwrap()).unwrap()
    }

    pub(super) fn reissue(&self, order_id: u64, is_approved: bool) -> Result<(), Error> {
        let csr = self.csr(order_id);
        let reissue = ReissueCertificate::new(OrderId(order_id), csr).skip_approval(is_approved);
        self.client.send(reissue).map(drop)
    }

    pub(super) fn duplicate(&self, order_id: u64, is_approved: bool) -> Result<(), Error> {
        let csr = self.csr(order_id);
        let body = json!({"certificate": {"csr": csr}, "skip_approval": is_approved});
        let path = format!("/order/certificate/{order_id}/duplicate");
        self.client.send(Other(Method::POST, path, body.to_string())).map(drop)
    }

    pub(super) fn revoke(&self, certificate_id: CertificateId) -> Result<(), Error> {
        self.client.send(RevokeCertificate::new(certificate_id).skip_approval(true)).map(drop)
    }

    pub(super) fn archive(&self, certificate_id: CertificateId) -> Result<(), Error> {
        let path = format!("/certificate/{certificate_id}/archive");
        self.client.send(Other(Method::PUT, path, String::new())).map(drop)
    }

    /// Returns the certificates of an order but its first.
    pub(super) fn later(&self, order_id: u64) -> Vec<CertificateId> {
        let reissues = self.client.send(ListReissues::new(OrderId(order_id))).unwrap();
        let duplicates = self.client.send(ListDuplicates::new(OrderId(order_id))).unwrap();
        let reissues = reissues.iter().map(|reissue| reissue.id);
        reissues.chain(duplicates.iter().map(|duplicate| duplicate.id)).collect()
    }

    fn csr(&self, order_id: u64) -> String {
        let order = self.client.send(OrderInfo::new(OrderId(order_id))).unwrap();
        order.certificate.and_then(|certificate| certificate.csr).unwrap()
    }
}

/// A call that the library does not have: method, path and body.
struct Other(Method, String, String);

impl Endpoint for Other {
    type Output = Bytes;

    fn method(&self) -> Method {
        self.0.clone()
    }

    fn path(&self) -> String {
        self.1.clone()
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        Ok(Some(self.2.clone().into()).filter(|body: &Bytes| !body.is_empty()))
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Bytes, DecodeError> {
        Ok(response.body().clone())
    }
}
