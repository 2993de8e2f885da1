//! This program as another process: servers, so that no client shares a heap or a thread with
//! them, and clients whose memory or instructions are counted as a whole.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::Ipv4Addr,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
};

use certcentral_bench::bodies;
use certcentral_sandbox::Sandbox;
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
    pub(crate) address: Address,
}

impl Server {
    /// The sandbox without a rate limit.
    pub(crate) fn sandbox() -> Self {
        Self::start(&[SANDBOX])
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
        Self { process, address }
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
        [what] if what == SANDBOX => serve_sandbox(),
        [what, count] if what == BARRIER => serve_barrier(count.parse().unwrap()),
        _ => return false,
    }
    true
}

const SANDBOX: &str = "serve-sandbox";
const BARRIER: &str = "serve-barrier";

fn serve_sandbox() {
    let sandbox = Sandbox::builder()
        .without_rate_limit()
        .reissues(HUNDRED, bodies::order(100))
        .reissues(HUGE, bodies::order(HUGE_ROWS))
        .start()
        .unwrap();
    announce(&sandbox.base_url(), sandbox.api_key(), sandbox.ca_pem().unwrap());
    wait_for_the_end();
}

fn announce(base_url: &str, api_key: &str, ca_pem: &str) {
    let ca_file = env::temp_dir().join(format!("certcentral-bench-{}.pem", std::process::id()));
    std::fs::write(&ca_file, ca_pem).unwrap();
    println!("{base_url}\n{api_key}\n{}", ca_file.display());
}

/// Standard input ends with the process at its other end.
fn wait_for_the_end() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
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
        wait_for_the_end();
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
                    Ok::<_, std::convert::Infallible>(http::Response::new(body))
                });
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
}
