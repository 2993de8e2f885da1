//! One order on its way to its files.

use std::{
    fs::File,
    mem,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use certcentral_example_cli::{CliError, file, printable};
use certcentral_transport_ureq::{
    Client, OrderId,
    order::{Order, OrderInfo, OrderSummary},
    reissuance::{Challenge, IssuedCertificate, Plan, Progress, Reissuance},
    serde_json::json,
    time::OffsetDateTime,
};

use crate::{
    args::Args,
    csr::Csr,
    files::{Files, Note},
    hooks,
    report::Report,
    stride::{Reached, Stride},
};

/// What all orders share.
pub(crate) struct Shared<'a> {
    pub(crate) args: &'a Args,
    pub(crate) client: Client,
    pub(crate) directory: PathBuf,
    pub(crate) report: &'a Report,
    pub(crate) deadline: Instant,
}

/// The reissue of one order.
pub(crate) struct Job<'a> {
    pub(crate) order_id: OrderId,
    /// The order's common name, if it is known.
    pub(crate) name: String,
    /// Somebody else than the service.
    waits_for: Option<String>,
    shared: &'a Shared<'a>,
    files: Files<'a>,
    csr: Csr,
    /// Keeps other runs away from the order's files.
    _locks: [Option<File>; 2],
    reissuance: Reissuance,
    note: Option<Note>,
    to_publish: Vec<Challenge>,
    published: Vec<Challenge>,
    /// Pauses since something happened.
    pub(crate) pauses: u32,
    last_error: String,
}

/// What became of an order when it was driven.
pub(crate) enum Turn {
    Waits(Instant),
    Ends(End),
}

/// `issued`, `plan`, `waits`, `rejected` or `failed`, and what there is to say of it.
pub(crate) struct End {
    pub(crate) state: &'static str,
    pub(crate) text: String,
}

impl End {
    pub(crate) fn new(state: &'static str, text: impl Into<String>) -> Self {
        Self { state, text: text.into() }
    }
}

impl From<End> for Turn {
    fn from(end: End) -> Self {
        Self::Ends(end)
    }
}

impl<'a> Job<'a> {
    /// Finds what an earlier run has left, else makes a key and a CSR.
    pub(crate) fn open(
        shared: &'a Shared<'a>,
        order_id: OrderId,
        listed: Option<Order>,
    ) -> Result<Self, CliError> {
        let (args, client) = (shared.args, &shared.client);
        // Many can wait, so they leave room to calls that somebody waits for.
        let background = client.api().in_background();
        let api = if args.is_due() { &background } else { client.api() };
        let report = (!args.is_dry_run).then_some(shared.report);
        let files = Files::open(&shared.directory, order_id, args.live.is_some(), report)?;
        let (note, note_lock) = files.note()?.unzip();
        let mut order = listed;
        let names = || {
            let asked = match order.take() {
                Some(order) => order,
                None => client.send_within(OrderInfo::new(order_id), shared.left())?,
            };
            let names = if args.names.is_empty() { host_names(&asked) } else { args.names.clone() };
            order = Some(asked);
            if names.is_empty() {
                return Err("the order names no host; give a --name, or a CSR with --csr".into());
            }
            Ok(names)
        };
        let (csr, lock) = match (&args.csr, &note) {
            (Some(path), _) => files.given_csr(path)?,
            // Its CSR was given on the command line.
            (None, Some(note)) if !files.path("key").exists() => {
                (Csr { pem: note.checkpoint.csr().to_owned() }, None)
            }
            (None, _) => files.csr(names)?,
        };
        if note.as_ref().is_some_and(|note: &Note| note.checkpoint.csr() != csr.pem) {
            let note = files.path("json");
            return Err(format!("{} is about another CSR; move it away", note.display()).into());
        }
        let name = order.iter().flat_map(|order| order.names()).next().unwrap_or_default();
        let name = name.to_owned();
        let reissuance = match (&note, order) {
            (Some(note), _) => Reissuance::resume(api, note.checkpoint.clone())?,
            (None, Some(order)) => Reissuance::for_order(api, order, &*csr.pem)?,
            (None, None) => Reissuance::new(api, order_id, &*csr.pem)?,
        };
        let published = note.as_ref().map(|note| note.published.clone()).unwrap_or_default();
        Ok(Self {
            order_id,
            name,
            waits_for: None,
            shared,
            files,
            reissuance: set(reissuance, shared),
            csr,
            _locks: [lock, note_lock],
            note,
            to_publish: Vec::new(),
            published,
            pauses: 0,
            last_error: String::new(),
        })
    }

