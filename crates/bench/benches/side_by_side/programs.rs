//! Programs that list the reissues of an order, each a package outside of the workspace, as an embedder's
//! would be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub(crate) struct Program {
    pub(crate) name: &'static str,
    source: &'static str,
    /// As they stand in its manifest, but for where our crates are.
    dependencies: &'static str,
}

pub(crate) const ON_UREQ: Program = Program {
    name: "on-ureq",
    source: include_str!("programs/on_ureq.rs"),
    dependencies: r#"certcentral-transport-ureq = { path = "{crates}/transport-ureq" }"#,
};

pub(crate) const ON_HYPER: Program = Program {
    name: "on-hyper",
    source: include_str!("programs/on_hyper.rs"),
    dependencies: r#"
certcentral-transport-hyper = { path = "{crates}/transport-hyper" }
tokio = { version = "1", features = ["macros", "rt"] }
"#,
};

/// With its default features.
pub(crate) const ON_REQWEST: Program = Program {
    name: "on-reqwest",
    source: include_str!("programs/on_reqwest.rs"),
    dependencies: r#"
reqwest = { version = "0.13", features = ["json"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
time = { version = "0.3", default-features = false, features = ["std", "formatting", "parsing", "serde-human-readable"] }
tokio = { version = "1", features = ["macros", "rt"] }
"#,
};

/// No client at all: a connection, a request as bytes, and the response as it comes.
pub(crate) const BARE: Program = Program {
    name: "bare",
    source: include_str!("programs/bare.rs"),
    dependencies: r#"
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
"#,
};

impl Program {
    /// Writes the package, with the versions of this workspace.
    pub(crate) fn folder(&self) -> PathBuf {
        let Self { name, source, dependencies } = self;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs").join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let dependencies = dependencies.replace("{crates}", crates);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}\n"
        );
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.join("src/main.rs"), source).unwrap();
        fs::write(folder.join("src/typed.rs"), include_str!("../../src/typed.rs")).unwrap();
        fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        folder
    }

    /// Builds it as people would, and returns it.
    pub(crate) fn release_build(&self) -> PathBuf {
        let folder = self.folder();
        let built = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet"])
            .current_dir(&folder)
            .status();
        assert!(built.unwrap().success());
        folder.join("target/release").join(self.name)
    }
}
