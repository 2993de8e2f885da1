//! The files of an order: key, CSR and certificate.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use certcentral_example_cli::{CliError, note};
use certcentral_transport_ureq::OrderId;
use rcgen::KeyPair;

use crate::csr::Csr;

pub(crate) struct Files {
    directory: PathBuf,
    order_id: OrderId,
}

impl Files {
    /// Creates the directory if there is none. A certificate that is there already is an error.
    pub(crate) fn open(directory: PathBuf, order_id: OrderId) -> Result<Self, CliError> {
        fs::create_dir_all(&directory)
            .map_err(|e| format!("cannot create {}: {e}", directory.display()))?;
        let files = Self { directory, order_id };
        let certificate = files.path("pem");
        if certificate.exists() {
            return Err(format!(
                "{} exists; to reissue the order again, move it away with its key and CSR",
                certificate.display()
            )
            .into());
        }
        Ok(files)
    }

    /// Returns the CSR of an earlier run; else makes a key, if there is none, and a CSR.
    pub(crate) fn csr(&self, names: &[String]) -> Result<Csr, CliError> {
        let (key_path, csr_path) = (self.path("key"), self.path("csr"));
        let key = read(&key_path)?.map(|pem| {
            let unusable = |e| format!("{} is not a private key: {e}", key_path.display());
            KeyPair::from_pem(&pem).map_err(unusable)
        });
        match (key.transpose()?, read_csr(&csr_path)?) {
            (Some(key), Some(csr)) if csr.is_of(&key) => Ok(csr),
            (Some(_), Some(_)) => {
                Err(format!("{} is not the key of {}", key_path.display(), csr_path.display())
                    .into())
            }
            (None, Some(_)) => Err(format!(
                "{0} exists without its key; use it with --csr {0}, or remove it",
                csr_path.display()
            )
            .into()),
            (key, None) => {
                let key = key.map_or_else(|| self.make_key(), Ok)?;
                let csr = Csr::make(&key, names)?;
                create(&csr_path, &csr.pem, Access::Public)?;
                Ok(csr)
            }
        }
    }

    fn make_key(&self) -> Result<KeyPair, CliError> {
        let key = KeyPair::generate().map_err(|e| format!("cannot make a key: {e}"))?;
        create(&self.path("key"), &key.serialize_pem(), Access::Private)?;
        Ok(key)
    }

    pub(crate) fn write_certificate(&self, pem: &str) -> Result<(), CliError> {
        create(&self.path("pem"), pem, Access::Public)
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", self.order_id))
    }
}

/// Reads the CSR that was given on the command line.
pub(crate) fn given_csr(path: &Path) -> Result<Csr, CliError> {
    read_csr(path)?.ok_or_else(|| format!("{} does not exist", path.display()).into())
}

/// Reads a CSR, or returns `None` if there is no such file.
fn read_csr(path: &Path) -> Result<Option<Csr>, CliError> {
    let Some(pem) = read(path)? else { return Ok(None) };
    Ok(Some(Csr::parse(pem).map_err(|e| format!("cannot use {}: {e}", path.display()))?))
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        text => Ok(Some(text.map_err(|e| format!("cannot read {}: {e}", path.display()))?)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Public,
    Private,
}

/// Writes a new file. One that is only half written is removed.
fn create(path: &Path, text: &str, access: Access) -> Result<(), CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let failed = |e| format!("cannot write {}: {e}", path.display());
    let mut file = options.open(path).map_err(failed)?;
    if let Err(e) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        let _ = fs::remove_file(path);
        return Err(failed(e).into());
    }
    note(&format!("wrote {}\n", path.display()));
    Ok(())
}
