//! What a run has seen, in a file beside its output, so that a later one can tell what has changed.
//!
//! An entry holds for the very lines that it was made for and for no others. So it does not matter in
//! which order the two files reach the disk, whether one of them is a copy of last week, or whether
//! somebody has edited a line: the order is then queried again.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, Write},
    path::{Path, PathBuf},
};

use certcentral_example_cli::file::beside;
use certcentral_transport_hyper::{OrderId, order::Order};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::origin::Origin;

/// What a run has seen of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The [`fingerprint`] of its row in the list.
    pub(crate) row: u64,
    /// When it was queried, as in [`Origin::time`].
    pub(crate) time: i64,
}

/// A line of the file but the first, which is an [`Origin`]: order, row, lines and time.
#[derive(Serialize, Deserialize)]
struct Entry(OrderId, u64, u64, i64);

/// The file of the run that is under way.
pub(crate) struct State(Box<dyn Write>);

impl State {
    pub(crate) fn begin(mut file: Box<dyn Write>, origin: &Origin) -> io::Result<Self> {
        write_line(&mut file, origin)?;
        Ok(Self(file))
    }

    /// Goes on with the file at `path`, which must be of the same account. Begins it if there is none,
    /// or if the output is new: what is there is of one that was removed.
    pub(crate) fn open(path: &Path, origin: &Origin, is_new: bool) -> Result<Self, String> {
        let earlier = Earlier::read(path)?.filter(|_| !is_new);
        if let Some(earlier) = &earlier {
            origin.check(&earlier.origin)?;
        }
        let file: io::Result<Self> = match earlier {
            Some(earlier) if earlier.origin.is_of_this_version() => {
                File::options().append(true).open(path).map(|file| Self(Box::new(file)))
            }
            _ => File::create(path).and_then(|file| Self::begin(Box::new(file), origin)),
        };
        file.map_err(|e| format!("{} cannot be written: {e}", path.display()))
    }

    /// Adds an order with its `lines` in the output.
    pub(crate) fn add(&mut self, order_id: OrderId, seen: Seen, lines: &[u8]) -> io::Result<()> {
        write_line(&mut self.0, &Entry(order_id, seen.row, hash(lines), seen.time))
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What an earlier run has seen.
pub(crate) struct Earlier {
    pub(crate) origin: Origin,
    orders: HashMap<OrderId, (Seen, u64)>,
}

impl Earlier {
    /// Reads the file at `path`, if there is one. What a killed run has left of an entry is passed
    /// over.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, String> {
        let name = path.display();
        let failed = |e| format!("needs {name}, which cannot be read: {e}");
        let file = match File::open(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(failed)?,
        };
        let mut lines = BufReader::new(file).split(b'\n');
        let first = lines.next().transpose().map_err(failed)?.unwrap_or_default();
        if first.is_empty() {
            return Ok(None);
        }
        // To write over what somebody else has put there would be a surprise.
        let origin: Origin = serde_json::from_slice(&first)
            .map_err(|_| format!("needs {name}, which is not a file of this program; move it"))?;
        let mut orders = HashMap::new();
        if !origin.is_of_this_version() {
            return Ok(Some(Self { origin, orders }));
        }
        for line in lines {
            if let Ok(Entry(id, row, hash, time)) = serde_json::from_slice(&line.map_err(failed)?) {
                orders.insert(id, (Seen { row, time }, hash));
            }
        }
        Ok(Some(Self { origin, orders }))
    }

    /// Returns what was seen of an order that has these lines in the output.
    pub(crate) fn take(&mut self, order_id: OrderId, lines: &[u8]) -> Option<Seen> {
        let (seen, of_lines) = self.orders.remove(&order_id)?;
        (of_lines == hash(lines)).then_some(seen)
    }
}

/// Returns the path of the file beside `output`.
pub(crate) fn path(output: &Path) -> PathBuf {
    beside(output, ".state")
}

/// Returns a number for what decides on an order's lines in its row of the list. The days that remain
/// change each day, and what this program does not know can change for no reason. `None` is like no
/// other.
pub(crate) fn fingerprint(order: &Order) -> Option<u64> {
    let certificate = order.certificate.clone().map(|mut certificate| {
        certificate.days_remaining = None;
        certificate.extra.clear();
        certificate
    });
    let dates = (
        order.date_created.map(OffsetDateTime::unix_timestamp),
        order.order_valid_till.map(Date::to_julian_day),
    );
    let row = (
        (order.id, &order.status, &order.product_name_id, certificate, dates, order.number_of_sans),
        (order.has_reissues, order.reissues_count, order.has_duplicates, order.duplicates_count),
    );
    Some(hash(&serde_json::to_vec(&row).ok()?))
}

/// FNV-1a, which is the same in every version of this program.
fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

fn write_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line)
}
