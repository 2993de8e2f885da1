//! A reissue from its request to its certificate.

use std::time::Instant;

use certcentral_example_cli::{CliError, note, printable};
use certcentral_transport_ureq::{
    Client, Endpoint, Error, ListReissues, OrderId, Reissue, ReissueStatus, RequestId,
    certificate::{CertificateChain, DownloadCertificate},
    order::{Order, OrderInfo, OrderStatus, ReissueCertificate},
    request::{RequestInfo, RequestStatus, RequestSummary, RequestType, UpdateRequestStatus},
    time::OffsetDateTime,
};

use crate::{args::Args, csr::Csr, pauses::Pauses};

/// The reissue of an order with a CSR. Every call and pause ends at the deadline.
pub(crate) struct Process<'a> {
    pub(crate) client: &'a Client,
    pub(crate) args: &'a Args,
    pub(crate) csr: &'a Csr,
    pub(crate) deadline: Instant,
}

impl Process<'_> {
    /// Requests the reissue, unless an earlier run did, and returns its certificate, which is for
    /// the CSR's key.
    pub(crate) fn run(&self, order: &Order) -> Result<CertificateChain, CliError> {
        let found = self.find()?;
        let request_id = match &found {
            Some(reissue) => {
                note(&format!("found a reissue with this CSR: {}\n", status(reissue)));
                open_request(order)
            }
            None => self.request(order)?,
        };
        let is_open = found.is_none_or(|reissue| is_open(&reissue.status));
        match request_id.filter(|_| is_open) {
            Some(request_id) if self.args.approves => self.approve(request_id)?,
            Some(request_id) => note(&format!("request {request_id} waits for its approval\n")),
            None => {}
        }
        let reissue = self.wait(request_id)?;
        // A CSR of long ago leads to a certificate of long ago.
        let today = OffsetDateTime::now_utc().date();
        let end = match reissue.valid_till {
            Some(end) if end < today => {
                return Err(self.no_certificate(&format!("expired on {end}")));
            }
            Some(end) => format!(", and valid until {end}"),
            None => String::new(),
        };
        note(&format!("certificate {} is issued{end}\n", reissue.id));
        self.download(&reissue)
    }

    /// Finds the reissue with the CSR.
    fn find(&self) -> Result<Option<Reissue>, Error> {
        let reissues = self.send(ListReissues::new(self.order_id()).show_archived(true))?;
        Ok(reissues.for_csr(&self.csr.pem).cloned())
    }

    /// Requests the reissue, and returns the id of the request that may need an approval.
    fn request(&self, order: &Order) -> Result<Option<RequestId>, CliError> {
        if order.status == OrderStatus::ReissuePending && !self.args.replaces_pending {
            return Err(
                "another reissue of the order is pending, and a new one would replace it; \
                        wait for it, or run again with --replace-pending"
                    .into(),
            );
        }
        let mut reissue = ReissueCertificate::new(self.order_id(), self.csr.pem.as_str());
        let names = names(&self.args.names, &self.csr.names, order);
        if let Some(common_name) = names.first() {
            reissue = reissue.common_name(common_name).dns_names(names);
        }
        match self.send(reissue) {
            Ok(reissued) => {
                note(&format!("requested a reissue of order {}\n", self.order_id()));
                let open =
                    |request: &&RequestSummary| request.status.as_ref().is_none_or(is_open_request);
                Ok(reissued.requests.iter().find(open).map(|request| request.id))
            }
            // Whether it was requested, the list tells.
            Err(e) if e.may_have_taken_effect() => match self.find() {
                Ok(Some(reissue)) => {
                    note(&format!("{e:#}, but the reissue is {}\n", status(&reissue)));
                    Ok(open_request(&self.send(OrderInfo::new(self.order_id()))?))
                }
                _ => Err(format!(
                    "{e:#}; the reissue may have been requested: run again with the same CSR in a \
                     few minutes"
                )
                .into()),
            },
            Err(e) => Err(e.into()),
        }
    }

    /// Approves the request, if the key may.
    fn approve(&self, request_id: RequestId) -> Result<(), CliError> {
        for _ in 0..APPROVALS {
            let error = match self.send(UpdateRequestStatus::approve(request_id)) {
                Ok(()) => {
                    note(&format!("approved request {request_id}\n"));
                    return Ok(());
                }
                Err(e) if e.is_access_denied() => {
                    note(&format!(
                        "this key may not approve request {request_id}: waiting for somebody who \
                         may\n"
                    ));
                    return Ok(());
                }
                Err(e) => e,
            };
            // It took effect all the same, or somebody else was faster.
            let request = self.send(RequestInfo::new(request_id)).map_err(unfinished)?;
            if !is_open_request(&request.status) {
                return Ok(());
            }
            if !error.may_have_taken_effect() {
                return Err(unfinished(error));
            }
        }
        Err(format!("request {request_id} cannot be approved; run again with the same CSR").into())
    }

    /// Waits until the certificate is issued.
    fn wait(&self, request_id: Option<RequestId>) -> Result<Reissue, CliError> {
        let mut pauses = Pauses::new(self.args.interval, self.deadline);
        let mut state = "not listed yet".to_owned();
        loop {
            state = match self.find() {
                Ok(Some(reissue)) if reissue.status == ReissueStatus::Issued => return Ok(reissue),
                Ok(Some(reissue)) if is_open(&reissue.status) => status(&reissue),
                Ok(Some(reissue)) => return Err(self.failed(&reissue, request_id)),
                Ok(None) => "not listed yet".to_owned(),
                // Time was up while it looked: what it saw before says more.
                Err(e) if e.is_timeout() && Instant::now() >= self.deadline => state,
                Err(e) if e.is_transient() => format!("{e:#}"),
                Err(e) => return Err(unfinished(e)),
            };
            if !pauses.sleep(&state) {
                return Err(format!(
                    "not issued within {} s: {state}; run again with the same CSR to go on",
                    self.args.timeout.as_secs_f64()
                )
                .into());
            }
        }
    }

    /// Returns why there will be no certificate.
    fn failed(&self, reissue: &Reissue, request_id: Option<RequestId>) -> CliError {
        let request = request_id.and_then(|id| self.send(RequestInfo::new(id)).ok());
        let comment = request.and_then(|request| request.processor_comment);
        let comment = comment.map(|comment| format!(" ({})", printable(&comment)));
        self.no_certificate(&format!("is {}{}", status(reissue), comment.unwrap_or_default()))
    }

    fn no_certificate(&self, why: &str) -> CliError {
        let advice =
            if self.args.csr.is_some() { "use a new CSR" } else { "move its key and CSR away" };
        CliError(format!("the reissue with this CSR {why}; to request another, {advice}"))
    }

    /// Downloads the certificate, and checks that it is the one that was requested.
    fn download(&self, reissue: &Reissue) -> Result<CertificateChain, CliError> {
        let mut pauses = Pauses::new(self.args.interval, self.deadline);
        loop {
            match self.send(DownloadCertificate::new(reissue.id).without_root()) {
                Ok(chain) => {
                    // The service has been seen to send another certificate of the order.
                    let checked = self.csr.check(&chain, reissue.serial_number.as_deref());
                    let Err(e) = checked else { return Ok(chain) };
                    if !pauses.sleep(&e) {
                        return Err(format!("certificate {} is not saved: {e}", reissue.id).into());
                    }
                }
                // Right after its issuance it may not be there yet (observed); what the service
                // says then is not known.
                Err(e)
                    if matches!(e, Error::Api(_)) && !e.is_access_denied() || e.is_transient() =>
                {
                    if !pauses.sleep(&format!("{e:#}")) {
                        return Err(unfinished(e));
                    }
                }
                Err(e) => return Err(unfinished(e)),
            }
        }
    }

    fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        self.client.drive(self.client.api().call(endpoint).with_deadline(self.deadline))
    }

    fn order_id(&self) -> OrderId {
        self.args.order_id
    }
}