    /// Goes on until there is something to wait for, or the end.
    pub(crate) fn turn(&mut self) -> Turn {
        let turn = self.go_on().unwrap_or_else(|CliError(error)| {
            let advice = if self.reissuance.is_requested() && !self.files.has_certificate() {
                "; the reissue is requested: run again to go on"
            } else {
                ""
            };
            let error = error.replace("set remove_names", "use --remove-names");
            let error = error.replace("set replace_pending", "use --replace-pending");
            End::new("failed", error + advice).into()
        });
        if let Turn::Ends(end) = &turn {
            self.tell_end(end);
        }
        turn
    }

    /// Returns whether it waits for the service, so that one list of changes tells when it goes on.
    pub(crate) fn is_left_to_changes(&self) -> bool {
        // The first look is its own: names may have to be validated.
        self.is_requested() && self.pauses > 1 && self.waits_for.is_none()
    }

    /// Returns whether a list of changes can tell how it went on.
    pub(crate) fn is_requested(&self) -> bool {
        self.reissuance.is_requested()
    }

    /// Returns whom or what it waits for.
    pub(crate) fn waits_for(&self) -> &str {
        let service =
            if self.is_requested() { "the certificate" } else { "what was requested to be listed" };
        self.waits_for.as_deref().unwrap_or(service)
    }

    pub(crate) fn changed(&mut self, change: &OrderSummary) {
        self.reissuance.changed(change);
    }

    fn go_on(&mut self) -> Result<Turn, CliError> {
        let is_dry_run = self.shared.args.is_dry_run;
        if self.files.has_certificate() && !is_dry_run {
            return self.deploy(); // all that was left to do
        }
        loop {
            self.publish();
            let stride = Stride { reissuance: &mut self.reissuance, is_dry_run };
            let reached = self.shared.client.drive(stride);
            self.save()?;
            match reached {
                Ok(Reached::Progress(progress)) => {
                    self.pauses = 0;
                    if let Some(turn) = self.reached(*progress)? {
                        return Ok(turn);
                    }
                }
                Ok(_) if is_dry_run => {
                    return Ok(End::new("plan", "nothing: a reissue is under way").into());
                }
                Ok(Reached::Pause(until)) => {
                    self.pauses += 1;
                    self.tell_pause(until);
                    return Ok(Turn::Waits(until));
                }
                Ok(Reached::Change) => {}
                Err(e) if e.is_timeout() && self.shared.left().is_zero() => {
                    return Ok(Turn::Waits(self.shared.deadline));
                }
                Err(e) => return Err(e.into()),
            }
        }
    }

