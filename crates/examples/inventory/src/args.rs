//! The command line.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use certcentral_example_cli::{CliError, option};
use certcentral_transport_hyper::RateLimit;
use lexopt::{Arg, Parser};

use crate::format::Format;

pub(crate) const USAGE: &str = "\
Lists the reissues of many orders: one line for each order, and a summary at the end.

Usage: certcentral-inventory [FILE] [OPTION]...

FILE has the order ids, one on each line. Blank lines, and what follows a #, are ignored. Without
FILE, or with -, standard input is read.

  --output FILE        the file to write, which must not exist (default: standard output)
  --resume             complete the output file of an earlier run: its orders are not queried
                       again, except those that failed, whose lines are replaced
  --format FORMAT      jsonl or csv (default: jsonl)
  --expiring-within N  the days within which the summary counts certificates as expiring
                       (default: 30)
  --concurrency N      the number of orders to query at once (default: 20)
  --rate-limit LIMIT   such as 100/5s,1000/180s, which is the default; or unlimited
  -h, --help           print this text

The exit code is 0 if every order was read, 1 if one was not or something else failed, and 130 after
Ctrl-C.
";

pub(crate) struct Args {
    /// Standard input if there is none.
    pub(crate) input: Option<PathBuf>,
    /// Standard output if there is none.
    pub(crate) output: Option<PathBuf>,
    pub(crate) resume: bool,
    pub(crate) format: Format,
    pub(crate) expiring_within: u32,
    pub(crate) concurrency: NonZeroUsize,
    /// The default of the core if there is none.
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Args {
    /// Returns the arguments of this process, or `None` if they ask for help.
    pub(crate) fn parse() -> Result<Option<Self>, CliError> {
        let mut args = Self {
            input: None,
            output: None,
            resume: false,
            format: Format::JsonLines,
            expiring_within: 30,
            concurrency: NonZeroUsize::MIN.saturating_add(19),
            rate_limit: None,
        };
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("output") => args.output = Some(parser.value()?.into()),
                Arg::Long("resume") => args.resume = true,
                Arg::Long("format") => args.format = option(&mut parser, "format", format)?,
                Arg::Long("expiring-within") => {
                    args.expiring_within = option(&mut parser, "expiring-within", str::parse)?;
                }
                Arg::Long("concurrency") => {
                    args.concurrency = option(&mut parser, "concurrency", str::parse)?;
                }
                Arg::Long("rate-limit") => {
                    args.rate_limit = Some(option(&mut parser, "rate-limit", rate_limit)?);
                }
                Arg::Value(file) if args.input.is_none() => {
                    args.input = Some(file.into());
                }
                _ => return Err(arg.unexpected().into()),
            }
        }
        if args.resume && args.output.is_none() {
            return Err("--resume needs the --output of the earlier run".into());
        }
        args.input = args.input.filter(|input| input.as_os_str() != "-");
        Ok(Some(args))
    }
}

fn format(value: &str) -> Result<Format, &'static str> {
    match value {
        "jsonl" => Ok(Format::JsonLines),
        "csv" => Ok(Format::Csv),
        _ => Err("neither jsonl nor csv"),
    }
}

fn rate_limit(value: &str) -> Result<RateLimit, String> {
    if value == "unlimited" {
        return Ok(RateLimit::unlimited());
    }
    let windows: Option<Vec<_>> = value.split(',').map(window).collect();
    let windows = windows.ok_or("neither unlimited nor such as 100/5s,1000/180s")?;
    RateLimit::windows(&windows).map_err(|e| e.to_string())
}

/// Reads `100/5s`: the number of requests in a number of seconds.
fn window(text: &str) -> Option<(u32, Duration)> {
    let (count, seconds) = text.strip_suffix('s')?.split_once('/')?;
    Some((count.parse().ok()?, Duration::from_secs(seconds.parse().ok()?)))
}
