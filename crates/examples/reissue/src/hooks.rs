//! Programs that publish, and that are told of a certificate.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use certcentral_example_cli::CliError;
use certcentral_transport_ureq::{OrderId, reissuance::Challenge};

/// Runs a program with these variables, one program at a time: two updates of one zone file could spoil
/// it.
pub(crate) fn run(
    program: &Path,
    order_id: OrderId,
    variables: &[(&str, String)],
) -> Result<(), CliError> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(program);
    command.env_remove("CERTCENTRAL_API_KEY").env("CERTCENTRAL_ORDER", order_id.to_string());
    command.envs(variables.iter().map(|(name, value)| (format!("CERTCENTRAL_{name}"), value)));
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{} failed: {status}", program.display()).into()),
        Err(e) => Err(format!("cannot run {}: {e}", program.display()).into()),
    }
}

/// The variables of a challenge, as certbot gives them to a manual hook.
pub(crate) fn variables(challenge: &Challenge, action: &str) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("ACTION", action.to_owned()),
        ("METHOD", challenge.method.to_string()),
        ("DOMAIN", challenge.name.clone()),
        ("VALUE", challenge.value.clone()),
    ];
    if let Some(record) = challenge.dns_record() {
        variables.push(("RECORD_NAME", record.name));
        variables.push(("RECORD_TYPE", record.kind.as_str().to_owned()));
        variables.push(("RECORD_CONTENT", record.content));
    }
    variables.extend(challenge.http_file().map(|file| ("FILE_URL", file.url)));
    variables
}
