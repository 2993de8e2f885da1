//! Lists the reissues of an order with the blocking client. `--help` says what it takes.

use std::{env, error::Error, fs, io, io::Write, process::ExitCode};

use certcentral_sandbox::Sandbox;
use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues};

const HELP: &str = "Usage: list_reissues [ORDER_ID]    (default: 112233)

  CERTCENTRAL_API_KEY   the API key; without it, a local sandbox is queried
  CERTCENTRAL_BASE_URL  the base URL, if not https://www.digicert.com/services/v2
  CERTCENTRAL_CA_FILE   root certificates in PEM, if not the built-in ones\n";

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    eprintln!("list_reissues: {error:#}");
    ExitCode::FAILURE
}

fn run() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let argument = env::args_os().nth(1).unwrap_or_else(|| "112233".into());
    let argument = argument.to_string_lossy();
    if argument == "-h" || argument == "--help" {
        return Ok(io::stdout().write_all(HELP.as_bytes())?);
    }
    let list_reissues = ListReissues::new(argument.parse()?);

    let sandbox; // stops when it is dropped
    let key_and_url = (variable("CERTCENTRAL_API_KEY"), variable("CERTCENTRAL_BASE_URL"));
    let (key, base_url, roots) = match key_and_url {
        (Some(key), base_url) => {
            let roots = env::var_os("CERTCENTRAL_CA_FILE").map(fs::read).transpose()?;
            let default = || "https://www.digicert.com/services/v2".to_owned();
            (key, base_url.unwrap_or_else(default), roots)
        }
        (None, Some(_)) => {
            return Err("set CERTCENTRAL_API_KEY, or unset CERTCENTRAL_BASE_URL".into());
        }
        (None, None) => {
            eprintln!("CERTCENTRAL_API_KEY is not set: querying a local sandbox");
            sandbox = Sandbox::start()?;
            (sandbox.api_key().into(), sandbox.base_url(), sandbox.ca_pem().map(Into::into))
        }
    };
    let mut client = Client::builder(Api::builder(ApiKey::new(key)?).base_url(base_url).build()?);
    if let Some(roots) = roots {
        client = client.root_certificates_pem(roots);
    }
    let reissues = client.build()?.send(list_reissues)?;

    let mut out = io::stdout().lock();
    writeln!(out, "{:<10} {:<10} {:<10} COMMON NAME", "ID", "STATUS", "VALID TILL")?;
    for reissue in reissues {
        let status = printable(reissue.status.as_str());
        let valid_till = reissue.valid_till.map(|date| date.to_string()).unwrap_or_default();
        let name = printable(&reissue.common_name.unwrap_or_default());
        writeln!(out, "{:<10} {status:<10} {valid_till:<10} {name}", reissue.id)?;
    }
    Ok(())
}

/// Escapes control characters, which a terminal would obey.
fn printable(text: &str) -> String {
    text.escape_debug().to_string()
}
