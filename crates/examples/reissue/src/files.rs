//! The files of an order: key, CSR, note and certificate.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use certcentral_example_cli::{CliError, file};
use certcentral_transport_ureq::{
    OrderId,
    certificate::CertificateChain,
    order::Order,
    reissuance::{Challenge, Checkpoint},
    serde_json,
    time::{Date, OffsetDateTime},
};
use rcgen::KeyPair;
use serde::{Deserialize, Serialize};

use crate::{csr::Csr, report::Report};

pub(crate) struct Files<'a> {
    folder: PathBuf,
    order_id: OrderId,
    /// Without it, nothing is written.
    report: Option<&'a Report>,
}

/// What is noted of a reissue until it is done.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    #[serde(flatten)]
    pub(crate) checkpoint: Checkpoint,
    /// What was published, and is to be removed at the end.
    #[serde(default)]
    pub(crate) published: Vec<Challenge>,
}

/// Returns the orders in a directory that a note tells of.
pub(crate) fn noted(directory: &Path) -> Vec<OrderId> {
    let noted = |path: &Path| {
        let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
        name.parse().ok().filter(|_| path.is_file())
    };
    let entries = paths(directory).into_iter();
    let files = entries.flat_map(|path| if path.is_dir() { paths(&path) } else { vec![path] });
    files.filter_map(|path| noted(&path)).collect()
}

impl<'a> Files<'a> {
    /// Finds or creates the folder. A certificate that is there already is an error, unless a note says
    /// that it is not done yet. For a link, each reissue has its folder.
    pub(crate) fn open(
        directory: &Path,
        order_id: OrderId,
        is_linked: bool,
        report: Option<&'a Report>,
    ) -> Result<Self, CliError> {
        let folder = if is_linked { folder(directory, order_id) } else { directory.to_owned() };
        let files = Self { folder, order_id, report };
        if report.is_some() {
            let failed = |e| format!("cannot create {}: {e}", files.folder.display());
            fs::create_dir_all(&files.folder).map_err(failed)?;
        }
        let certificate = files.path("pem");
        if !files.path("json").exists() && file::read(&certificate)?.is_some() {
            return Err(format!(
                "{} exists; to reissue the order again, move it away with its key and CSR",
                certificate.display()
            )
            .into());
        }
        Ok(files)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the CSR of an earlier run; else makes a key, if there is none, and a CSR. The file is
    /// the key's: another run is refused until it is closed.
    pub(crate) fn csr(
        &self,
        names: impl FnOnce() -> Result<Vec<String>, CliError>,
    ) -> Result<(Csr, Option<File>), CliError> {
        let (key_path, csr_path) = (self.path("key"), self.path("csr"));
        let (key, csr) = (file::read(&key_path)?, file::read(&csr_path)?);
        let (key, lock) = match key {
            Some((pem, file)) => (self.parse_key(&pem)?, Some(file)),
            None if csr.is_some() => {
                return Err(format!(
                    "{0} exists without its key; use it with --csr {0}, or remove it",
                    csr_path.display()
                )
                .into());
            }
            None => {
                let names = names()?;
                let key = KeyPair::generate().map_err(|e| format!("cannot make a key: {e}"))?;
                let csr = Csr::make(&key, &names)?;
                let lock = self.create("key", &key.serialize_pem())?;
                self.create("csr", &csr.pem)?;
                return Ok((csr, lock));
            }
        };
        let csr = if let Some((pem, _)) = csr {
            parse_csr(&csr_path, &pem)?
        } else {
            let csr = Csr::make(&key, &names()?)?;
            self.create("csr", &csr.pem)?;
            csr
        };
        if csr.is_of(&key) { Ok((csr, lock)) } else { Err(self.other_key(&csr_path)) }
    }

    /// Reads the CSR that was given on the command line. The file is the CSR's: another run is
    /// refused until it is closed.
    pub(crate) fn given_csr(&self, path: &Path) -> Result<(Csr, Option<File>), CliError> {
        let (pem, lock) =
            file::read(path)?.ok_or_else(|| format!("{} does not exist", path.display()))?;
        let csr = parse_csr(path, &pem)?;
        // The certificate would be beside a key that looks like its own. What cannot be read does
        // not look like it.
        let key = fs::read(self.path("key")).ok();
        match key.and_then(|pem| key_pair(&pem).ok()) {
            Some(key) if !csr.is_of(&key) => Err(self.other_key(path)),
            _ => Ok((csr, Some(lock))),
        }
    }

    fn other_key(&self, csr: &Path) -> CliError {
        let (key, csr) = (self.path("key"), csr.display());
        let key = key.display();
        CliError(format!("{key} is not the key of {csr}; move it away, or choose a --directory"))
    }

    fn parse_key(&self, pem: &[u8]) -> Result<KeyPair, CliError> {
        let name = self.path("key");
        Ok(key_pair(pem).map_err(|e| {
            let name = name.display();
            format!("{name} is not a private key in PKCS#8 without a password: {e}")
        })?)
    }

    /// Reads the note; its file keeps other runs away, if there is no key.
    pub(crate) fn note(&self) -> Result<Option<(Note, File)>, CliError> {
        let path = self.path("json");
        let Some((json, file)) = file::read(&path)? else { return Ok(None) };
        let note = serde_json::from_slice(&json)
            .map_err(|e| format!("{} is no note of a reissue: {e}", path.display()))?;
        Ok(Some((note, file)))
    }

    /// Writes the note, synced, in place of an earlier one.
    pub(crate) fn write_note(&self, note: &Note) -> Result<(), CliError> {
        let json = serde_json::to_vec(note).map_err(|e| e.to_string())?;
        file::replace(&self.path("json"), &json)
    }

    pub(crate) fn remove_note(&self) -> Result<(), CliError> {
        let path = self.path("json");
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                Err(format!("cannot remove {}: {e}", path.display()).into())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn has_certificate(&self) -> bool {
        self.path("pem").exists()
    }

    pub(crate) fn write_certificate(&self, pem: &str) -> Result<(), CliError> {
        self.create("pem", pem).map(drop).map_err(|CliError(e)| {
            CliError(format!("{e}; the certificate is issued: run again to save it"))
        })
    }

    /// Checks that the key, if it is there, is the certificate's, and returns the last day.
    pub(crate) fn check_pair(&self, csr: &Csr) -> Result<Option<Date>, CliError> {
        let path = self.path("pem");
        let pem = file::read(&path)?.map(|(pem, _)| pem).unwrap_or_default();
        let chain = CertificateChain::from_pem(&String::from_utf8_lossy(&pem))
            .map_err(|e| format!("{}: {e}", path.display()))?;
        let key = fs::read(self.path("key")).ok();
        let is_of_key = key.is_none_or(|pem| key_pair(&pem).is_ok_and(|key| csr.is_of(&key)));
        if !is_of_key || !chain.is_for(&csr.pem) {
            return Err(format!("{} is not for the key beside it", path.display()).into());
        }
        Ok(chain.valid_till())
    }

    /// Creates a file, unless nothing is to be written.
    fn create(&self, extension: &str, text: &str) -> Result<Option<File>, CliError> {
        let Some(report) = self.report else { return Ok(None) };
        let path = self.path(extension);
        let file = file::create(&path, text, extension == "key")?;
        report.tell(self.order_id, &format!("wrote {}", path.display()));
        Ok(Some(file))
    }

    pub(crate) fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.order_id))
    }
}

