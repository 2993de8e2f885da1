//! `certcentral-sandbox`: the sandbox as a program.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fmt, fs, thread};

use certcentral_sandbox::time::{self, Date, OffsetDateTime};
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder, routes};
use lexopt::{Arg, ValueExt as _};

const HELP: &str = "\
Serves DigiCert's CertCentral Services API on 127.0.0.1, for tests, until interrupted.

Usage: certcentral-sandbox [OPTIONS]

  --port PORT        the port to listen on (default: any free one)
  --http             serve without TLS
  --dns-server ADDR  look for validation records at this DNS server, such as 127.0.0.1:5353
                     (needs the feature `dns`)
  --web-server ADDR  look for validation files at this web server, over plain HTTP
  --latency MS       send every response this many milliseconds later
  --no-rate-limit    never respond 429
  --no-approval      approve every request at once, as an account without approvals does
  -h, --help         print this text

It prints three lines when it is ready:

  base_url=…   the base URL for a client
  api_key=…    the only valid key, for the header X-DC-DEVKEY
  ca_file=…    the root certificate, in PEM, of the server and of the certificates that it issues:
               a file named after the port in the temporary directory, left there at the end

Orders that live, which can be reissued, revoked and downloaded:

";

struct Living {
    id: u64,
    what: &'static str,
    names: &'static [&'static str],
    change: fn(LivingOrder) -> LivingOrder,
}

const fn living(
    id: u64,
    what: &'static str,
    names: &'static [&'static str],
    change: fn(LivingOrder) -> LivingOrder,
) -> Living {
    Living { id, what, names, change }
}

const LIVING_ORDERS: [Living; 7] = [
    living(700_101, "OV", &["shop.example.com"], |order| order),
    living(700_102, "OV", &["www.example.net", "example.net"], |order| order),
    living(700_103, "OV", &["*.example.org", "example.org"], |order| order),
    living(700_104, "OV, its validation has ended", &["www.example.edu"], |order| {
        order.validated_until("example.edu", yesterday())
    }),
    living(700_201, "DV", &["blog.example.com", "www.blog.example.com"], LivingOrder::dv),
    living(700_301, "document signing", &["Robin Smith"], LivingOrder::document_signing),
    living(700_302, "code signing", &["Example Ltd"], LivingOrder::code_signing),
];

fn yesterday() -> Date {
    OffsetDateTime::now_utc().date().saturating_sub(time::Duration::DAY)
}

fn main() -> ExitCode {
    match parse(env::args_os().skip(1)) {
        Ok(Command::Help) => match help(&mut io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Ok(Command::Serve(options)) => match serve(&options) {
            Err(message) => fail(&message, 1),
        },
        Err(error) => fail(&format!("{error}; see --help"), 2),
    }
}

fn fail(message: &dyn fmt::Display, code: u8) -> ExitCode {
    // Standard error may be closed; the exit code still tells.
    let _ = writeln!(io::stderr(), "certcentral-sandbox: {message}");
    ExitCode::from(code)
}

enum Command {
    Help,
    Serve(Options),
}

#[derive(Default)]
struct Options {
    port: u16,
    http: bool,
    dns_server: Option<SocketAddr>,
    web_server: Option<SocketAddr>,
    latency: u64,
    no_rate_limit: bool,
    no_approval: bool,
}

fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("port") => options.port = parser.value()?.parse()?,
            Arg::Long("http") => options.http = true,
            Arg::Long("dns-server") if cfg!(feature = "dns") => {
                options.dns_server = Some(parser.value()?.parse()?);
            }
            Arg::Long("dns-server") => {
                return Err("--dns-server needs a build with the feature `dns`".into());
            }
            Arg::Long("web-server") => options.web_server = Some(parser.value()?.parse()?),
            Arg::Long("latency") => options.latency = parser.value()?.parse()?,
            Arg::Long("no-rate-limit") => options.no_rate_limit = true,
            Arg::Long("no-approval") => options.no_approval = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Serve(options))
}

fn help(out: &mut impl io::Write) -> io::Result<()> {
    out.write_all(HELP.as_bytes())?;
    for Living { id, what, names, .. } in LIVING_ORDERS {
        writeln!(out, "  {id}  {} ({what})", names.join(", "))?;
    }
    writeln!(out, "\nRoutes:\n")?;
    for route in routes() {
        writeln!(out, "  {:4}  {:63}  {}", route.method.as_str(), route.path, route.name)?;
    }
    out.flush()
}

/// Serves until the process ends, or says why it cannot.
fn serve(options: &Options) -> Result<Infallible, String> {
    let port = options.port;
    let sandbox = builder(options)
        .start()
        .map_err(|error| format!("cannot serve on 127.0.0.1:{port}: {error}"))?;
    let ca_file = write_ca_file(&sandbox)
        .map_err(|error| format!("cannot write the root certificate: {error}"))?;
    announce(&sandbox, &ca_file).map_err(|error| format!("cannot print: {error}"))?;
    loop {
        thread::park();
    }
}

fn builder(options: &Options) -> SandboxBuilder {
    let mut builder =
        Sandbox::builder().port(options.port).latency(Duration::from_millis(options.latency));
    for Living { id, names, change, .. } in LIVING_ORDERS {
        let order = change(LivingOrder::new(id, names.iter().copied()));
        let order = if options.no_approval { order.without_approval() } else { order };
        builder = builder.order(order);
    }
    if options.no_approval {
        builder = builder.without_approval();
    }
    if options.http {
        builder = builder.plain_http();
    }
    if options.no_rate_limit {
        builder = builder.without_rate_limit();
    }
    #[cfg(feature = "dns")]
    if let Some(server) = options.dns_server {
        builder = builder.dns_server(server);
    }
    if let Some(server) = options.web_server {
        builder = builder.web_server(server);
    }
    builder
}

/// Returns where the root certificate was written.
fn write_ca_file(sandbox: &Sandbox) -> io::Result<PathBuf> {
    let path = env::temp_dir().join(format!("certcentral-sandbox-{}.pem", sandbox.port()));
    fs::write(&path, sandbox.root_pem())?;
    Ok(path)
}

/// Flushed, because the reader at the other end of a pipe waits for these lines.
fn announce(sandbox: &Sandbox, ca_file: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "base_url={}", sandbox.base_url())?;
    writeln!(out, "api_key={}", sandbox.api_key())?;
    writeln!(out, "ca_file={}", ca_file.display())?;
    out.flush()
}
