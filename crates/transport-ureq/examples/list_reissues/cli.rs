//! What both `list_reissues` examples take and print, whichever the transport.

use std::{
    env::{self, VarError},
    fs,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    time::Duration,
};

use certcentral_core::{Api, ApiKey, BaseUrl, Error, ListReissues, OrderId, Reissues};
use certcentral_sandbox::Sandbox;

use crate::table;

const USAGE: &str = "usage: list_reissues [ORDER_ID] [--show-archived] [--json]

Lists the reissues of an order. Without a key it asks a sandbox inside this process.

  CERTCENTRAL_API_KEY   the key of the account to ask
  CERTCENTRAL_BASE_URL  where to ask, if not https://www.digicert.com/services/v2
  CERTCENTRAL_CA_FILE   certificates to trust, in PEM, if not the built-in ones";

/// One sentence for the user.
pub(crate) struct Trouble(String);

/// What the user wants to know, and of whom.
pub(crate) struct Question {
    order_id: OrderId,
    show_archived: bool,
    json: bool,
    service: Service,
}

enum Service {
    Sandbox(Sandbox),
    Real { key: String },
}

pub(crate) fn run(ask: impl FnOnce(&Question) -> Result<(), Trouble>) -> ExitCode {
    if env::args_os().skip(1).any(|argument| argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match Question::read().and_then(|question| ask(&question)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Trouble(sentence)) => {
            eprintln!("list_reissues: {sentence}");
            ExitCode::FAILURE
        }
    }
}

impl Question {
    fn read() -> Result<Self, Trouble> {
        let (mut order_id, mut show_archived, mut json) = (None, false, false);
        for argument in env::args_os().skip(1) {
            match argument.to_string_lossy().as_ref() {
                "--show-archived" => show_archived = true,
                "--json" => json = true,
                id if !id.starts_with('-') && order_id.is_none() => order_id = Some(id.parse()?),
                other => return Err(format!("`{other}` is not understood; try --help").into()),
            }
        }
        let service = match variable("CERTCENTRAL_API_KEY")? {
            Some(key) => Service::Real { key },
            None => Service::Sandbox(
                Sandbox::start().map_err(|e| format!("the sandbox does not start: {e}"))?,
            ),
        };
        Ok(Self { order_id: order_id.unwrap_or(OrderId(112_233)), show_archived, json, service })
    }

    pub(crate) fn api(&self) -> Result<Api, Trouble> {
        let (key, base_url) = match &self.service {
            Service::Sandbox(sandbox) => (sandbox.api_key(), Some(sandbox.base_url())),
            Service::Real { key } => (key.as_str(), variable("CERTCENTRAL_BASE_URL")?),
        };
        let mut api = Api::builder(ApiKey::new(key)?).call_timeout(Duration::from_secs(120));
        if let Some(url) = base_url {
            api = api.base_url(BaseUrl::parse(&url)?);
        }
        Ok(api.build()?)
    }

    /// The certificates to trust in place of the built-in ones, if there are any.
    pub(crate) fn root_certificates(&self) -> Result<Option<Vec<u8>>, Trouble> {
        match (&self.service, env::var_os("CERTCENTRAL_CA_FILE")) {
            (Service::Sandbox(sandbox), _) => Ok(Some(sandbox.ca_pem().into())),
            (Service::Real { .. }, None) => Ok(None),
            (Service::Real { .. }, Some(path)) => fs::read(path).map(Some).map_err(|e| {
                Trouble(format!("the file that CERTCENTRAL_CA_FILE names cannot be read: {e}"))
            }),
        }
    }

    pub(crate) fn list_reissues(&self) -> ListReissues {
        ListReissues::new(self.order_id).show_archived(self.show_archived)
    }

    pub(crate) fn print(&self, reissues: &Reissues) -> Result<(), Trouble> {
        let text = if self.json {
            serde_json::to_string_pretty(reissues)
                .map_err(|e| format!("the list cannot be written as JSON: {e}"))?
                + "\n"
        } else {
            table::render(reissues)
        };
        match io::stdout().write_all(text.as_bytes()) {
            // Whoever reads has seen enough.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|e| Trouble(format!("the list cannot be printed: {e}"))),
        }
    }
}

/// A variable that is not set is none; one that cannot be read must not pass for that.
fn variable(name: &str) -> Result<Option<String>, Trouble> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not text; set it anew").into()),
    }
}

impl From<String> for Trouble {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let advice = match &error {
            e if e.is_not_allowed() => "; check CERTCENTRAL_API_KEY and the key's permissions",
            e if e.is_not_found() => {
                "; check the order id, CERTCENTRAL_BASE_URL and whose account the key is of"
            }
            e if e.is_transient() => "; try again later",
            _ => "",
        };
        let mut sentence = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            sentence = format!("{sentence}: {cause}");
            source = cause.source();
        }
        Self(sentence.replace('\n', " ") + advice)
    }
}
