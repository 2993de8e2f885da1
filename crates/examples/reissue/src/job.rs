//! One order on its way to its files.

use std::{
    mem,
    ops::ControlFlow::{self, Break, Continue},
    path::Path,
    time::{Duration, Instant},
};

use certcentral_example_cli::{CliError, file};
use certcentral_transport_ureq::{
    OrderId,
    order::{NewOrder, Order, OrderInfo},
    reissuance::{Challenge, Issuance, IssuedCertificate, Plan, Progress, Reissuance},
    serde_json::json,
    time::OffsetDateTime,
};

use crate::{
    Shared,
    files::{Files, Note},
    hooks,
    report::{End, Row},
    stride::Stride,
};

/// The reissue of one order.
pub(crate) struct Job<'a> {
    pub(crate) order_id: OrderId,
    /// The order's common name, if it is known.
    name: String,
    shared: &'a Shared<'a>,
    files: Files<'a>,
    pub(crate) reissuance: Reissuance,
    note: Note,
    is_noted: bool,
    to_publish: Vec<Challenge>,
    /// Pauses since something happened.
    pub(crate) pauses: u32,
    last_error: String,
}

impl<'a> Job<'a> {
    /// Finds what an earlier run has left, else makes a key and a CSR.
    pub(crate) fn open(
        shared: &'a Shared<'a>,
        order_id: OrderId,
        name: &str,
        listed: Option<Order>,
        renews: bool,
    ) -> Result<Self, CliError> {
        let (args, api) = (shared.args, shared.client.api());
        let mut files = Files::open(shared, order_id)?;
        let (note, given) = (files.note()?, args.csr.as_deref());
        let reissuance = if let Some(Note { checkpoint, .. }) = &note {
            if files.csr(given, Some(checkpoint.csr()), &[])? != checkpoint.csr() {
                let name = files.display("json");
                return Err(format!("{name} is about another CSR; move it away").into());
            }
            Reissuance::resume(api, checkpoint.clone())?
        } else {
            let ask = || shared.client.send_within(OrderInfo::new(order_id), shared.left());
            let order = listed.map_or_else(ask, Ok)?;
            let names = if args.names.is_empty() { order.host_names() } else { args.names.clone() };
            let csr = files.csr(given, None, &names)?;
            if renews {
                // A list may lack some of the order.
                let renewal = NewOrder::renewal(&order, &*csr);
                let mut renewal = renewal.or_else(|_| NewOrder::renewal(&ask()?, csr))?;
                if let Some(method) = &args.validation {
                    renewal = renewal.dcv_method(method.clone());
                }
                Issuance::new(api, renewal)?.into()
            } else {
                Reissuance::for_order(api, order, csr)?
            }
        };
        let checkpoint = reissuance.checkpoint();
        let is_noted = note.is_some() && !args.is_dry_run;
        Ok(Self {
            order_id,
            name: name.to_owned(),
            shared,
            files,
            reissuance: set(reissuance, shared),
            note: note.unwrap_or(Note { checkpoint, published: Vec::new() }),
            is_noted,
            to_publish: Vec::new(),
            pauses: 0,
            last_error: String::new(),
        })
    }

    /// Goes on until there is something to wait for, or the end.
    pub(crate) fn turn(&mut self) -> ControlFlow<End, Instant> {
        self.go_on().unwrap_or_else(|CliError(error)| {
            let is_open = self.reissuance.is_requested() && !self.files.has_certificate();
            let advice = format!("; the {} is requested: run again to go on", self.what());
            let error = error.replace("set remove_names", "use --remove-names");
            let error = error.replace("set replace_pending", "use --replace-pending");
            let error =
                error.replace("; choose another id, or set again", ": it is renewed already");
            Break(("failed", if is_open { error + &advice } else { error }))
        })
    }

    fn tell(&self, text: &str) {
        self.shared.report.tell(self.order_id, text);
    }

    /// Tells how it ended.
    pub(crate) fn end(&self, end: End) -> Row {
        self.shared.report.end(self.order_id, &self.name, end)
    }

