//! The command line.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use certcentral_example_cli::{CliError, option};
use certcentral_transport_hyper::{Endpoint, RateLimit, order::ListOrders};
use lexopt::{Arg, Parser};

use crate::format::Format;

pub(crate) const USAGE: &str = "\
Lists every certificate of every order: primary certificates, reissues and duplicates.

Usage: certcentral-inventory [FILE] [OPTION]...

Without FILE, all orders of the account are listed. FILE has the ids of the orders to list, one on
each line; blank lines, and what follows a #, are ignored. With -, standard input is read.

  --filter NAME=VALUE  list only the orders with this filter of \"List orders\", such as
                       common_name=www.example.com or 'valid_till=<2027-01-31'; can be repeated
                       with other names
  --status STATUS      list only the orders with this status, such as issued; repeated, with any of
                       them
  --output FILE        the file to write, which must not exist (default: -, standard output)
  --resume             complete the output file of an earlier run: its orders are not queried
                       again, except those that failed
  --update             bring the output file of an earlier run of the account up to date: orders are
                       queried only if something may have changed; without a file, make one
  --format FORMAT      jsonl or csv (default: jsonl)
  --expiring-within N  the days within which the summary counts certificates as expiring
                       (default: 30)
  --concurrency N      the number of orders to query at once (default: 20)
  --rate-limit LIMIT   such as 100/5s,1000/180s, which is the default; or unlimited
  -h, --help           print this text

An order stays issued if only its certificate is revoked, and the account's list of orders does not
tell: give a FILE of ids to see the status of each primary certificate. With --status, or a --filter
that an order can cease to pass, another order can be missed if that happens meanwhile.

The exit code is 0 if every order was read, 1 if one was not, if the service listed fewer orders than
it says there are, or if something else failed, and 130 after Ctrl-C. A second Ctrl-C does not wait for the output to be written.
";

pub(crate) struct Args {
    pub(crate) orders: Orders,
    /// Standard output if there is none.
    pub(crate) output: Option<PathBuf>,
    pub(crate) resume: bool,
    pub(crate) update: bool,
    pub(crate) format: Format,
    pub(crate) expiring_within: u32,
    pub(crate) concurrency: NonZeroUsize,
    /// The default of the core if there is none.
    pub(crate) rate_limit: Option<RateLimit>,
}

/// Where the orders come from.
pub(crate) enum Orders {
    Account(ListOrders),
    File(PathBuf),
    StandardInput,
}

impl Args {
    /// Returns the arguments of this process, or `None` if they ask for help.
    pub(crate) fn parse() -> Result<Option<Self>, CliError> {
        let mut args = Self {
            orders: Orders::StandardInput,
            output: None,
            resume: false,
            update: false,
            format: Format::JsonLines,
            expiring_within: 30,
            concurrency: NonZeroUsize::MIN.saturating_add(19),
            rate_limit: None,
        };
        let (mut file, mut filters) = (None, Vec::new());
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("filter") => filters.push(option(&mut parser, "filter", filter)?),
                Arg::Long("status") => {
                    let status = parser.value()?.to_string_lossy().into_owned();
                    filters.push(("status".to_owned(), status));
                }
                Arg::Long("output") => args.output = Some(parser.value()?.into()),
                Arg::Long("resume") => args.resume = true,
                Arg::Long("update") => args.update = true,
                Arg::Long("format") => args.format = option(&mut parser, "format", str::parse)?,
                Arg::Long("expiring-within") => {
                    args.expiring_within = option(&mut parser, "expiring-within", str::parse)?;
                }
                Arg::Long("concurrency") => {
                    args.concurrency = option(&mut parser, "concurrency", str::parse)?;
                }
                Arg::Long("rate-limit") => {
                    args.rate_limit = Some(option(&mut parser, "rate-limit", rate_limit)?);
                }
                Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
                _ => return Err(arg.unexpected().into()),
            }
        }
        args.output = args.output.filter(|output| output.as_os_str() != "-");
        if args.resume && args.output.is_none() {
            return Err("--resume needs the --output file of the earlier run".into());
        }
        if args.update && (args.output.is_none() || args.resume) {
            return Err(
                "--update needs the --output file of an earlier run, and no --resume".into()
            );
        }
        // What is not listed could be gone, or not pass.
        if args.update && (file.is_some() || !filters.is_empty()) {
            return Err(
                "--update needs all orders of the account; leave out the file of ids, --filter \
                        and --status"
                    .into(),
            );
        }
        if file.is_some() && !filters.is_empty() {
            return Err("--filter and --status choose among the account's orders; leave them out \
                        with a file of ids"
                .into());
        }
        args.orders = match file {
            None => Orders::Account(list_orders(filters)?),
            Some(file) if file.as_os_str() == "-" => Orders::StandardInput,
            Some(file) => Orders::File(file),
        };
        Ok(Some(args))
    }
}

/// Sorted by id, so that an order that is placed while the pages are read comes last and moves no
/// other.
fn list_orders(filters: Vec<(String, String)>) -> Result<ListOrders, CliError> {
    let list = ListOrders::new().sort("order_id").limit(1000);
    let list = filters.into_iter().fold(list, |list, (name, value)| list.filter(name, value));
    list.check().map_err(|e| format!("--filter: {e}"))?;
    Ok(list)
}

fn filter(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("not like NAME=VALUE"),
    }
}

fn rate_limit(value: &str) -> Result<RateLimit, String> {
    if value == "unlimited" {
        return Ok(RateLimit::unlimited());
    }
    let windows: Option<Vec<_>> = value.split(',').map(window).collect();
    let windows = windows.ok_or("neither unlimited nor like 100/5s,1000/180s")?;
    RateLimit::windows(&windows).map_err(|e| e.to_string())
}

/// Reads `100/5s`: the number of requests in a number of seconds.
fn window(text: &str) -> Option<(u32, Duration)> {
    let (count, seconds) = text.strip_suffix('s')?.split_once('/')?;
    Some((count.parse().ok()?, Duration::from_secs(seconds.parse().ok()?)))
}
