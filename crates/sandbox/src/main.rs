//! `certcentral-sandbox`: the sandbox as a program.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fmt, fs, thread};

use certcentral_sandbox::{Sandbox, routes};
use lexopt::{Arg, ValueExt as _};

const HELP: &str = "\
Serves DigiCert's CertCentral Services API on 127.0.0.1, for tests, until interrupted.

Usage: certcentral-sandbox [--port PORT] [--http]

  --port PORT  the port to listen on (default: any free one)
  --http       serve without TLS
  -h, --help   print this text

It prints three lines when it is ready:

  base_url=…   the base URL for a client
  api_key=…    the only valid key, for the header X-DC-DEVKEY
  ca_file=…    the root certificate, in PEM, of the server and of the certificates that it issues:
               a file named after the port in the temporary directory, left there at the end

Orders that live, which can be reissued, revoked and downloaded:

";

const LIVING_ORDERS: [(u64, &[&str]); 3] = [
    (700_101, &["shop.example.com"]),
    (700_102, &["www.example.net", "example.net"]),
    (700_103, &["*.example.org", "example.org"]),
];

fn main() -> ExitCode {
    match parse(env::args_os().skip(1)) {
        Ok(Command::Help) => match help(&mut io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Ok(Command::Serve { port, http }) => match serve(port, http) {
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
    Serve { port: u16, http: bool },
}

fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let (mut port, mut http) = (0, false);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("http") => http = true,
            Arg::Long("port") => port = parser.value()?.parse()?,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Serve { port, http })
}

fn help(out: &mut impl io::Write) -> io::Result<()> {
    out.write_all(HELP.as_bytes())?;
    for (order_id, names) in LIVING_ORDERS {
        writeln!(out, "  {order_id}  {}", names.join(", "))?;
    }
    writeln!(out, "\nRoutes:\n")?;
    for route in routes() {
        writeln!(out, "  {:4}  {:63}  {}", route.method.as_str(), route.path, route.name)?;
    }
    out.flush()
}

/// Serves until the process ends, or says why it cannot.
fn serve(port: u16, http: bool) -> Result<Infallible, String> {
    let mut sandbox = Sandbox::builder().port(port);
    for (order_id, names) in LIVING_ORDERS {
        sandbox = sandbox.living_order(order_id, names.iter().copied());
    }
    if http {
        sandbox = sandbox.plain_http();
    }
    let sandbox =
        sandbox.start().map_err(|error| format!("cannot serve on 127.0.0.1:{port}: {error}"))?;
    let ca_file = write_ca_file(&sandbox)
        .map_err(|error| format!("cannot write the root certificate: {error}"))?;
    announce(&sandbox, &ca_file).map_err(|error| format!("cannot print: {error}"))?;
    loop {
        thread::park();
    }
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
