//! Lists the fixtures: one table of names and bodies per folder, included by `src/fixtures.rs`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let fixtures = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("fixtures");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    for folder in ["orders", "errors"] {
        println!("cargo:rerun-if-changed=fixtures/{folder}");
        let table = table(&fixtures.join(folder))?;
        fs::write(out.join(folder).with_extension("rs"), table)?;
    }
    Ok(())
}

/// An array of `("112233-seed-example.json", include_bytes!("…"))`, in the order of the names.
fn table(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    names.sort();

    let mut table = String::from("&[\n");
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        let path = format!("{}/{name}", folder.display());
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push(']');
    Ok(table)
}
