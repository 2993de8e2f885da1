//! What both `list_reissues` examples take and print, whichever the transport.

use std::{
    env,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    time::Duration,
};

use certcentral_core::{Api, ListReissues, OrderId, Reissues};

use crate::{
    service::{ENVIRONMENT, Service},
    table,
    trouble::Trouble,
};

const USAGE: &str = "usage: list_reissues [ORDER_ID] [--show-archived] [--json]

Lists the reissues of an order.
";

/// What the user wants to know, and of whom.
pub(crate) struct Question {
    order_id: OrderId,
    show_archived: bool,
    json: bool,
    service: Service,
}

pub(crate) fn run(ask: impl FnOnce(&Question) -> Result<(), Trouble>) -> ExitCode {
    if env::args_os().skip(1).any(|argument| argument == "--help") {
        println!("{USAGE}\n{ENVIRONMENT}");
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
        let service = Service::from_environment()?;
        Ok(Self { order_id: order_id.unwrap_or(OrderId(112_233)), show_archived, json, service })
    }

    pub(crate) fn api(&self) -> Result<Api, Trouble> {
        Ok(self.service.api()?.call_timeout(Duration::from_secs(120)).build()?)
    }

    /// The certificates to trust in place of the built-in ones, if there are any.
    pub(crate) fn root_certificates(&self) -> Result<Option<Vec<u8>>, Trouble> {
        self.service.root_certificates()
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
