//! Where the rows go: standard output, a new file, or the file of an earlier run.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use certcentral_example_cli::CliError;

use crate::{args::Args, format::Format, row::Row};

/// A sink for whole lines. Each is flushed.
pub(crate) struct Output {
    format: Format,
    sink: Box<dyn Write>,
}

impl Output {
    /// Opens the output, and returns the rows that it has already.
    pub(crate) fn open(args: &Args) -> Result<(Self, Vec<Row>), CliError> {
        let format = args.format;
        let Some(path) = &args.output else {
            let output = Self::begin(format, Box::new(io::stdout()));
            return Ok((
                output.map_err(|e| format!("cannot write to standard output: {e}"))?,
                Vec::new(),
            ));
        };
        let name = path.display();
        if args.resume {
            let kept = kept(path, format)?;
            let output = Self::rewrite(path, format, &kept);
            return Ok((output.map_err(|e| format!("cannot rewrite {name}: {e}"))?, kept));
        }
        let output = File::create_new(path).and_then(|file| Self::begin(format, Box::new(file)));
        match output {
            Ok(output) => Ok((output, Vec::new())),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                Err(format!("{name} exists; complete it with --resume, or remove it").into())
            }
            Err(e) => Err(format!("cannot create {name}: {e}").into()),
        }
    }

    fn begin(format: Format, sink: Box<dyn Write>) -> io::Result<Self> {
        let mut output = Self { format, sink };
        output.sink.write_all(format.head().as_bytes())?;
        Ok(output)
    }

    /// Replaces the file at `path` by one with nothing but `rows`, in one step.
    fn rewrite(path: &Path, format: Format, rows: &[Row]) -> io::Result<Self> {
        let beside = beside(path);
        let file = File::create(&beside)?;
        let mut output = Self::begin(format, Box::new(file.try_clone()?))?;
        for row in rows {
            output.write(row)?;
        }
        file.sync_all()?;
        fs::rename(beside, path)?;
        Ok(output)
    }

    pub(crate) fn write(&mut self, row: &Row) -> io::Result<()> {
        // In one piece, so that no half line is left if the program is killed between two.
        self.sink.write_all(&self.format.line(row)?)?;
        self.sink.flush()
    }
}

/// Returns the rows of an earlier run that stay. Orders that failed, and a last line that is
/// incomplete, do not: they are queried again, and each order still has one line.
fn kept(path: &Path, format: Format) -> Result<Vec<Row>, CliError> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|e| format!("cannot read {name}: {e}"))?,
    };
    let (lines, _cut_off) = text.split_at(text.rfind('\n').map_or(0, |end| end + 1));
    let mut rows = format
        .rows(lines)
        .map_err(|e| format!("{name} is not an output of this program in this format: {e}"))?;
    rows.retain(|row| row.error.is_none());
    Ok(rows)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".resuming");
    name.into()
}
