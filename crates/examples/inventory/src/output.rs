//! Where the rows go: standard output, a new file, or the file of an earlier run.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
};

use certcentral_example_cli::{CliError, lock};

use crate::{args::Args, format::Format, resume, row::Row};

/// A sink for whole orders.
pub(crate) struct Output {
    format: Format,
    sink: Box<dyn Write>,
}

impl Output {
    /// Opens the output, and calls `kept` with the rows of each order that it has already.
    pub(crate) fn open(args: &Args, kept: impl FnMut(&[Row])) -> Result<Self, CliError> {
        let format = args.format;
        let Some(path) = &args.output else {
            let output = Self::new(format, Box::new(io::stdout()));
            return Ok(output.map_err(|e| format!("cannot write to standard output: {e}"))?);
        };
        let name = path.display();
        // To replace a device or a pipe by a file would be a surprise.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(format!(
                "{name} is not a regular file; leave out --output, and redirect standard output"
            )
            .into());
        }
        if args.resume && path.exists() {
            let file = resume::reopen(path, format, kept)?;
            return Ok(Self { format, sink: Box::new(file) });
        }
        let output = File::create_new(path).and_then(|file| {
            lock(&file);
            Self::new(format, Box::new(file))
        });
        output.map_err(|e| {
            CliError(match e.kind() {
                ErrorKind::AlreadyExists => {
                    format!("{name} exists; complete it with --resume, or remove it")
                }
                _ => format!("cannot create {name}: {e}"),
            })
        })
    }

    fn new(format: Format, mut sink: Box<dyn Write>) -> io::Result<Self> {
        sink.write_all(format.head().as_bytes())?;
        Ok(Self { format, sink })
    }

    /// Writes the rows of an order.
    pub(crate) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let mut lines = Vec::new();
        for row in rows {
            lines.append(&mut self.format.line(row)?);
        }
        // In one piece, so that little is left of an order if the program is killed in between.
        self.sink.write_all(&lines)?;
        self.sink.flush()
    }
}
