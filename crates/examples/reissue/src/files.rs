//! The files of an order: key, CSR and certificate.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use certcentral_example_cli::{CliError, lock, note};
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
        if read(&certificate)?.is_some() {
            return Err(format!(
                "{} exists; to reissue the order again, move it away with its key and CSR",
                certificate.display()
            )
            .into());
        }
        Ok(files)
    }

    /// Returns the CSR of an earlier run; else makes a key, if there is none, and a CSR. The file is
    /// the key's: another run is refused until it is closed.
    pub(crate) fn csr(&self, names: &[String]) -> Result<(Csr, File), CliError> {
        let (key_path, csr_path) = (self.path("key"), self.path("csr"));
        let (key, csr) = (read(&key_path)?, read(&csr_path)?);
        let (key, lock) = match key {
            Some((pem, file)) => {
                let unusable = |e| {
                    let name = key_path.display();
                    format!("{name} is not a private key in PKCS#8 without a password: {e}")
                };
                (key_pair(&pem).map_err(unusable)?, file)
            }
            None if csr.is_some() => {
                return Err(format!(
                    "{0} exists without its key; use it with --csr {0}, or remove it",
                    csr_path.display()
                )
                .into());
            }
            None if names.is_empty() => {
                return Err("the order names no host; give a --name, or a CSR with --csr".into());
            }
            None => self.make_key()?,
        };
        let csr = if let Some((pem, _)) = csr {
            parse_csr(&csr_path, &pem)?
        } else {
            let csr = Csr::make(&key, names)?;
            create(&csr_path, &csr.pem, Access::Public)?;
            csr
        };
        if csr.is_of(&key) { Ok((csr, lock)) } else { Err(self.other_key(&csr_path)) }
    }

    /// Reads the CSR that was given on the command line. The file is the CSR's: another run is
    /// refused until it is closed.
    pub(crate) fn given_csr(&self, path: &Path) -> Result<(Csr, File), CliError> {
        let (pem, lock) =
            read(path)?.ok_or_else(|| format!("{} does not exist", path.display()))?;
        let csr = parse_csr(path, &pem)?;
        // The certificate would be beside a key that looks like its own. What cannot be read does
        // not look like it.
        let key = fs::read(self.path("key")).ok();
        match key.and_then(|pem| key_pair(&pem).ok()) {
            Some(key) if !csr.is_of(&key) => Err(self.other_key(path)),
            _ => Ok((csr, lock)),
        }
    }

    fn other_key(&self, csr: &Path) -> CliError {
        let (key, csr) = (self.path("key"), csr.display());
        let key = key.display();
        CliError(format!("{key} is not the key of {csr}; move it away, or choose a --directory"))
    }

    fn make_key(&self) -> Result<(KeyPair, File), CliError> {
        let key = KeyPair::generate().map_err(|e| format!("cannot make a key: {e}"))?;
        let file = create(&self.path("key"), &key.serialize_pem(), Access::Private)?;
        Ok((key, file))
    }

    pub(crate) fn write_certificate(&self, pem: &str) -> Result<(), CliError> {
        create(&self.path("pem"), pem, Access::Public).map(drop).map_err(|CliError(e)| {
            CliError(format!("{e}; the certificate is issued: run again to save it"))
        })
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", self.order_id))
    }
}

fn parse_csr(path: &Path, file: &[u8]) -> Result<Csr, CliError> {
    Ok(Csr::read(file).map_err(|e| format!("cannot use {}: {e}", path.display()))?)
}

fn key_pair(pem: &[u8]) -> Result<KeyPair, rcgen::Error> {
    KeyPair::from_pem(&String::from_utf8_lossy(pem))
}

/// Reads a file and locks it, or returns `None` if there is none.
fn read(path: &Path) -> Result<Option<(Vec<u8>, File)>, CliError> {
    let name = path.display();
    let mut file = match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|e| format!("cannot read {name}: {e}"))?,
    };
    if !lock(&file) {
        return Err(format!("{name} is used by another run; wait for its end").into());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|e| format!("cannot read {name}: {e}"))?;
    if bytes.trim_ascii().is_empty() {
        return Err(format!(
            "{name} is empty, as a run leaves it that is killed; remove it, and run again"
        )
        .into());
    }
    Ok(Some((bytes, file)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Public,
    Private,
}

/// Writes a new file, which is locked. One that is only half written is removed.
fn create(path: &Path, text: &str, access: Access) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let failed = |e| format!("cannot write {}: {e}", path.display());
    let mut file = options.open(path).map_err(failed)?;
    lock(&file);
    if let Err(e) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        let _ = fs::remove_file(path);
        return Err(failed(e).into());
    }
    note(&format!("wrote {}\n", path.display()));
    Ok(file)
}
