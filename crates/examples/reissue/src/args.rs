//! The command line.

use std::{path::PathBuf, time::Duration};

use certcentral_example_cli::{CliError, option};
use certcentral_transport_ureq::{DcvMethod, OrderId};
use lexopt::{Arg, Parser, ValueExt as _};

pub(crate) const USAGE: &str = "\
Reissues the certificate of an order, waits for it, and saves it.

Usage: certcentral-reissue ORDER_ID [OPTION]...
       certcentral-reissue --due [DAYS] [OPTION]...

It makes a key and a CSR, requests the reissue, approves the request, shows control of the names,
waits until the certificate is issued, checks that it is for the key, and writes

  ORDER_ID.key  the private key (mode 600)
  ORDER_ID.csr  the CSR
  ORDER_ID.pem  the certificate and its intermediates

No file is overwritten. After an interruption, run it again: ORDER_ID.json, which is there until all is
done, tells what was requested, and it goes on with that.

  --due [DAYS]         reissue every order of the account whose certificate ends within DAYS (default:
                       30) and whose next step is a reissue, and go on with those that were begun
  --renew              with --due, also renew every order that ends within DAYS: a new order, which
                       costs money
  --csr FILE           the CSR to send, PEM, in place of a new key and CSR
  --name NAME          a name for the certificate, the first is the common name; can be repeated
                       (default: those of the order and of the CSR)
  --remove-names       leave out names of the order that no --name gives; the service then revokes the
                       order's certificates within 72 hours
  --directory DIR      where to write the files (default: the working directory)
  --live LINK          write the files to a new folder in DIR, and switch the symbolic link LINK to it
                       once key and certificate are there; {order} in LINK is the id in their names
  --hook PROGRAM       run this after the certificate was saved, and LINK was switched
  --validation METHOD  how control of names is shown: dns-txt-token (default), dns-cname-token,
                       http-token or http-token-dynamic
  --publish PROGRAM    run this for each record or file that shows control of names (default: print
                       what to publish, and wait)
  --unpublish PROGRAM  run this for each of them at the end
  --no-approval        leave the request for somebody else to approve
  --replace-pending    request the reissue even if another one of the order is pending, which it
                       replaces
  --dry-run            print what would be requested, and change nothing
  --json               print each event as a line of JSON
  --interval SECONDS   the longest pause between two looks (default: 30; with --due, 300)
  --lag SECONDS        how long the service's lists may lack what was requested (default: 900)
  --timeout SECONDS    give up after this time; the request stays (default: 3600)
  -h, --help           print this text

Programs get their input in the environment, in variables whose names begin with CERTCENTRAL_: ORDER; for
--publish and --unpublish ACTION (publish or unpublish), METHOD, DOMAIN and VALUE, for a record also
RECORD_NAME, RECORD_TYPE and RECORD_CONTENT, and for a file, whose content is the value, FILE_URL; for
--hook KEY_FILE, CERTIFICATE_FILE and LIVE.

The exit code is 0 if every certificate was saved, and 1 if not.
";

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub(crate) struct Args {
    /// All that are due if there is none.
    pub(crate) order_id: Option<OrderId>,
    /// How long before its end a certificate is due.
    pub(crate) margin: Duration,
    pub(crate) renews: bool,
    pub(crate) csr: Option<PathBuf>,
    pub(crate) names: Vec<String>,
    pub(crate) removes_names: bool,
    /// The working directory if there is none.
    pub(crate) directory: Option<PathBuf>,
    pub(crate) live: Option<String>,
    pub(crate) hook: Option<PathBuf>,
    pub(crate) validation: Option<DcvMethod>,
    pub(crate) publish: Option<PathBuf>,
    pub(crate) unpublish: Option<PathBuf>,
    pub(crate) leaves_approval: bool,
    pub(crate) replaces_pending: bool,
    pub(crate) is_dry_run: bool,
    pub(crate) is_json: bool,
    pub(crate) interval: Duration,
    /// Six days at most: the service lists the changes of seven.
    pub(crate) lag: Duration,
    pub(crate) timeout: Duration,
}

