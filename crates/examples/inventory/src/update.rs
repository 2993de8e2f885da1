//! Bringing the output of an earlier run up to date.
//!
//! An order keeps its lines if its row in the list is as it was and has nothing more to tell, or
//! nothing that can have changed: see [`Update::keep`].

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::{
    Client, OrderId,
    order::{CertificateRole, Order, StatusChanges},
};

use crate::{
    beside::Beside,
    certificates::has_more,
    error_kind::GONE,
    format::Format,
    orders::Target,
    origin::Origin,
    resume,
    row::Row,
    state::{self, Seen, State, fingerprint},
};

/// The output of an earlier run, and the one that is to replace it.
pub(crate) struct Update {
    format: Format,
    path: PathBuf,
    /// Of which account the output is; unknown if it has no orders.
    origin: Option<Origin>,
    /// The orders of the earlier run that were not listed yet.
    orders: HashMap<OrderId, Held>,
    /// Further lines of those whose lines somebody has moved apart.
    apart: HashMap<OrderId, Vec<(u64, usize)>>,
    /// The orders whose status has changed since then, if that can be known.
    changed: Option<HashSet<OrderId>>,
    now: i64,
    /// Whether any order of the earlier run was listed.
    is_listed: bool,
    output: Beside,
    state: Option<Beside>,
    /// The last to be dropped: until then it is locked, and another run leaves the files above.
    earlier: File,
}

/// Lines of the earlier output.
struct Held {
    at: u64,
    len: usize,
    /// `None` if they are not whole, or not as the run wrote them.
    seen: Option<Seen>,
    is_whole: bool,
    /// Whether a reissue or duplicate is neither issued nor rejected.
    is_open: bool,
}

/// Status changes can be told for seven days, and are asked for with an hour more.
const LIMIT: i64 = 7 * 24 * HOUR - HOUR;
/// For what the service's lists show late, and for clocks of servers that differ.
const HOUR: i64 = 60 * 60;

impl Update {
    /// Reads and locks the file at `path`. The message is to be put behind its name.
    pub(crate) fn open(path: &Path, format: Format) -> Result<Self, String> {
        let earlier = resume::open(path)?;
        let unreadable = |e| format!("cannot be read: {e}");
        let seen = state::Earlier::read(&state::path(path))?;
        let origin = seen.as_ref().map(|seen| seen.origin.clone());
        let (orders, apart) = index(earlier.try_clone().map_err(unreadable)?, format, seen)?;
        if origin.is_none() && !orders.is_empty() {
            return Err(format!(
                "cannot be updated: {}, which a run of the account leaves beside its output, is \
                 missing; write another file",
                state::path(path).display()
            ));
        }
        let output = Beside::create(path, ".updating", path);
        let output = output.map_err(|e| format!("cannot be replaced: {e}"))?;
        let path = path.to_owned();
        let (changed, now, state) = (None, 0, None);
        Ok(Self {
            format,
            path,
            origin,
            orders,
            apart,
            changed,
            now,
            is_listed: false,
            output,
            state,
            earlier,
        })
    }

    /// Returns the file that is to replace the earlier one.
    pub(crate) fn file(&self) -> &File {
        &self.output.file
    }

    /// Asks what has changed, and begins the file beside the output. The message is to be put behind
    /// the output's name.
    pub(crate) async fn begin(
        &mut self,
        client: &Client,
        origin: &Origin,
    ) -> Result<State, String> {
        self.now = origin.time;
        if let Some(earlier) = &self.origin {
            origin.check(earlier)?;
            let since = self.now.saturating_sub(earlier.time);
            if is_recent(since) {
                let time = Duration::from_secs((since + HOUR).max(1).unsigned_abs());
                let changed = client.send(StatusChanges::within(time)).await;
                let changed =
                    changed.map_err(|e| format!("cannot be updated: {}", CliError::from(e)))?;
                self.changed = Some(changed.orders.iter().map(|order| order.order_id).collect());
            }
        }
        let state = Beside::create(&state::path(&self.path), ".updating", &self.path);
        let file = state.and_then(|state| self.state.insert(state).file.try_clone());
        let state = file.and_then(|file| State::begin(Box::new(BufWriter::new(file)), origin));
        state.map_err(|e| format!("cannot be updated: {e}"))
    }

    /// Returns the rows of an order that need not be queried.
    ///
    /// Its row in the list must be as it was. If there is more than the row, three further things
    /// must be known: the list of status changes does not have it, no reissue or duplicate waits for
    /// something, and it was queried within seven days. The last is for what no list shows: that one
    /// of several certificates was revoked or archived.
    pub(crate) fn keep(&mut self, target: &Target) -> io::Result<Option<(Vec<Row>, Seen)>> {
        let Target::Listed(order) = target else { return Ok(None) };
        let Some(held) = self.orders.get(&order.id) else { return Ok(None) };
        match held.seen {
            Some(seen) if self.is_as_it_was(order, held, seen) => {
                Ok(self.take(order.id)?.map(|rows| (rows, seen)))
            }
            _ => Ok(None),
        }
    }

