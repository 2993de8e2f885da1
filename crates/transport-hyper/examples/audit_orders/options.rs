//! What the command line says.

use std::{env, ffi::OsString, num::NonZeroUsize, path::PathBuf, str::FromStr, time::Duration};

use certcentral_core::RateLimit;

use crate::{format::Format, trouble::Trouble};

pub(crate) const USAGE: &str = "usage: audit_orders [FILE] [OPTION]...

Asks for the reissues of every order whose id is in FILE, or on standard input: one a line; blank
lines, and what follows a #, are passed over. A line about each order is written when its answer
is there, a summary at the end.

  --output FILE        write the lines there, and not to standard output; FILE must be new
  --resume             complete the output file of an earlier run: its orders are not asked for
                       again, except those that failed, whose lines go
  --format FORMAT      jsonl, which is the default, or csv
  --expiring-within N  days that are soon, in the summary (default: 30)
  --concurrency N      orders that are asked for at once (default: 20)
  --rate-limit LIMIT   such as 100/5s,1000/180s, which is the default; or unlimited
  --help               this text
";

pub(crate) struct Options {
    pub(crate) input: Option<PathBuf>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) resume: bool,
    pub(crate) format: Format,
    pub(crate) expiring_within: u32,
    pub(crate) concurrency: NonZeroUsize,
    /// The core's own if there is none.
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Options {
    /// What is wanted; nothing, if help is.
    pub(crate) fn read() -> Result<Option<Self>, Trouble> {
        let mut options = Self {
            input: None,
            output: None,
            resume: false,
            format: Format::JsonLines,
            expiring_within: 30,
            concurrency: NonZeroUsize::MIN.saturating_add(19),
            rate_limit: None,
        };
        let mut arguments = env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            let name = argument.to_string_lossy();
            let mut value = || arguments.next().ok_or(format!("{name} wants a value after it"));
            match name.as_ref() {
                "--help" => return Ok(None),
                "--output" => options.output = Some(value()?.into()),
                "--resume" => options.resume = true,
                "--format" => options.format = format(&value()?)?,
                "--expiring-within" => options.expiring_within = number(&name, &value()?)?,
                "--concurrency" => options.concurrency = number(&name, &value()?)?,
                "--rate-limit" => options.rate_limit = Some(rate_limit(&value()?)?),
                "-" => options.input = None,
                file if !file.starts_with('-') && options.input.is_none() => {
                    options.input = Some(argument.into());
                }
                other => return Err(format!("`{other}` is not understood; try --help").into()),
            }
        }
        if options.resume && options.output.is_none() {
            return Err(Trouble("--resume wants the earlier run's --output too".to_owned()));
        }
        Ok(Some(options))
    }
}

fn format(value: &OsString) -> Result<Format, Trouble> {
    match value.to_str() {
        Some("jsonl") => Ok(Format::JsonLines),
        Some("csv") => Ok(Format::Csv),
        _ => Err(Trouble("--format is jsonl or csv".to_owned())),
    }
}

fn number<N: FromStr>(name: &str, value: &OsString) -> Result<N, Trouble> {
    let value = value.to_string_lossy();
    value.parse().map_err(|_| Trouble(format!("`{value}` is no number for {name}")))
}

fn rate_limit(value: &OsString) -> Result<RateLimit, Trouble> {
    let value = value.to_string_lossy();
    if value == "unlimited" {
        return Ok(RateLimit::unlimited());
    }
    let windows: Option<Vec<_>> = value.split(',').map(window).collect();
    let windows = windows.ok_or_else(|| {
        Trouble("--rate-limit is unlimited, or such as 100/5s,1000/180s".to_owned())
    })?;
    Ok(RateLimit::windows(&windows)?)
}

/// `100/5s`: so many requests in so many seconds.
fn window(text: &str) -> Option<(u32, Duration)> {
    let (count, seconds) = text.strip_suffix('s')?.split_once('/')?;
    Some((count.parse().ok()?, Duration::from_secs(seconds.parse().ok()?)))
}