impl Args {
    /// Returns the arguments of this process, or `None` if they ask for help.
    pub(crate) fn parse() -> Result<Option<Self>, CliError> {
        let mut args = Self {
            lag: Duration::from_secs(900),
            timeout: Duration::from_secs(3600),
            ..Self::default()
        };
        let (mut due, mut interval) = (None, None);
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            let is_open = due.is_none() && args.order_id.is_none();
            match arg {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("due") if is_open => due = Some(margin(&mut parser)?),
                Arg::Long("renew") => args.renews = true,
                Arg::Long("csr") => args.csr = Some(parser.value()?.into()),
                Arg::Long("name") => args.names.push(option(&mut parser, "name", name)?),
                Arg::Long("remove-names") => args.removes_names = true,
                Arg::Long("directory") => args.directory = Some(parser.value()?.into()),
                Arg::Long("live") => args.live = Some(parser.value()?.string()?),
                Arg::Long("hook") => args.hook = Some(parser.value()?.into()),
                Arg::Long("validation") => {
                    args.validation = Some(option(&mut parser, "validation", method)?);
                }
                Arg::Long("publish") => args.publish = Some(parser.value()?.into()),
                Arg::Long("unpublish") => args.unpublish = Some(parser.value()?.into()),
                Arg::Long("no-approval") => args.leaves_approval = true,
                Arg::Long("replace-pending") => args.replaces_pending = true,
                Arg::Long("dry-run") => args.is_dry_run = true,
                Arg::Long("json") => args.is_json = true,
                Arg::Long("interval") => interval = Some(option(&mut parser, "interval", seconds)?),
                Arg::Long("lag") => args.lag = option(&mut parser, "lag", seconds)?.min(6 * DAY),
                Arg::Long("timeout") => args.timeout = option(&mut parser, "timeout", seconds)?,
                Arg::Value(id) if is_open => args.order_id = Some(id.to_string_lossy().parse()?),
                _ => return Err(arg.unexpected().into()),
            }
        }
        args.margin = due.unwrap_or_default();
        let default = Duration::from_secs(if args.is_due() { 300 } else { 30 });
        args.interval = interval.unwrap_or(default);
        let is_link_of_each = args.live.as_ref().is_none_or(|link| link.contains("{order}"));
        Err(CliError::from(if args.is_due() && due.is_none() {
            "the id of an order is missing; see --help"
        } else if args.live.is_some() && args.csr.is_some() {
            "--live needs a key of its own; leave out --csr"
        } else if args.is_due() && (args.csr.is_some() || !args.names.is_empty()) {
            "--csr and --name are for one order, and --due for many"
        } else if args.renews && !args.is_due() {
            "--renew is for --due"
        } else if args.is_due() && !is_link_of_each {
            "with --due, {order} must stand in the --live link, such as live/{order}"
        } else {
            return Ok(Some(args));
        }))
    }

    /// Returns the link that is switched to the files of an order.
    pub(crate) fn link(&self, order_id: OrderId) -> Option<String> {
        self.live.as_ref().map(|link| link.replace("{order}", &order_id.to_string()))
    }

    pub(crate) fn is_due(&self) -> bool {
        self.order_id.is_none()
    }
}

/// The value of `--due` may be left out.
fn margin(parser: &mut Parser) -> Result<Duration, CliError> {
    let days = match parser.optional_value() {
        Some(days) => Some(days),
        None => parser.try_raw_args().and_then(|mut rest| {
            rest.next_if(|next| next.to_string_lossy().starts_with(|c: char| c.is_ascii_digit()))
        }),
    };
    let days = days.unwrap_or("30".into());
    let days = days.to_string_lossy();
    let margin = days.parse().ok().and_then(|days: u32| DAY.checked_mul(days));
    margin.ok_or_else(|| CliError(format!("--due {days}: not a number of days; see --help")))
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        Err("the name is empty")
    } else if text.is_ascii() {
        Ok(text.to_owned())
    } else {
        Err("not ASCII; give an international name in its xn-- form")
    }
}

fn method(text: &str) -> Result<DcvMethod, &'static str> {
    match text.into() {
        DcvMethod::Email => Err("no program can follow the link in an email"),
        DcvMethod::Other(_) => Err("not a method that is known"),
        method => Ok(method),
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or("not a number of seconds")
}
