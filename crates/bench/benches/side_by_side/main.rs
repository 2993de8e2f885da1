//! Side by side: what the library costs beside what people would use in its place.
//!
//! `cargo bench -p certcentral-bench` asks every question that needs no outside program; names
//! after `--` choose: `cargo bench -p certcentral-bench -- reading call`. Each question prints its
//! tables, and all goals are summed up at the end.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench may stop at the first surprise"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures are rounded to three digits before they are read"
)]

mod building;
mod bulk;
mod call;
mod clients;
mod cold;
mod goals;
mod hostile;
mod instructions;
mod inventory;
mod measure;
mod memory;
mod process;
mod race;
mod reading;
mod size;
mod table;

use std::{alloc::System, env, process::ExitCode};

use goals::Goal;
use mockalloc::Mockalloc;

/// Passes everything on to the system's, and counts while [`measure`] asks it to.
#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

/// A question, as it is named on the command line.
struct Question {
    name: &'static str,
    about: &'static str,
    /// Whether it is asked only by name, because it needs outside programs or much time.
    on_request: bool,
    /// Measures, prints its tables, and tells what became of its goals.
    ask: fn() -> Vec<Goal>,
}

const QUESTIONS: &[Question] = &[
    Question { name: "reading", about: "reading a response", on_request: false, ask: reading::ask },
    Question {
        name: "hostile",
        about: "reading bodies that are made to cost much",
        on_request: false,
        ask: hostile::ask,
    },
    Question {
        name: "building",
        about: "building a request",
        on_request: false,
        ask: building::ask,
    },
    Question {
        name: "call",
        about: "a call over loopback, and many at once",
        on_request: false,
        ask: call::ask,
    },
    Question {
        name: "instructions",
        about: "what a warm call executes (needs valgrind)",
        on_request: true,
        ask: instructions::ask,
    },
    Question {
        name: "bulk",
        about: "ten thousand orders under the documented windows",
        on_request: false,
        ask: bulk::ask,
    },
    Question {
        name: "inventory",
        about: "an account of five thousand orders: the schedule, and the memory",
        on_request: false,
        ask: inventory::ask,
    },
    Question {
        name: "race",
        about: "ours and what people write, to the last order (three minutes)",
        on_request: true,
        ask: race::ask,
    },
    Question {
        name: "memory",
        about: "resident memory under load",
        on_request: false,
        ask: memory::ask,
    },
    Question {
        name: "cold",
        about: "from a program's start to its last row (needs curl)",
        on_request: true,
        ask: cold::ask,
    },
    Question {
        name: "size",
        about: "what it takes to build (minutes, with nothing else running)",
        on_request: true,
        ask: size::ask,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if process::serve(&arguments) || memory::client(&arguments) || instructions::client(&arguments)
    {
        return ExitCode::SUCCESS;
    }
    // `cargo test --benches` starts this program too, but without the word.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing is measured but by `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let names: Vec<_> = arguments.iter().filter(|argument| *argument != "--bench").collect();
    if let Some(unknown) = names.iter().find(|name| QUESTIONS.iter().all(|q| q.name != **name)) {
        let known: Vec<_> = QUESTIONS.iter().map(|question| question.name).collect();
        eprintln!("no question is named `{unknown}`; there are: {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let mut summary = Vec::new();
    for question in QUESTIONS {
        let asked = names.iter().any(|name| *name == question.name);
        if asked || names.is_empty() && !question.on_request {
            println!("\n== {}: {}", question.name, question.about);
            summary.push((question.name, (question.ask)()));
        } else if names.is_empty() {
            let how = format!("run with `-- {}`", question.name);
            summary.push((question.name, vec![Goal::not_asked(question.about, &how)]));
        }
    }
    goals::print(&summary);
    ExitCode::SUCCESS
}