    fn reached(&mut self, progress: Progress) -> Result<Option<Turn>, CliError> {
        let (report, order_id) = (self.shared.report, self.order_id);
        self.waits_for = None;
        match progress {
            Progress::Requesting(plan) => {
                let text = describe(&plan, &self.csr);
                if self.shared.args.is_dry_run {
                    return Ok(Some(End::new("plan", text).into()));
                }
                report.tell(order_id, &format!("requesting a reissue for {text}"));
                report.event(
                    order_id,
                    "requesting",
                    &[
                        ("names", json!(plan.names)),
                        ("added", json!(plan.added)),
                        ("removed", json!(plan.removed)),
                    ],
                );
                self.write_note()?;
            }
            Progress::Approval(id) => {
                self.waits_for = Some(format!("the approval of request {id}"));
                self.tell_error();
                report.tell(order_id, &format!("request {id} waits for its approval"));
                report.event(order_id, "approval", &[("request_id", json!(id))]);
            }
            Progress::Validation(challenges) => {
                let covered = challenges.iter().flat_map(|challenge| &challenge.covers);
                let names = covered.map(String::as_str).collect::<Vec<_>>().join(", ");
                self.waits_for = Some(format!("the validation of {names}"));
                report.event(order_id, "validation", &[("challenges", json!(challenges))]);
                self.to_publish = challenges;
                self.tell_challenges();
            }
            Progress::Issued(certificate) => return self.issued(&certificate).map(Some),
            Progress::Rejected { reason } => {
                self.unpublish();
                return Ok(Some(End::new("rejected", reason.unwrap_or_default()).into()));
            }
            _ => {}
        }
        Ok(None)
    }

    fn issued(&mut self, certificate: &IssuedCertificate) -> Result<Turn, CliError> {
        let IssuedCertificate { certificate_id, serial_number, valid_till, chain, .. } =
            certificate;
        // A CSR of long ago leads to a certificate of long ago.
        if let Some(end) = valid_till.filter(|end| *end < OffsetDateTime::now_utc().date()) {
            return Err(format!("the certificate with this CSR expired on {end}; {NEW}").into());
        }
        if self.shared.args.is_dry_run {
            return Ok(End::new("plan", "nothing: it is issued").into());
        }
        let id = certificate_id.map(|id| format!(" {id}")).unwrap_or_default();
        let end = valid_till.map(|end| format!(", and valid until {end}")).unwrap_or_default();
        self.shared.report.tell(self.order_id, &format!("certificate{id} is issued{end}"));
        self.shared.report.event(
            self.order_id,
            "issued",
            &[
                ("certificate_id", json!(certificate_id)),
                ("serial_number", json!(serial_number)),
                ("valid_till", json!(valid_till.map(|end| end.to_string()))),
            ],
        );
        // Until all is done, the next run goes on here.
        self.write_note()?;
        let pem: String = [chain.leaf()].into_iter().chain(chain.intermediates()).collect();
        self.files.write_certificate(&pem)?;
        self.deploy()
    }

    /// Does what follows the certificate.
    fn deploy(&mut self) -> Result<Turn, CliError> {
        self.unpublish();
        let end = self.files.check_pair(&self.csr)?;
        let end = end.map(|end| format!("valid until {end}, ")).unwrap_or_default();
        let (args, order_id) = (self.shared.args, self.order_id);
        let link = args.link(order_id);
        if let Some(link) = &link {
            file::switch(Path::new(link), self.files.folder())?;
            let folder = self.files.folder().display();
            self.shared.report.tell(order_id, &format!("switched {link} to {folder}"));
        }
        if let Some(hook) = &args.hook {
            let file = |extension| self.files.path(extension).display().to_string();
            hooks::run(
                hook,
                order_id,
                &[
                    ("KEY_FILE", file("key")),
                    ("CERTIFICATE_FILE", file("pem")),
                    ("LIVE", link.unwrap_or_default()),
                ],
            )?;
        }
        self.files.remove_note()?;
        Ok(End::new("issued", format!("{end}{}", self.files.path("pem").display())).into())
    }

    /// Publishes what is not published yet. What fails is tried again at the next look.
    fn publish(&mut self) {
        let Some(program) = &self.shared.args.publish else { return };
        for challenge in mem::take(&mut self.to_publish) {
            // Before it is done, so that it is undone in any case.
            self.published.push(challenge.clone());
            let saved = self.save();
            let result =
                hooks::run(program, self.order_id, &hooks::variables(&challenge, "publish"));
            if let Err(error) = saved.map_err(|CliError(e)| e).and(result) {
                self.published.pop();
                self.shared.report.tell(self.order_id, &error);
                self.to_publish.push(challenge);
            }
        }
    }

