//! The output file of an earlier run, to be completed.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    iter::{self, Peekable},
    path::Path,
};

use certcentral_example_cli::lock;
use certcentral_transport_hyper::OrderId;

use crate::{beside::Beside, error_kind::GONE, format::Format, row::Row};

/// Removes the rows of orders that failed or are incomplete from the file at `path`, and returns it
/// open for further rows. Calls `kept` with the rows of each order that stays. The message is to be
/// put behind the file's name.
///
/// The file is replaced in one step. Until then it is as it was.
pub(crate) fn reopen(
    path: &Path,
    format: Format,
    kept: impl FnMut(&[Row]),
) -> Result<File, String> {
    let earlier = Earlier::read(open(path)?, format)?;
    rewrite(path, format, earlier, kept).map_err(|failure| match failure {
        Failure::Line(e) => e,
        Failure::Io(e) => format!("cannot be rewritten: {e}"),
    })
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
    let beside = Beside::create(path, ".resuming", path)?;
    let mut file = BufWriter::new(&beside.file);
    file.write_all(format.head().as_bytes())?;
    while let Some(order) = earlier.next_whole().map_err(Failure::Line)? {
        file.write_all(&order.lines)?;
        kept(&order.rows);
    }
    file.flush()?;
    drop(file);
    beside.replace(path)?;
    // Locked until here: another run would remove the file that is to replace it.
    drop(earlier);
    Ok(beside.file.try_clone()?)
}

/// The orders in a file.
pub(crate) struct Earlier {
    lines: Peekable<Box<dyn Iterator<Item = Result<Line, String>>>>,
    /// Those that were whole.
    seen: HashSet<OrderId>,
}

struct Line {
    row: Row,
    text: Vec<u8>,
}

/// Lines of one order that follow each other.
pub(crate) struct Order {
    pub(crate) rows: Vec<Row>,
    pub(crate) lines: Vec<u8>,
}

impl Earlier {
    /// Reads a file that [`open`] has returned.
    pub(crate) fn read(file: File, format: Format) -> Result<Self, String> {
        let unreadable = |e| format!("cannot be read: {e}");
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
                return Err(format!("is in another format; run again with --format {other}"));
            }
            Some(None) => return Err("is not an output of this program".to_owned()),
            None => {} // the file is empty
        }
        let lines: Box<dyn Iterator<Item = _>> = Box::new(lines(reader, format));
        Ok(Self { lines: lines.peekable(), seen: HashSet::new() })
    }

    /// Returns the next order whose rows are all there, without an error.
    fn next_whole(&mut self) -> Result<Option<Order>, String> {
        while let Some(order) = self.next()? {
            if order.is_of_update() {
                return Err(
                    "has orders that failed in an --update and keep their lines; run that \
                            again in place of --resume"
                        .to_owned(),
                );
            }
            if order.is_whole()
                && order.rows.first().is_some_and(|row| self.seen.insert(row.order_id))
            {
                return Ok(Some(order));
            }
        }
        Ok(None)
    }

    /// Returns the next order.
    pub(crate) fn next(&mut self) -> Result<Option<Order>, String> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        let Line { row, text } = line?;
        let order_id = row.order_id;
        let mut order = Order { rows: vec![row], lines: text };
        let is_same =
            |line: &Result<Line, _>| line.as_ref().is_ok_and(|line| line.row.order_id == order_id);
        while let Some(Ok(Line { row, text })) = self.lines.next_if(is_same) {
            order.rows.push(row);
            order.lines.extend(text);
        }
        Ok(Some(order))
    }
}

impl Order {
    /// Whether it could not be read when the file was brought up to date. To query it again without
    /// keeping its lines could lose them.
    fn is_of_update(&self) -> bool {
        self.rows
            .iter()
            .any(|row| row.role.is_some() && !row.error.is_empty() && row.error_kind != GONE)
    }

    /// Whether all its rows are there, without an error. What is gone has no other rows to come.
    pub(crate) fn is_whole(&self) -> bool {
        self.rows.iter().all(|row| {
            let rows = row.certificates.map(|certificates| certificates.max(1));
            row.error.is_empty() && rows == Some(self.rows.len()) || row.error_kind == GONE
        })
    }
}

/// Opens the file of an earlier run, and locks it.
pub(crate) fn open(path: &Path) -> Result<File, String> {
    let unreadable = |e| format!("cannot be read: {e}");
    let file = File::open(path).map_err(unreadable)?;
    if !lock_at(&file, path).map_err(unreadable)? {
        return Err(BUSY.to_owned());
    }
    Ok(file)
}

/// To be put behind a file's name.
pub(crate) const BUSY: &str = "is being written by another run; wait for its end";

/// Locks the file at `path`, and returns whether it did: another run can have it, or have replaced it
/// after it was opened.
pub(crate) fn lock_at(file: &File, path: &Path) -> io::Result<bool> {
    Ok(lock(file) && is_at(file, path)?)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let (file, at) = (file.metadata()?, fs::metadata(path)?);
    Ok((file.dev(), file.ino()) == (at.dev(), at.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Reads the lines of a file. The last one is left out if it was cut off, and not if it lacks its line
/// break alone, as some editors leave it.
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
            format.row(&text).ok()?;
            text.push(b'\n');
        }
        number += 1;
        Some(match format.row(&text) {
            Ok(row) => Ok(Line { row, text }),
            Err(e) => Err(format!("is not an output of this program: line {number}: {e}")),
        })
    })
}