/// Returns whether a certificate in a folder ends later than the one that a list shows: the list lags.
pub(crate) fn is_ahead_of(folder: &Path, order: &Order) -> bool {
    let pem = fs::read_to_string(folder.join(format!("{}.pem", order.id))).unwrap_or_default();
    let saved = CertificateChain::from_pem(&pem).ok().and_then(|chain| chain.valid_till());
    saved > order.certificate.as_ref().and_then(|certificate| certificate.valid_till)
}

/// The folder of a reissue that was begun, else a new one.
fn folder(directory: &Path, order_id: OrderId) -> PathBuf {
    let is_begun = |folder: &PathBuf| {
        let has = |extension| folder.join(format!("{order_id}.{extension}")).exists();
        has("json") || has("key") && !has("pem")
    };
    let is_ours = |folder: &PathBuf| {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&format!("{order_id}-")))
    };
    let begun = paths(directory).into_iter().find(|path| is_ours(path) && is_begun(path));
    let today = OffsetDateTime::now_utc().date();
    let name = |number: u32| match number {
        1 => format!("{order_id}-{today}"),
        number => format!("{order_id}-{today}-{number}"),
    };
    let mut new = (1..).map(|number| directory.join(name(number))).filter(|path| !path.exists());
    begun.or_else(|| new.next()).unwrap_or_else(|| directory.join(name(1)))
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn parse_csr(path: &Path, file: &[u8]) -> Result<Csr, CliError> {
    Ok(Csr::read(file).map_err(|e| format!("cannot use {}: {e}", path.display()))?)
}

fn key_pair(pem: &[u8]) -> Result<KeyPair, rcgen::Error> {
    KeyPair::from_pem(&String::from_utf8_lossy(pem))
}