    fn is_as_it_was(&self, order: &Order, held: &Held, seen: Seen) -> bool {
        let is_quiet = || {
            let changed = self.changed.as_ref();
            changed.is_some_and(|changed| !changed.contains(&order.id))
                && !held.is_open
                && is_recent(self.now.saturating_sub(seen.time))
        };
        fingerprint(order) == Some(seen.row) && (!has_more(order) || is_quiet())
    }

    /// Returns the earlier rows of an order that was listed, if there are any.
    pub(crate) fn take(&mut self, order_id: OrderId) -> io::Result<Option<Vec<Row>>> {
        let Some(held) = self.orders.remove(&order_id) else { return Ok(None) };
        self.is_listed = true;
        self.rows(order_id, &held).map(Some)
    }

    /// Returns the marked rows of each order that was not listed.
    pub(crate) fn gone(&mut self) -> io::Result<impl Iterator<Item = io::Result<Vec<Row>>>> {
        // It is of another account that its key may not tell, or the list is not what it should be.
        if !self.is_listed && !self.orders.is_empty() {
            return Err(io::Error::other("the service lists none of its orders any more"));
        }
        let mut gone: Vec<_> = self.orders.drain().collect();
        gone.sort_by_key(|(_, held)| held.at);
        Ok(gone.into_iter().map(|(order_id, held)| {
            let mut rows = self.rows(order_id, &held)?;
            mark(&mut rows, GONE, "the list of orders does not have it any more");
            Ok(rows)
        }))
    }

    /// Replaces the earlier output.
    pub(crate) fn finish(self) -> io::Result<()> {
        let state = self.state.as_ref();
        // Before either is replaced, as a disk may turn out to be full.
        state.map_or(Ok(()), |state| state.file.sync_all())?;
        self.output.replace(&self.path)?;
        state.map_or(Ok(()), |state| state.replace(&state::path(&self.path)))
    }

    fn rows(&self, order_id: OrderId, held: &Held) -> io::Result<Vec<Row>> {
        let mut rows = Vec::new();
        let apart = self.apart.get(&order_id).into_iter().flatten();
        for &(at, len) in [(held.at, held.len)].iter().chain(apart) {
            let mut lines = vec![0; len];
            let mut file = &self.earlier;
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut lines)?;
            for line in lines.split_inclusive(|&byte| byte == b'\n') {
                rows.push(self.format.row(line).map_err(|e| io::Error::other(e.to_string()))?);
            }
        }
        Ok(rows)
    }
}

/// Marks the rows of an order that cannot be read now.
pub(crate) fn mark(rows: &mut [Row], error_kind: &str, error: &str) {
    for row in rows {
        error_kind.clone_into(&mut row.error_kind);
        error.clone_into(&mut row.error);
    }
}

type Index = (HashMap<OrderId, Held>, HashMap<OrderId, Vec<(u64, usize)>>);

/// Finds the lines of each order. If it has several in different places, those that are whole are its,
/// or else all of them.
fn index(file: File, format: Format, mut seen: Option<state::Earlier>) -> Result<Index, String> {
    let (mut orders, mut apart) = (HashMap::<_, Held>::new(), HashMap::<_, Vec<_>>::new());
    let end = file.metadata().map_err(|e| format!("cannot be read: {e}"))?.len();
    let mut at = format.head().len() as u64;
    let mut earlier = resume::Earlier::read(file, format)?;
    while let Some(order) = earlier.next()? {
        let Some(order_id) = order.rows.first().map(|row| row.order_id) else { continue };
        let seen = seen.as_mut().and_then(|seen| seen.take(order_id, &order.lines));
        let is_open = order.rows.iter().any(is_open);
        let is_whole = seen.is_some() || order.is_whole();
        // The last line break may be missing.
        let next = at.saturating_add(order.lines.len() as u64).min(end);
        let len = usize::try_from(next.saturating_sub(at)).unwrap_or(usize::MAX);
        let held = Held { at, len, seen, is_whole, is_open };
        at = next;
        match orders.get(&order_id) {
            Some(known) if !is_whole && known.is_whole => {}
            Some(_) if !is_whole => apart.entry(order_id).or_default().push((held.at, len)),
            _ => {
                apart.remove(&order_id);
                orders.insert(order_id, held);
            }
        }
    }
    Ok((orders, apart))
}

fn is_open(row: &Row) -> bool {
    row.role != Some(CertificateRole::Primary)
        && row.serial_number.is_none()
        && row.status.as_deref() != Some("rejected")
}

/// Whether a time ago can be covered by status changes.
fn is_recent(seconds: i64) -> bool {
    (-HOUR..=LIMIT).contains(&seconds)
}
