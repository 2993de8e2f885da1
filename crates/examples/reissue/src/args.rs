//! The command line.

use std::{path::PathBuf, time::Duration};

use certcentral_example_cli::{CliError, option};
use certcentral_transport_ureq::OrderId;
use lexopt::{Arg, Parser};

pub(crate) const USAGE: &str = "\
Reissues the certificate of an order, waits for it, and saves it.

Usage: certcentral-reissue ORDER_ID [OPTION]...

It makes a key and a CSR, requests the reissue, approves the request, waits until the certificate is
issued, checks that it is for the key, and writes

  ORDER_ID.key  the private key (mode 600)
  ORDER_ID.csr  the CSR
  ORDER_ID.pem  the certificate and its intermediates

No file is overwritten. After an interruption, run it again: with the same CSR it goes on with the
reissue that it requested.

  --csr FILE           the CSR to send, PEM, in place of a new key and CSR
  --name NAME          a name for the certificate, the first is the common name; can be repeated
                       (default: those of the CSR, else those of the order)
  --directory DIR      where to write the files (default: the working directory)
  --no-approval        leave the request for somebody else to approve
  --replace-pending    request the reissue even if another one of the order is pending, which it
                       replaces
  --interval SECONDS   the longest pause between two looks at the order's reissues (default: 30)
  --timeout SECONDS    give up after this time; the request stays (default: 3600)
  -h, --help           print this text

The exit code is 0 if the certificate was saved, and 1 if not.
";

pub(crate) struct Args {
    pub(crate) order_id: OrderId,
    pub(crate) csr: Option<PathBuf>,
    pub(crate) names: Vec<String>,
    /// The working directory if there is none.
    pub(crate) directory: Option<PathBuf>,
    pub(crate) approves: bool,
    pub(crate) replaces_pending: bool,
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
}

impl Args {
    /// Returns the arguments of this process, or `None` if they ask for help.
    pub(crate) fn parse() -> Result<Option<Self>, CliError> {
        let mut args = Self {
            order_id: OrderId(0),
            csr: None,
            names: Vec::new(),
            directory: None,
            approves: true,
            replaces_pending: false,
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(3600),
        };
        let mut order_id = None;
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("csr") => args.csr = Some(parser.value()?.into()),
                Arg::Long("name") => args.names.push(option(&mut parser, "name", name)?),
                Arg::Long("directory") => args.directory = Some(parser.value()?.into()),
                Arg::Long("no-approval") => args.approves = false,
                Arg::Long("replace-pending") => args.replaces_pending = true,
                Arg::Long("interval") => args.interval = option(&mut parser, "interval", seconds)?,
                Arg::Long("timeout") => args.timeout = option(&mut parser, "timeout", seconds)?,
                Arg::Value(value) if order_id.is_none() => {
                    order_id = Some(value.to_string_lossy().parse()?);
                }
                _ => return Err(arg.unexpected().into()),
            }
        }
        args.order_id = order_id.ok_or("the id of an order is missing; see --help")?;
        Ok(Some(args))
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        Err("the name is empty")
    } else if text.is_ascii() {
        Ok(text.to_owned())
    } else {
        Err("not ASCII; give an international name in its xn-- form")
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or("not a number of seconds")
}