/// The number of times that an approval is sent, if no response tells what became of it.
const APPROVALS: u32 = 3;

/// Returns the names for the certificate, the common name first: those that were asked for, else
/// the CSR's, else the order's.
pub(crate) fn names(asked: &[String], csr: &[String], order: &Order) -> Vec<String> {
    for names in [asked, csr] {
        if !names.is_empty() {
            return names.to_vec();
        }
    }
    let Some(certificate) = &order.certificate else { return Vec::new() };
    let mut names: Vec<String> = certificate.common_name.iter().cloned().collect();
    for name in certificate.dns_names.iter().filter(|name| !name.trim().is_empty()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// Returns the newest request for a reissue that waits for its approval.
fn open_request(order: &Order) -> Option<RequestId> {
    let requests = order.requests.iter().filter(|request| {
        request.kind == Some(RequestType::Reissue)
            && request.status.as_ref().is_some_and(is_open_request)
    });
    requests.map(|request| request.id).max()
}

/// Returns an error of a call that follows the request for the reissue.
fn unfinished(error: Error) -> CliError {
    let CliError(error) = error.into();
    CliError(format!("{error}; the reissue is requested: run again with the same CSR to go on"))
}

fn is_open_request(status: &RequestStatus) -> bool {
    matches!(status, RequestStatus::Pending | RequestStatus::Submitted)
}

/// Returns whether a certificate can still come of it. Words beside the three documented ones are
/// those of sibling calls.
fn is_open(status: &ReissueStatus) -> bool {
    match status {
        ReissueStatus::Issued | ReissueStatus::Rejected => false,
        status => !["canceled", "denied", "expired", "revoked"].contains(&status.as_str()),
    }
}

fn status(reissue: &Reissue) -> String {
    printable(reissue.status.as_str())
}