    fn unpublish(&mut self) {
        let Some(program) = &self.shared.args.unpublish else { return };
        for challenge in mem::take(&mut self.published) {
            let variables = hooks::variables(&challenge, "unpublish");
            if let Err(error) = hooks::run(program, self.order_id, &variables) {
                self.shared.report.tell(self.order_id, &error);
            }
        }
    }

    /// Keeps the note as it should be: what the service has told since is of use after a kill.
    fn save(&mut self) -> Result<(), CliError> {
        let is_old = self.note.as_ref().is_some_and(|saved| *saved != self.new_note());
        if is_old { self.write_note() } else { Ok(()) }
    }

    fn write_note(&mut self) -> Result<(), CliError> {
        let note = self.new_note();
        self.files.write_note(&note)?;
        self.note = Some(note);
        Ok(())
    }

    fn new_note(&self) -> Note {
        Note { checkpoint: self.reissuance.checkpoint(), published: self.published.clone() }
    }

    fn tell_challenges(&self) {
        let is_by_hand = self.shared.args.publish.is_none();
        let verb = if is_by_hand { "publish this" } else { "publishing this" };
        let advice = |challenge| format!("\n{}", printable(&hooks::advice(challenge)));
        let records: String = self.to_publish.iter().map(advice).collect();
        let text = format!("it waits for {}; {verb}:{records}", self.waits_for());
        self.shared.report.tell(self.order_id, &text);
    }

    fn tell_pause(&mut self, until: Instant) {
        self.tell_error();
        if !self.shared.args.is_due() {
            let pause = until.saturating_duration_since(Instant::now());
            let text = format!(
                "it waits for {}; looking again in {:.1} s",
                self.waits_for(),
                pause.as_secs_f64()
            );
            self.shared.report.tell(self.order_id, &text);
        }
    }

    fn tell_error(&mut self) {
        let error = self.reissuance.last_error().map(|e| format!("{e:#}")).unwrap_or_default();
        if error != self.last_error {
            self.shared.report.tell(self.order_id, &error);
            self.last_error = error;
        }
    }

    pub(crate) fn tell_end(&self, end: &End) {
        let event = if end.state == "issued" { "saved" } else { end.state };
        self.shared.report.event(self.order_id, event, &[("text", json!(end.text))]);
    }
}

impl Shared<'_> {
    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
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
        .approve(args.approves);
    if !args.names.is_empty() {
        reissuance = reissuance.names(&args.names);
    }
    if let Some(method) = &args.validation {
        reissuance = reissuance.dcv_method(method.clone());
    }
    if let Some(lag) = args.lag {
        reissuance = reissuance.lag(lag);
    }
    let interval =
        args.interval.unwrap_or(Duration::from_secs(if args.is_due() { 300 } else { 30 }));
    reissuance = reissuance.interval(interval);
    if args.is_due() {
        reissuance = reissuance.first_look(FIRST_LOOK.min(interval));
    }
    reissuance.set_deadline(Some(shared.deadline));
    reissuance
}

/// The order's names for a CSR, without a common name that is an organization's.
fn host_names(order: &Order) -> Vec<String> {
    let is_host =
        |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.*:".contains(c));
    order.names().into_iter().filter(|name| is_host(name)).map(str::to_lowercase).collect()
}

fn describe(plan: &Plan, csr: &Csr) -> String {
    let others = [
        ("new", &plan.added),
        ("left out", &plan.removed),
        ("in the CSR, and not for a certificate", &csr.other_names()),
    ];
    let others = others.iter().filter(|(_, names)| !names.is_empty());
    let others = others.map(|(what, names)| format!(" ({what}: {})", names.join(", ")));
    printable(&(plan.names.join(", ") + &others.collect::<String>()))
}
