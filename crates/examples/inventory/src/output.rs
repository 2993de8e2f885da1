//! Where the rows go: standard output, a new file, or the file of an earlier run.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::Client;

use crate::{
    args::{Args, Orders},
    format::Format,
    orders::Target,
    origin::Origin,
    resume,
    row::Row,
    state::{self, Seen, State},
    update::{Update, mark},
};

/// A sink for whole orders.
pub(crate) struct Output {
    format: Format,
    sink: Box<dyn Write>,
    /// The name of the file, and the path of the one beside it, if the orders are of an account.
    beside: Option<(String, PathBuf)>,
    /// The file beside it, from [`begin`](Self::begin) on.
    state: Option<State>,
    is_new: bool,
    /// When the run began, as in [`Origin::time`].
    time: i64,
    update: Option<Update>,
}

impl Output {
    /// Opens the output, and calls `kept` with the rows of each order that it has already. Those of
    /// an output that is brought up to date are [kept](Self::keep) or written one by one.
    pub(crate) fn open(args: &Args, kept: impl FnMut(&[Row])) -> Result<Self, CliError> {
        let format = args.format;
        let Some(path) = &args.output else {
            let output = Self::new(format, Box::new(io::stdout())).with_head();
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
        let is_new = !(path.exists() && (args.resume || args.update));
        let mut output =
            if is_new { Self::create(path, format)? } else { Self::reopen(path, args, kept)? };
        output.is_new = is_new;
        if matches!(args.orders, Orders::Account(_)) {
            let state = fs::canonicalize(path).map(|path| state::path(&path));
            let state = state.map_err(|e| format!("cannot read {name}: {e}"))?;
            output.beside = Some((name.to_string(), state));
        }
        Ok(output)
    }

    fn reopen(path: &Path, args: &Args, kept: impl FnMut(&[Row])) -> Result<Self, CliError> {
        let name = path.display();
        // A symbolic link stays one: what it points to is replaced.
        let path = fs::canonicalize(path).map_err(|e| format!("cannot read {name}: {e}"))?;
        let output = if args.resume {
            resume::reopen(&path, args.format, kept)
                .map(|file| Self::new(args.format, Box::new(file)))
        } else {
            Self::update(&path, args.format)
        };
        Ok(output.map_err(|e| format!("{name} {e}"))?)
    }

    fn create(path: &Path, format: Format) -> Result<Self, CliError> {
        let output = File::create_new(path).and_then(|file| {
            if !resume::lock_at(&file, path)? {
                return Err(ErrorKind::ResourceBusy.into());
            }
            Self::new(format, Box::new(file)).with_head()
        });
        output.map_err(|e| {
            let name = path.display();
            CliError(match e.kind() {
                ErrorKind::AlreadyExists => format!(
                    "{name} exists; complete it with --resume, bring it up to date with --update, or \
                     remove it"
                ),
                ErrorKind::ResourceBusy => format!("{name} {}", resume::BUSY),
                _ => format!("cannot create {name}: {e}"),
            })
        })
    }

    fn update(path: &Path, format: Format) -> Result<Self, String> {
        let update = Update::open(path, format)?;
        let failed = |e| format!("cannot be replaced: {e}");
        let file = update.file().try_clone().map_err(failed)?;
        let output = Self::new(format, Box::new(file));
        Ok(Self { update: Some(update), ..output.with_head().map_err(failed)? })
    }

    fn new(format: Format, sink: Box<dyn Write>) -> Self {
        Self { format, sink, beside: None, state: None, is_new: false, time: 0, update: None }
    }

    fn with_head(mut self) -> io::Result<Self> {
        self.sink.write_all(self.format.head().as_bytes())?;
        Ok(self)
    }

    /// Asks what must be known before the first order, and whether the file is of this account.
    pub(crate) async fn begin(&mut self, client: &Client) -> Result<(), CliError> {
        let Some((name, path)) = &self.beside else { return Ok(()) };
        let origin = Origin::of(client).await?;
        self.time = origin.time;
        let state = match &mut self.update {
            Some(update) => update.begin(client, &origin).await,
            None => State::open(path, &origin, self.is_new),
        };
        self.state = Some(state.map_err(|e| format!("{name} {e}"))?);
        Ok(())
    }

    /// Returns whether the file of an earlier run stays as it is until [`finish`](Self::finish).
    pub(crate) fn is_update(&self) -> bool {
        self.update.is_some()
    }

    /// Writes the rows that an order has in the earlier output, and returns them, if it need not be
    /// queried.
    pub(crate) fn keep(&mut self, target: &Target) -> io::Result<Option<Vec<Row>>> {
        let Some(update) = &mut self.update else { return Ok(None) };
        let Some((rows, seen)) = update.keep(target)? else { return Ok(None) };
        self.write_rows(&rows, Some(seen))?;
        Ok(Some(rows))
    }

    /// Writes the rows of an order that was queried, and returns what was written: an order that
    /// cannot be read now keeps its earlier rows with the error. `row` is the fingerprint of what the
    /// list says of it.
    pub(crate) fn write(&mut self, mut rows: Vec<Row>, row: Option<u64>) -> io::Result<Vec<Row>> {
        let is_failure = rows.iter().any(|row| !row.error.is_empty());
        let order_id = rows.first().map(|row| row.order_id);
        if let (Some(update), Some(order_id)) = (&mut self.update, order_id) {
            let earlier = update.take(order_id)?;
            if let (true, Some(mut earlier), Some(row)) = (is_failure, earlier, rows.first()) {
                mark(&mut earlier, &row.error_kind, &row.error);
                rows = earlier;
            }
        }
        let seen = row.filter(|_| !is_failure).map(|row| Seen { row, time: self.time });
        self.write_rows(&rows, seen)?;
        Ok(rows)
    }

    /// Ends an output to which every order that is listed was written. Calls `gone` with the rows of
    /// each order that is not listed any more.
    pub(crate) fn finish(mut self, mut gone: impl FnMut(&[Row])) -> io::Result<()> {
        let Some(mut update) = self.update.take() else { return Ok(()) };
        for rows in update.gone()? {
            let rows = rows?;
            self.write_rows(&rows, None)?;
            gone(&rows);
        }
        self.state.map_or(Ok(()), State::finish)?;
        update.finish()
    }

    fn write_rows(&mut self, rows: &[Row], seen: Option<Seen>) -> io::Result<()> {
        let mut lines = Vec::new();
        for row in rows {
            lines.append(&mut self.format.line(row)?);
        }
        // In one piece, so that little is left of an order if the program is killed in between.
        self.sink.write_all(&lines)?;
        self.sink.flush()?;
        match (&mut self.state, seen, rows.first()) {
            (Some(state), Some(seen), Some(row)) => state.add(row.order_id, seen, &lines),
            _ => Ok(()),
        }
    }
}
