//! An inventory of an account: how close to the best schedule it comes, in virtual time, and what
//! memory the example program needs for it, in a real run.

mod update;

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use certcentral_bench::account;
use certcentral_core_testing::{
    service::{Job, Service, best},
    world::{DOCUMENTED, Policy},
};

use crate::{
    goals::Goal,
    process::{Address, Server, release_build},
    table,
};

const ORDERS: u64 = 5_000;
/// The example's default.
const AT_ONCE: usize = 20;

pub(crate) fn ask() -> Vec<Goal> {
    let program = release_build("certcentral-inventory", "--bin", "certcentral-inventory");
    [schedule(), memory(&program), update::ask(&program)].into_iter().flatten().collect()
}

/// The pages of the list and the calls of each order, as `certcentral-inventory` makes them.
fn schedule() -> Vec<Goal> {
    let jobs: Vec<_> = (0..ORDERS)
        .flat_map(|order| [u32::from(order % account::PAGE == 0), account::calls_of(order)])
        .filter(|&calls| calls > 0)
        .map(|calls| Job { api: 0, at: Duration::ZERO, background: true, calls })
        .collect();
    let service = Service { workers: AT_ONCE, ..Service::far() };
    let report = service.run(&Policy::default(), &jobs, Duration::from_secs(86_400));
    assert_eq!((report.failed(), report.refused), (0, 0));
    let last = report.last.as_secs_f64();
    // What the default reserve of a tenth leaves of the documented windows.
    let left = DOCUMENTED.map(|(count, span)| (count / 10 * 9, span));
    let [with, without] =
        [left, DOCUMENTED].map(|windows| best(report.admitted, &windows).as_secs_f64());
    let row = |name: &str, time: f64| {
        vec![name.to_owned(), format!("{time:.1} s"), format!("{:.4}", last / time)]
    };
    let rows = [
        row("ours", last),
        row("the best with the reserve of 10 %", with),
        row("the best without", without),
    ];
    let title = format!("{} calls in the background, {AT_ONCE} orders at once", report.admitted);
    table::print(&title, &["", "last sent", "ours to it"], &rows);
    vec![Goal::at_most("time to the best schedule", 1.02, last / with)]
}

/// 500 orders are half a page of the list. From 2000 on, two whole pages are in memory at once, one in
/// work and the next one being read, so what grows beyond them is what this is about.
fn memory(program: &Path) -> Vec<Goal> {
    let runs = [500, 2000, ORDERS].map(|orders| {
        let least = |least: Run, run: Run| if run.peak < least.peak { run } else { least };
        let all = (0..ROUNDS).map(|_| inventory(program, orders));
        (orders, all.reduce(least).unwrap())
    });
    let rows = runs.iter().map(|(orders, run)| {
        vec![
            orders.to_string(),
            run.rows.to_string(),
            table::bytes(run.written),
            format!("{:.1} MiB", run.peak / 1024.0),
        ]
    });
    let title = format!("certcentral-inventory without a rate limit, the least of {ROUNDS}");
    table::print(&title, &["orders", "rows", "written", "peak"], &rows.collect::<Vec<_>>());
    let [_, (_, few), (_, many)] = runs;
    vec![Goal::at_most("5000 orders' peak memory to that of 2000", 1.1, many.peak / few.peak)]
}

/// How much memory the allocator keeps is chance, too.
const ROUNDS: usize = 3;

struct Run {
    rows: usize,
    written: u64,
    /// In KiB.
    peak: f64,
}

fn inventory(program: &Path, orders: u64) -> Run {
    let mut server = Server::account(orders);
    let output = Output::new();
    let peak = run(program, &server.address, &[], Some(File::create(&output.0).unwrap()));
    let (requests, _) = server.requests();
    assert_eq!(requests as u64, account::calls(orders), "as the schedule has them");
    let written = fs::read_to_string(&output.0).unwrap();
    Run { rows: written.lines().count(), written: written.len() as u64, peak }
}

/// Runs the program without a rate limit, and returns the most memory that it had, in KiB.
fn run(program: &Path, at: &Address, args: &[&str], stdout: Option<File>) -> f64 {
    let mut process = Command::new(program)
        .args(["--rate-limit", "unlimited"])
        .args(args)
        .env("CERTCENTRAL_API_KEY", &at.api_key)
        .env("CERTCENTRAL_BASE_URL", &at.base_url)
        .env("CERTCENTRAL_CA_FILE", &at.ca_file)
        .stdout(stdout.map_or_else(Stdio::null, Stdio::from))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0.0;
    // The last reading before its end is at most so much too early.
    while process.try_wait().unwrap().is_none() {
        peak = peak_of(process.id()).unwrap_or(peak);
        thread::sleep(Duration::from_millis(5));
    }
    assert!(process.wait().unwrap().success());
    peak
}

/// The most memory that a process had so far, in KiB; nothing if it has ended.
fn peak_of(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// An output and the file beside it, which are removed in the end.
struct Output(PathBuf);

impl Output {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("certcentral-bench-{}-{count}.jsonl", std::process::id());
        Self(env::temp_dir().join(name))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_file(format!("{}.state", self.0.display()));
    }
}
