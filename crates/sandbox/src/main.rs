//! `certcentral-sandbox`: the sandbox as a program.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, thread};

use certcentral_sandbox::Sandbox;

const HELP: &str = "\
Answers DigiCert CertCentral's \"List reissues\" call on 127.0.0.1, with fixtures, until interrupted.

Usage: certcentral-sandbox [--port PORT] [--http]

  --port PORT  the port to listen on (default: any free one)
  --http       without TLS
  --help       this text

Prints three lines, then serves:

  base_url=…   what a client takes for the service's base URL
  api_key=…    the one key that is let in
  ca_file=…    the authority to trust, in PEM: a file named after the port in the temporary
               directory, left there at the end; with --http nothing stands after the `=`
";

fn main() -> ExitCode {
    let arguments = env::args_os().skip(1);
    let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    match command(arguments) {
        Ok(Command::Help) => match io::stdout().write_all(HELP.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Ok(Command::Serve { port, http }) => match serve(port, http) {
            Err(sentence) => complain(&sentence, 1),
        },
        Err(sentence) => complain(&sentence, 2),
    }
}

fn complain(sentence: &str, code: u8) -> ExitCode {
    // Standard error may be closed; the exit code still tells.
    let _ = writeln!(io::stderr(), "certcentral-sandbox: {sentence}");
    ExitCode::from(code)
}

enum Command {
    Help,
    Serve { port: u16, http: bool },
}

fn command(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut port = 0;
    let mut http = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--http" => http = true,
            "--port" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                port = number.ok_or("--port wants a number from 0 to 65535 after it")?;
            }
            other => return Err(format!("unknown argument `{other}`; see --help")),
        }
    }
    Ok(Command::Serve { port, http })
}

/// Serves for ever, or says in a sentence why it cannot.
fn serve(port: u16, http: bool) -> Result<Infallible, String> {
    let mut sandbox = Sandbox::builder().port(port);
    if http {
        sandbox = sandbox.plain_http();
    }
    let sandbox =
        sandbox.start().map_err(|error| format!("cannot serve on 127.0.0.1:{port}: {error}"))?;
    let ca_file = ca_file(&sandbox)
        .map_err(|error| format!("cannot write the authority's certificate: {error}"))?;
    announce(&sandbox, &ca_file).map_err(|error| format!("cannot print: {error}"))?;
    loop {
        thread::park();
    }
}

/// Where the authority to trust was written; nowhere, the empty path, without TLS.
fn ca_file(sandbox: &Sandbox) -> io::Result<PathBuf> {
    if sandbox.ca_pem().is_empty() {
        return Ok(PathBuf::new());
    }
    let path = env::temp_dir().join(format!("certcentral-sandbox-{}.pem", sandbox.port()));
    fs::write(&path, sandbox.ca_pem())?;
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
