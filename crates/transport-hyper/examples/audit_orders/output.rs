//! Where the rows go: standard output, a new file, or one that is to be completed.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::{format::Format, options::Options, row::Row, trouble::Trouble};

/// Whole lines, each at its place as soon as it is written.
pub(crate) struct Output {
    format: Format,
    sink: Box<dyn Write>,
}

impl Output {
    /// The output, and the rows that are in it already.
    pub(crate) fn open(options: &Options) -> Result<(Self, Vec<Row>), Trouble> {
        let format = options.format;
        let Some(path) = &options.output else {
            let output = Self::begin(format, Box::new(io::stdout()));
            return Ok((output.map_err(|e| format!("nothing can be printed: {e}"))?, Vec::new()));
        };
        let name = path.display();
        if options.resume {
            let kept = kept(path, format)?;
            let output = Self::rewrite(path, format, &kept);
            return Ok((output.map_err(|e| format!("{name} cannot be rewritten: {e}"))?, kept));
        }
        let output = File::create_new(path).and_then(|file| Self::begin(format, Box::new(file)));
        match output {
            Ok(output) => Ok((output, Vec::new())),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                Err(format!("{name} exists; complete it with --resume, or remove it").into())
            }
            Err(e) => Err(format!("{name} cannot be made: {e}").into()),
        }
    }

    fn begin(format: Format, sink: Box<dyn Write>) -> io::Result<Self> {
        let mut output = Self { format, sink };
        output.sink.write_all(format.head().as_bytes())?;
        Ok(output)
    }

    /// `path` with nothing but `rows`, to be gone on with. Until they are all there, what was there
    /// before is.
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
        // In one piece, so that no half a line is left if the program is killed between two.
        self.sink.write_all(&self.format.line(row)?)?;
        self.sink.flush()
    }
}

/// The rows of an earlier run that stay. A last line that was cut off goes, and so do orders that
/// failed: they are asked for again, and each order still has one line.
fn kept(path: &Path, format: Format) -> Result<Vec<Row>, Trouble> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|e| format!("{name} cannot be read: {e}"))?,
    };
    let (lines, _cut_off) = text.split_at(text.rfind('\n').map_or(0, |end| end + 1));
    let mut rows = format
        .rows(lines)
        .map_err(|e| format!("{name} is no output of this program in this format: {e}"))?;
    rows.retain(|row| row.error.is_none());
    Ok(rows)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".resuming");
    name.into()
}
