//! How much memory a response beyond the limit takes, in a separate process.

use std::{
    env, fs,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use crate::both::{TRANSPORTS, TransportKind};
use certcentral_core::{Error, FailureKind};

use certcentral_conformance::fault_server::{
    FaultServer, Scheme,
    Step::ReadRequest,
    responses::{CHUNKED, UNTIL_CLOSE, chunk, good},
    write, write_without_end,
};

use super::setup::{api_at, call, connect};

const MIB: u64 = 1024 * 1024;
const LIMIT: u64 = 8 * MIB;
/// Buffers of the transport, and what the allocator keeps.
const FEW: u64 = 4 * MIB;

#[test]
fn a_body_beyond_the_limit_takes_no_more_than_the_limit() {
    let spaces = " ".repeat(64 * 1024);
    let heads = [
        ("Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", spaces.clone()),
        ("chunks", CHUNKED, chunk(&spaces)),
        ("a body without end", UNTIL_CLOSE, spaces),
    ];
    for on in TRANSPORTS {
        for (what, head, body) in &heads {
            // A first response, so that what a client allocates but once is there before.
            let first = [ReadRequest, write(good())];
            let endless = [ReadRequest, write(*head), write_without_end(body.clone())];
            let server = FaultServer::start(Scheme::Http, [[&first[..], &endless].concat()]);
            let child = Command::new(env::current_exe().unwrap())
                .args(["faults::memory::child", "--exact", "--ignored", "--nocapture"])
                .env("FAULTS_MEMORY_URL", server.base_url())
                .env("FAULTS_MEMORY_TRANSPORT", format!("{on:?}"))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&child.stdout);
            assert!(child.status.success(), "{what} on {on:?}: {said} {child:?}");
            let grown = said.split("grown by ").nth(1).unwrap().split(' ').next().unwrap();
            let grown: u64 = grown.parse().unwrap();
            assert!(grown <= LIMIT + FEW, "{what} on {on:?}: {grown} bytes");
        }
    }
}

#[test]
#[ignore = "the other process of the test above"]
fn child() {
    let Ok(url) = env::var("FAULTS_MEMORY_URL") else { return };
    let of = |on: &TransportKind| env::var("FAULTS_MEMORY_TRANSPORT").unwrap() == format!("{on:?}");
    let on = TRANSPORTS.into_iter().find(of).unwrap();
    let limit = usize::try_from(LIMIT).unwrap();
    // The memory is what counts, and not how long a busy machine takes to read it all.
    let api = api_at(&url).body_limit(limit).attempt_timeout(Duration::from_secs(300));
    let client = connect(on, api.build().unwrap());
    call(&client).unwrap();

    let (before, peak, over) = (resident(), AtomicU64::new(0), AtomicBool::new(false));
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                peak.fetch_max(resident(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(1));
            }
        });
        let result = call(&client);
        peak.fetch_max(resident(), Ordering::Relaxed);
        over.store(true, Ordering::Relaxed);
        result
    });
    let Err(Error::Transport(error)) = result else { panic!("{result:?}") };
    assert_eq!(error.kind(), FailureKind::TooLarge);
    println!("grown by {} bytes", peak.into_inner().saturating_sub(before));
}

/// How much memory of this process is in use: the peak where the kernel keeps it, or else now.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = |name| status.lines().find_map(|line: &str| line.strip_prefix(name));
    let kib = line("VmHWM:").or_else(|| line("VmRSS:")).unwrap();
    kib.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
