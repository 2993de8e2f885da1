//! The files of an order: key, CSR, note and certificate.

use std::{
    collections::HashSet,
    fs::{self, File},
    path::{Path, PathBuf},
};

use certcentral_example_cli::{CliError, file};
use certcentral_transport_ureq::{
    OrderId,
    certificate::CertificateChain,
    order::{CsrNames, Order, read_csr},
    reissuance::{Challenge, Checkpoint},
    serde_json,
    time::Date,
};
use rcgen::KeyPair;
use serde::{Deserialize, Serialize};

use crate::{Shared, csr};

pub(crate) struct Files<'a> {
    shared: &'a Shared<'a>,
    pub(crate) folder: PathBuf,
    order_id: OrderId,
    /// The order whose id is in their names.
    pub(crate) name_of: OrderId,
    /// Keep other runs away.
    locks: Vec<File>,
}

/// What is noted of a reissue or renewal until it is done.
#[derive(Serialize, Deserialize)]
pub(crate) struct Note {
    #[serde(flatten)]
    pub(crate) checkpoint: Checkpoint,
    /// What was published, and is to be removed at the end.
    #[serde(default)]
    pub(crate) published: Vec<Challenge>,
}

/// Returns the orders in a directory that a note tells of.
pub(crate) fn noted(directory: &Path) -> HashSet<OrderId> {
    let noted = |path: PathBuf| {
        let named = path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()?;
        let note = fs::read(path).ok().and_then(|json| serde_json::from_slice::<Note>(&json).ok());
        let checkpoint = note.map(|note| note.checkpoint);
        let order = checkpoint.and_then(|it| it.renewal_of().or(it.order_id()));
        // One that cannot be read is refused when its order is reissued.
        Some(order.unwrap_or(named))
    };
    let entries = paths(directory).into_iter();
    let files = entries.flat_map(|path| if path.is_dir() { paths(&path) } else { vec![path] });
    files.filter_map(noted).collect()
}

/// Returns whether the certificate that is saved ends later than the one that a list shows: the list
/// lags.
pub(crate) fn are_ahead_of(shared: &Shared<'_>, order: &Order) -> bool {
    let name = name_of(&shared.directory, order.id);
    let folder = shared.args.link(name).map_or_else(|| shared.directory.clone(), PathBuf::from);
    let listed = order.certificate.as_ref().and_then(|it| it.valid_till);
    let saved = chain(&folder.join(format!("{name}.pem")));
    saved.is_ok_and(|chain| chain.valid_till() > listed)
}

/// Returns the order whose id is in the names of an order's files: the one that it renews has them.
fn name_of(directory: &Path, order_id: OrderId) -> OrderId {
    let name = fs::read_to_string(directory.join(format!("{order_id}.name")));
    name.ok().and_then(|name| name.trim().parse().ok()).unwrap_or(order_id)
}

impl<'a> Files<'a> {
    /// Finds or creates the folder. A certificate that is there already is an error, unless a note says
    /// that it is not done yet. For a link, each reissue has its folder.
    pub(crate) fn open(shared: &'a Shared<'a>, order_id: OrderId) -> Result<Self, CliError> {
        let (args, directory) = (shared.args, &*shared.directory);
        let name_of = name_of(directory, order_id);
        let is_linked = args.live.is_some();
        let folder = if is_linked { folder(directory, name_of) } else { directory.to_owned() };
        let files = Self { shared, folder, order_id, name_of, locks: Vec::new() };
        if !args.is_dry_run {
            let failed = |e| format!("cannot create {}: {e}", files.folder.display());
            fs::create_dir_all(&files.folder).map_err(failed)?;
        }
        if files.path("pem").exists() && !files.path("json").exists() {
            let advice = "to reissue the order again, move it away with its key and CSR";
            return Err(format!("{} exists; {advice}", files.display("pem")).into());
        }
        Ok(files)
    }

    /// Returns the CSR that is given or noted, or that of an earlier run; else makes a key, if there is
    /// none, and a CSR.
    pub(crate) fn csr(
        &mut self,
        given: Option<&Path>,
        noted: Option<&str>,
        names: &[String],
    ) -> Result<String, CliError> {
        let (key_path, own_path) = (self.path("key"), self.path("csr"));
        let path = given.unwrap_or(&own_path);
        let (key_name, csr_name) = (key_path.display(), path.display());
        let is_made = given.is_none() && noted.is_none();
        let csr = match noted {
            Some(csr) if given.is_none() => Some(csr.to_owned()),
            _ => self.read_csr(path)?,
        };
        if given.is_some() && csr.is_none() {
            return Err(format!("{csr_name} does not exist").into());
        }
        let key = self.read(&key_path)?;
        let key = key.map(|pem| KeyPair::from_pem(&String::from_utf8_lossy(&pem)));
        Err(CliError(match (key, csr) {
            (Some(Ok(key)), Some(csr)) if csr::is_of(&csr, &key) => return Ok(csr),
            (Some(Ok(_)), Some(_)) => format!(
                "{key_name} is not the key of {csr_name}; move it away, or choose a --directory"
            ),
            // What cannot be read does not look like its key.
            (_, Some(csr)) if !is_made => return Ok(csr),
            (Some(Err(e)), _) => {
                format!("{key_name} is not a private key in PKCS#8 without a password: {e}")
            }
            (None, Some(_)) => format!(
                "{csr_name} exists without its key; use it with --csr {csr_name}, or remove it"
            ),
            (key, None) => {
                let is_new = key.is_none();
                let key = key.unwrap_or_else(KeyPair::generate);
                let key = key.map_err(|e| format!("cannot make a key: {e}"))?;
                let csr = csr::make(&key, names)?;
                if is_new {
                    self.create("key", &key.serialize_pem())?;
                }
                self.create("csr", &csr)?;
                return Ok(csr);
            }
        }))
    }

