//! This program as another process: servers, so that no client shares a heap or a thread with
//! them, and clients whose memory or instructions are counted as a whole.

use std::{
    env,
    io::{BufRead, BufReader, Lines, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::Bytes;
use certcentral_bench::{account, bodies};
use certcentral_sandbox::{
    Sandbox, SandboxBuilder,
    http::{Method, Response, StatusCode},
};
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::{net::TcpListener, runtime, sync::Barrier};
use tokio_rustls::TlsAcceptor;

/// The order of the documented example.
pub(crate) const SEED: u64 = 112_233;
/// An order of 100 rows.
pub(crate) const HUNDRED: u64 = 100;
/// An order whose answer is close to 32 MiB, the most that is read by default.
pub(crate) const HUGE: u64 = 32;
const HUGE_ROWS: usize = 22_000;

/// The documented windows in a tenth of the time.
pub(crate) const RACE_WINDOWS: [(u32, Duration); 2] =
    [(100, Duration::from_millis(500)), (1000, Duration::from_secs(18))];
/// How late every response of the race is.
pub(crate) const RACE_LATENCY: Duration = Duration::from_millis(80);

/// Where a server is, and how to be let in.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) ca_file: String,
}

/// Another process, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) address: Address,
}

impl Server {
    /// The sandbox without a rate limit.
    pub(crate) fn sandbox() -> Self {
        Self::start(&[SANDBOX])
    }

    /// The sandbox with the windows and the latency of the race. Each of `orders`, from 1 on, has the
    /// three documented rows.
    pub(crate) fn race(orders: u64) -> Self {
        Self::start(&[RACE, &orders.to_string()])
    }

    /// The sandbox without a rate limit, with an account of so many orders.
    pub(crate) fn account(orders: u64) -> Self {
        Self::start(&[ACCOUNT, &orders.to_string()])
    }

    /// How many requests have come, and how many of them were refused with 429. Not for the barrier.
    pub(crate) fn requests(&mut self) -> (usize, usize) {
        writeln!(self.process.stdin.as_mut().unwrap()).unwrap();
        let line = self.lines.next().unwrap().unwrap();
        let (requests, refused) = line.split_once(' ').unwrap();
        (requests.parse().unwrap(), refused.parse().unwrap())
    }

    /// A server that answers nobody before `count` requests are there.
    pub(crate) fn barrier(count: usize) -> Self {
        Self::start(&[BARRIER, &count.to_string()])
    }

    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let address = Address { base_url: line(), api_key: line(), ca_file: line() };
        Self { process, lines, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Serves if this process was started to; it then ends with the process that started it.
pub(crate) fn serve(arguments: &[String]) -> bool {
    match arguments {
        [what] if what == SANDBOX => serve_sandbox(lists()),
        [what, orders] if what == RACE => serve_sandbox(race(orders.parse().unwrap())),
        [what, orders] if what == ACCOUNT => serve_sandbox(account(orders.parse().unwrap())),
        [what, count] if what == BARRIER => serve_barrier(count.parse().unwrap()),
        _ => return false,
    }
    true
}

const SANDBOX: &str = "serve-sandbox";
const RACE: &str = "serve-race";
const ACCOUNT: &str = "serve-account";
const BARRIER: &str = "serve-barrier";

fn lists() -> SandboxBuilder {
    Sandbox::builder()
        .without_rate_limit()
        .respond(Method::GET, list_of(HUNDRED), ok(bodies::order(100)))
        .respond(Method::GET, list_of(HUGE), ok(bodies::order(HUGE_ROWS)))
}

/// `SandboxBuilder::reissues` would leave the archived rows out.
fn list_of(order: u64) -> String {
    format!("/order/certificate/{order}/reissue")
}

fn race(orders: u64) -> SandboxBuilder {
    let sandbox = Sandbox::builder().rate_limit(&RACE_WINDOWS).latency(RACE_LATENCY);
    (1..=orders).fold(sandbox, |sandbox, order| sandbox.reissues(order, bodies::seed()))
}

fn account(orders: u64) -> SandboxBuilder {
    let mut sandbox = Sandbox::builder().without_rate_limit();
    for offset in (0..=orders).step_by(usize::try_from(account::PAGE).unwrap()) {
        // As certcentral-inventory asks.
        let offset_asked = if offset > 0 { format!("&offset={offset}") } else { String::new() };
        let path =
            format!("/order/certificate?sort=order_id&limit={}{offset_asked}", account::PAGE);
        sandbox = sandbox.respond(Method::GET, path, ok(account::page(orders, offset)));
    }
    for order in 0..orders {
        let path = format!("/order/certificate/{order}");
        for (of_order, body) in [
            ("", account::info(order)),
            ("/reissue", account::certificates()),
            ("/duplicate", account::certificates()),
        ] {
            sandbox = sandbox.respond(Method::GET, format!("{path}{of_order}"), ok(body));
        }
    }
    sandbox
}

fn ok(body: Bytes) -> Response<Bytes> {
    Response::builder().header("content-type", "application/json").body(body).unwrap()
}

/// Serves, and tells what was asked for each line that comes.
fn serve_sandbox(sandbox: SandboxBuilder) {
    let sandbox = sandbox.start().unwrap();
    announce(&sandbox.base_url(), sandbox.api_key(), sandbox.ca_pem().unwrap());
    wait_for_the_end(|| {
        let requests = sandbox.requests();
        let is_refused = |status| status == StatusCode::TOO_MANY_REQUESTS;
        let refused = requests.iter().filter(|request| is_refused(request.status)).count();
        println!("{} {refused}", requests.len());
    });
}

fn announce(base_url: &str, api_key: &str, ca_pem: &str) {
    let ca_file = env::temp_dir().join(format!("certcentral-bench-{}.pem", std::process::id()));
    std::fs::write(&ca_file, ca_pem).unwrap();
    println!("{base_url}\n{api_key}\n{}", ca_file.display());
}

/// Standard input ends with the process at its other end.
fn wait_for_the_end(asked: impl Fn()) {
    std::io::stdin().lines().map_while(Result::ok).for_each(|_| asked());
}

fn serve_barrier(count: usize) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivatePkcs8KeyDer::from(signing_key.serialize_der()).into(),
        )
        .unwrap();
    let tls = TlsAcceptor::from(Arc::new(tls));
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let port = listener.local_addr().unwrap().port();
    announce(&format!("https://localhost:{port}/services/v2"), "key", &cert.pem());
    thread::spawn(|| {
        wait_for_the_end(|| {});
        std::process::exit(0);
    });
    let barrier = Arc::new(Barrier::new(count));
    runtime.block_on(async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (tls, barrier) = (tls.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                let Ok(stream) = tls.accept(stream).await else { return };
                let answer = hyper::service::service_fn(|_| async {
                    barrier.wait().await;
                    let body = http_body_util::Full::new(bodies::seed());
                    Ok::<_, std::convert::Infallible>(Response::new(body))
                });
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
}

/// Builds a program of this workspace, as people would, and returns it.
pub(crate) fn release_build(package: &str, kind: &str, name: &str) -> PathBuf {
    // Apart from this bench's own, which would have to be built again after it.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cold");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--package", package, kind, name])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.unwrap().success());
    target.join("release").join(if kind == "--example" { "examples" } else { "" }).join(name)
}