    fn what(&self) -> &'static str {
        if self.note.checkpoint.renewal_of().is_some() { "renewal" } else { "reissue" }
    }

    /// Returns whom or what it waits for.
    pub(crate) fn waits_for(&self) -> String {
        self.reissuance.waits_for().map_or("the service".to_owned(), |it| it.to_string())
    }

    fn go_on(&mut self) -> Result<ControlFlow<End, Instant>, CliError> {
        let is_dry_run = self.shared.args.is_dry_run;
        if self.files.has_certificate() && !is_dry_run {
            return self.deploy().map(Break); // all that was left to do
        }
        loop {
            self.publish();
            let stride = Stride { reissuance: &mut self.reissuance, is_dry_run };
            let reached = self.shared.client.drive(stride);
            self.save()?;
            let error = self.reissuance.last_error().map(|e| format!("{e:#}"));
            if let Some(error) = error.filter(|error| *error != self.last_error) {
                self.tell(&error);
                self.last_error = error;
            }
            match reached {
                Ok(Some(Progress::Requesting(plan))) if is_dry_run => {
                    let is_renewal = self.note.checkpoint.renewal_of().is_some();
                    let what = if is_renewal { "a new order, which renews it: " } else { "" };
                    return Ok(Break(("plan", format!("{what}{plan}"))));
                }
                Ok(_) if is_dry_run => {
                    return Ok(Break(("plan", "nothing: it is requested already".to_owned())));
                }
                Ok(Some(progress)) => {
                    self.pauses = 0;
                    if let Some(end) = self.reached(progress)? {
                        return Ok(Break(end));
                    }
                }
                Ok(None) => {
                    self.pauses += 1;
                    let until = self.reissuance.next_look().unwrap_or_else(Instant::now);
                    if !self.shared.args.is_due() {
                        let (pause, what) = (until - Instant::now(), self.waits_for());
                        let pause = pause.as_secs_f64();
                        self.tell(&format!("it waits for {what}; looking again in {pause:.1} s"));
                    }
                    return Ok(Continue(until));
                }
                Err(e) if e.is_timeout() && self.shared.left().is_zero() => {
                    return Ok(Continue(self.shared.deadline));
                }
                Err(e) => return Err(e.into()),
            }
        }
    }

    fn reached(&mut self, progress: Progress) -> Result<Option<End>, CliError> {
        let (report, order_id) = (self.shared.report, self.order_id);
        match progress {
            Progress::Requesting(plan) => {
                let text = format!("requesting a {} for {plan}", self.what());
                let Plan { names, added, removed, .. } = plan;
                let details = json!({"names": names, "added": added, "removed": removed});
                report.event(order_id, "requesting", &text, details);
                self.is_noted = true;
                self.save()?;
            }
            Progress::Approval(id) => {
                let text = format!("request {id} waits for its approval");
                report.event(order_id, "approval", &text, json!({"request_id": id}));
            }
            Progress::Validation(challenges) => {
                let is_by_hand = self.shared.args.publish.is_none();
                let verb = if is_by_hand { "publish this" } else { "publishing this" };
                let records: Vec<_> = challenges.iter().map(Challenge::to_string).collect();
                let (waits_for, records) = (self.waits_for(), records.join("\n"));
                let text = format!("it waits for {waits_for}; {verb}:\n{records}");
                report.event(order_id, "validation", &text, json!({"challenges": challenges}));
                self.to_publish = challenges;
            }
            Progress::Issued(certificate) => return self.issued(&certificate).map(Some),
            Progress::Rejected { reason } => {
                self.unpublish();
                return Ok(Some(("rejected", reason.unwrap_or_default())));
            }
            _ => {}
        }
        Ok(None)
    }

    fn issued(&mut self, certificate: &IssuedCertificate) -> Result<End, CliError> {
        let (id, end) = (certificate.certificate_id, certificate.valid_till);
        // A CSR of long ago leads to a certificate of long ago.
        if let Some(end) = end.filter(|end| *end < OffsetDateTime::now_utc().date()) {
            return Err(format!("the certificate with this CSR expired on {end}; {NEW}").into());
        }
        let details = json!({
            "certificate_id": id,
            "serial_number": certificate.serial_number,
            "valid_till": end.map(|end| end.to_string()),
        });
        let id = id.map(|id| format!(" {id}")).unwrap_or_default();
        let end = end.map(|end| format!(", and valid until {end}")).unwrap_or_default();
        let text = format!("certificate{id} is issued{end}");
        self.shared.report.event(self.order_id, "issued", &text, details);
        // Until all is done, the next run goes on here.
        self.is_noted = true;
        self.save()?;
        let chain = &certificate.chain;
        let pem: String = [chain.leaf()].into_iter().chain(chain.intermediates()).collect();
        self.files.write_certificate(&pem)?;
        self.deploy()
    }

    /// Does what follows the certificate.
    fn deploy(&mut self) -> Result<End, CliError> {
        self.unpublish();
        let end = self.files.check_pair(self.note.checkpoint.csr())?;
        let mut text = end.map(|end| format!("valid until {end}, ")).unwrap_or_default();
        let (args, order_id) = (self.shared.args, self.order_id);
        let checkpoint = &self.note.checkpoint;
        if let (Some(_), Some(new)) = (checkpoint.renewal_of(), checkpoint.order_id()) {
            self.files.pass_names_to(new)?;
            text = format!("renewed by order {new}, {text}");
        }
        let link = args.link(self.files.name_of);
        if let Some(link) = &link {
            file::switch(Path::new(link), &self.files.folder)?;
            let folder = self.files.folder.display();
            self.tell(&format!("switched {link} to {folder}"));
        }
        if let Some(hook) = &args.hook {
            let (key, pem) = (self.files.display("key"), self.files.display("pem"));
            let live = link.unwrap_or_default();
            let variables = [("KEY_FILE", key), ("CERTIFICATE_FILE", pem), ("LIVE", live)];
            hooks::run(hook, order_id, &variables)?;
        }
        self.files.remove_note()?;
        Ok(("issued", text + &self.files.display("pem")))
    }

    /// Publishes what is not published yet. What fails is tried again at the next look.
    fn publish(&mut self) {
        let Some(program) = &self.shared.args.publish else { return };
        for challenge in mem::take(&mut self.to_publish) {
            // Before it is done, so that it is undone in any case.
            if !self.note.published.contains(&challenge) {
                self.note.published.push(challenge.clone());
            }
            let variables = hooks::variables(&challenge, "publish");
            let done = self.save().and_then(|()| hooks::run(program, self.order_id, &variables));
            if let Err(CliError(error)) = done {
                self.tell(&error);
                self.to_publish.push(challenge);
            }
        }
    }

    fn unpublish(&mut self) {
        let Some(program) = &self.shared.args.unpublish else { return };
        for challenge in mem::take(&mut self.note.published) {
            let variables = hooks::variables(&challenge, "unpublish");
            if let Err(CliError(error)) = hooks::run(program, self.order_id, &variables) {
                self.tell(&error);
            }
        }
    }

    /// Keeps the note as it should be: what the service has told since is of use after a kill.
    fn save(&mut self) -> Result<(), CliError> {
        self.note.checkpoint = self.reissuance.checkpoint();
        if self.is_noted { self.files.write_note(&self.note) } else { Ok(()) }
    }
}

/// What to do for another reissue.
pub(crate) const NEW: &str = "to request another, move its key, CSR and note away";

/// For how long a list of changes may tell that one of many is issued, before it is looked for.
const FIRST_LOOK: Duration = Duration::from_secs(10);

fn set(reissuance: Reissuance, shared: &Shared<'_>) -> Reissuance {
    let args = shared.args;
    let mut reissuance = reissuance
        .remove_names(args.removes_names)
        .replace_pending(args.replaces_pending)
        .approve(!args.leaves_approval)
        .interval(args.interval)
        .lag(args.lag);
    if !args.names.is_empty() {
        reissuance = reissuance.names(&args.names);
    }
    if let Some(method) = &args.validation {
        reissuance = reissuance.dcv_method(method.clone());
    }
    if args.is_due() {
        reissuance = reissuance.first_look(FIRST_LOOK.min(args.interval));
    }
    reissuance.set_deadline(Some(shared.deadline));
    reissuance
}