    fn read_csr(&mut self, path: &Path) -> Result<Option<String>, CliError> {
        let Some(file) = self.read(path)? else { return Ok(None) };
        // What is around it, such as the text of `openssl req -text`, is left out.
        let csr = read_csr(&file).and_then(|csr| CsrNames::read(&csr).map(|_| csr));
        Ok(Some(csr.map_err(|e| format!("cannot use {}: {e}", path.display()))?))
    }

    pub(crate) fn note(&mut self) -> Result<Option<Note>, CliError> {
        let Some(json) = self.read(&self.path("json"))? else { return Ok(None) };
        let refuse = |e| format!("{} is no note of a reissue: {e}", self.display("json"));
        Ok(Some(serde_json::from_slice(&json).map_err(refuse)?))
    }

    /// Writes the note, synced, in place of an earlier one.
    pub(crate) fn write_note(&self, note: &Note) -> Result<(), CliError> {
        let json = serde_json::to_vec(note).map_err(|e| e.to_string())?;
        file::replace(&self.path("json"), &json)
    }

    /// Notes that the files of another order, which renews this one, have the same names.
    pub(crate) fn pass_names_to(&self, order_id: OrderId) -> Result<(), CliError> {
        let path = self.shared.directory.join(format!("{order_id}.name"));
        file::replace(&path, format!("{}\n", self.name_of).as_bytes())
    }

    pub(crate) fn remove_note(&self) -> Result<(), CliError> {
        let failed = |e| format!("cannot remove {}: {e}", self.display("json"));
        Ok(fs::remove_file(self.path("json")).map_err(failed)?)
    }

    pub(crate) fn has_certificate(&self) -> bool {
        self.path("pem").exists()
    }

    pub(crate) fn write_certificate(&mut self, pem: &str) -> Result<(), CliError> {
        self.create("pem", pem).map_err(|CliError(e)| {
            CliError(format!("{e}; the certificate is issued: run again to save it"))
        })
    }

    /// Checks that the certificate is for the CSR, and returns its last day.
    pub(crate) fn check_pair(&self, csr: &str) -> Result<Option<Date>, CliError> {
        let chain = chain(&self.path("pem"))?;
        let other = || format!("{} is not for the key beside it", self.display("pem"));
        Ok(chain.is_for(csr).then(|| chain.valid_till()).ok_or_else(other)?)
    }

    /// Creates a file, unless nothing is to be written.
    fn create(&mut self, extension: &str, text: &str) -> Result<(), CliError> {
        if self.shared.args.is_dry_run {
            return Ok(());
        }
        self.locks.push(file::create(&self.path(extension), text, extension == "key")?);
        self.shared.report.tell(self.order_id, &format!("wrote {}", self.display(extension)));
        Ok(())
    }

    /// Reads a file, which keeps other runs away.
    fn read(&mut self, path: &Path) -> Result<Option<Vec<u8>>, CliError> {
        let Some((bytes, lock)) = file::read(path)? else { return Ok(None) };
        self.locks.push(lock);
        Ok(Some(bytes))
    }

    pub(crate) fn display(&self, extension: &str) -> String {
        self.path(extension).display().to_string()
    }

    pub(crate) fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name_of))
    }
}

/// The folder of a reissue that was begun, else a new one.
fn folder(directory: &Path, order_id: OrderId) -> PathBuf {
    let number = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(&format!("{order_id}-"))?.parse::<u32>().ok()
    };
    let last = paths(directory).into_iter().filter_map(number).max().unwrap_or(0);
    let folder = |number| directory.join(format!("{order_id}-{number}"));
    let has = |extension| folder(last).join(format!("{order_id}.{extension}")).exists();
    let is_done = last == 0 || has("pem") && !has("json");
    folder(if is_done { last.saturating_add(1) } else { last })
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn chain(path: &Path) -> Result<CertificateChain, String> {
    let pem =
        fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    CertificateChain::from_pem(&pem).map_err(|e| format!("{}: {e}", path.display()))
}
