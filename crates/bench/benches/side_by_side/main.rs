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
mod programs;
mod race;
mod reading;
mod reissues;
mod size;
mod table;

use std::{alloc::System, env, process::ExitCode};

use goals::Goal;
use mockalloc::Mockalloc;

/// Passes everything on to the system's, and counts while [`measure`] asks it to.
#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

/// Measures, prints its tables, and tells what became of its goals.
type Ask = fn() -> Vec<Goal>;

/// The questions: a name, what it is about, and how it is asked.
const QUESTIONS: [(&str, &str, Ask); 10] = [
    ("reading", "reading a response", reading::ask),
    ("hostile", "reading bodies that are made to cost much", hostile::ask),
    ("call", "a call over loopback", call::ask),
    ("instructions", "what a warm call executes (needs valgrind)", instructions::ask),
    ("inventory", "an account of 5000 orders: the schedule, and the memory", inventory::ask),
    ("reissues", "requests for each of 200 reissues", reissues::ask),
    ("race", "ours and what people write, to the last order (three minutes)", race::ask),
    ("memory", "resident memory under load", memory::ask),
    ("cold", "from a program's start to its last row (needs curl)", cold::ask),
    ("size", "what it takes to build (minutes, with nothing else running)", size::ask),
];

/// Those that are asked only by name, because they need outside programs or much time.
const ON_REQUEST: [&str; 4] = ["instructions", "race", "cold", "size"];

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
    if let Some(unknown) = names.iter().find(|name| QUESTIONS.iter().all(|q| q.0 != **name)) {
        let known = QUESTIONS.map(|(name, ..)| name).join(", ");
        eprintln!("no question is named `{unknown}`; there are: {known}");
        return ExitCode::FAILURE;
    }
    let mut summary = Vec::new();
    for (name, about, ask) in QUESTIONS {
        if names.iter().any(|asked| *asked == name)
            || names.is_empty() && !ON_REQUEST.contains(&name)
        {
            println!("\n== {name}: {about}");
            summary.push((name, ask()));
        }
    }
    goals::print(&summary);
    ExitCode::SUCCESS
}
