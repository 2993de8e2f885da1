//! The output file of an earlier run, to be completed.

use std::{
    collections::HashSet,
    ffi::OsString,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    iter::{self, Peekable},
    path::{Path, PathBuf},
};

use certcentral_example_cli::{CliError, lock};
use certcentral_transport_hyper::OrderId;

use crate::{format::Format, row::Row};

/// Removes the rows of orders that failed or are incomplete from the file at `path`, and returns it
/// open for further rows. Calls `kept` with the rows of each order that stays.
///
/// The file is replaced in one step. Until then it is as it was.
pub(crate) fn reopen(
    path: &Path,
    format: Format,
    kept: impl FnMut(&[Row]),
) -> Result<File, CliError> {
    let name = path.display();
    // A symbolic link stays one: what it points to is replaced.
    let path = fs::canonicalize(path).map_err(|e| format!("cannot read {name}: {e}"))?;
    let earlier = Earlier::open(&path, format).map_err(|e| format!("{name} {e}"))?;
    match rewrite(&path, format, earlier, kept) {
        Ok(file) => Ok(file),
        Err(Failure::Line(e)) => Err(format!("{name} {e}").into()),
        Err(Failure::Io(e)) => Err(format!("cannot rewrite {name}: {e}").into()),
    }
}

enum Failure {
    /// A line is not one of this program's.
    Line(String),
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn rewrite(
    path: &Path,
    format: Format,
    mut earlier: Earlier,
    mut kept: impl FnMut(&[Row]),
) -> Result<File, Failure> {
    let beside = Beside::of(path);
    let mut file = BufWriter::new(File::create(&beside.0)?);
    lock(file.get_ref());
    fs::set_permissions(&beside.0, fs::metadata(path)?.permissions())?;
    file.write_all(format.head().as_bytes())?;
    while let Some(order) = earlier.next_order().map_err(Failure::Line)? {
        file.write_all(&order.lines)?;
        kept(&order.rows);
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    drop(earlier);
    fs::rename(&beside.0, path)?;
    Ok(file)
}

/// The file that is to replace another. It is removed unless it did.
struct Beside(PathBuf);

impl Beside {
    fn of(path: &Path) -> Self {
        let mut name = OsString::from(path);
        name.push(".resuming");
        Self(name.into())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It is not there if it has the other's name now.
        let _ = fs::remove_file(&self.0);
    }
}

/// The whole orders in a file.
struct Earlier {
    lines: Peekable<Box<dyn Iterator<Item = Result<Line, String>>>>,
    seen: HashSet<OrderId>,
}

struct Line {
    row: Row,
    text: Vec<u8>,
}

struct Order {
    rows: Vec<Row>,
    lines: Vec<u8>,
}

impl Earlier {
    fn open(path: &Path, format: Format) -> Result<Self, String> {
        let unreadable = |e| format!("cannot be read: {e}");
        let file = File::open(path).map_err(unreadable)?;
        if !lock(&file) {
            return Err("is being written by another run; wait for its end".to_owned());
        }
        let mut reader = BufReader::new(file);
        let start = reader.fill_buf().map_err(unreadable)?;
        let first_line = start.split_inclusive(|&byte| byte == b'\n').next();
        // A heading that was cut off is not a line, as any other.
        let is_cut_off = |line: &[u8]| {
            let heading = format.head().as_bytes();
            line.len() < heading.len() && heading.starts_with(line)
        };
        let first_line = first_line.filter(|line| !is_cut_off(line));
        match first_line.map(Format::of_first_line) {
            Some(Some(found)) if found == format => {
                let heading = format.head().len();
                reader.consume(heading);
            }
            Some(Some(other)) => {
                return Err(format!("is in another format; resume it with --format {other}"));
            }
            Some(None) => return Err("is not an output of this program".to_owned()),
            None => {} // the file is empty
        }
        let lines: Box<dyn Iterator<Item = _>> = Box::new(lines(reader, format));
        Ok(Self { lines: lines.peekable(), seen: HashSet::new() })
    }

    /// Returns the next order whose rows are all there, without an error.
    fn next_order(&mut self) -> Result<Option<Order>, String> {
        while let Some(line) = self.lines.next() {
            let Line { row, text } = line?;
            let order_id = row.order_id;
            let mut order = Order { rows: vec![row], lines: text };
            let is_same = |line: &Result<Line, _>| {
                line.as_ref().is_ok_and(|line| line.row.order_id == order_id)
            };
            while let Some(Ok(Line { row, text })) = self.lines.next_if(is_same) {
                order.rows.push(row);
                order.lines.extend(text);
            }
            if order.is_whole() && self.seen.insert(order_id) {
                return Ok(Some(order));
            }
        }
        Ok(None)
    }
}

impl Order {
    fn is_whole(&self) -> bool {
        self.rows.iter().all(|row| {
            let rows = row.certificates.map(|certificates| certificates.max(1));
            row.error.is_empty() && rows == Some(self.rows.len())
        })
    }
}

/// Reads the lines of a file. The last one is left out if it was cut off.
fn lines(
    mut reader: BufReader<File>,
    format: Format,
) -> impl Iterator<Item = Result<Line, String>> {
    let mut number = format.head().lines().count();
    iter::from_fn(move || {
        let mut text = Vec::new();
        if let Err(e) = reader.read_until(b'\n', &mut text) {
            return Some(Err(format!("cannot be read: {e}")));
        }
        if text.last() != Some(&b'\n') {
            return None;
        }
        number += 1;
        Some(match format.row(&text) {
            Ok(row) => Ok(Line { row, text }),
            Err(e) => Err(format!("is not an output of this program: line {number}: {e}")),
        })
    })
}
