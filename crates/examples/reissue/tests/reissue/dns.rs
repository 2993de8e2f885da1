//! Orders of every kind, with real DNS, and a program that is killed again and again.
//!
//! It needs BIND, as Debian packages it. Without it, the test is skipped, and says so on standard
//! error; with `CERTCENTRAL_REQUIRE_PROGRAMS` set it fails instead.

use std::{
    env,
    fs::{self, File},
    io::Write,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use certcentral_example_cli::testing::TempDir;
use certcentral_sandbox::{Sandbox, SandboxBuilder};
use certcentral_transport_ureq::{OrderId, order::OrderInfo, request::UpdateRequestStatus};

use crate::due::{day, due};
use crate::service::{client, requests};
use crate::{PROGRAM, temp_dir};

const README: &str = include_str!("../../README.md");
const ZONE: &str = "@ 0 SOA ns1 hostmaster 1 3600 600 86400 0\n@ 60 NS ns1\nns1 60 A 127.0.0.1\n";
// Made for this test.
const KEY: &str =
    "key \"hook\" { algorithm hmac-sha256; secret \"c2FuZGJveC1rZXktbm90LWEtc2VjcmV0\"; };\n";

#[test]
fn five_orders_end_as_they_must_however_often_it_is_killed() {
    let dir = temp_dir("dns");
    let Some(bind) = Bind::start(&dir) else { return };
    let orders = [
        due(1, "valid.example.com").without_approval(),
        due(2, "ended.example.net").without_approval().validated_until("example.net", day(0)),
        due(3, "dv.example.net").dv().without_approval(),
        due(4, "approved.example.com"),
        due(5, "rejected.example.com"),
    ];
    let sandbox = orders.into_iter().fold(Sandbox::builder(), SandboxBuilder::order);
    let sandbox = sandbox.without_rate_limit().dns_server(bind.address).start().unwrap();
    sandbox.advance(Duration::from_secs(24 * 60 * 60)); // the end of a validation
    let hook = README.split("```").find_map(|text| text.strip_prefix("sh\n#!")).unwrap();
    let server = format!("server 127.0.0.1 {}", bind.address.port());
    dir.write("hook", format!("#!{hook}").replace("server ns1.example.net", &server));
    fs::set_permissions(dir.path("hook"), fs::Permissions::from_mode(0o755)).unwrap();

    let args = [
        "--due",
        "30",
        "--publish",
        "./hook",
        "--unpublish",
        "./hook",
        "--no-approval",
        "--interval",
        "0.2",
        "--lag",
        "1",
        "--timeout",
        "60",
        "--directory",
        "out",
    ];
    let mut random = 4_u64;
    for run in 0..50 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let running = dir.start(PROGRAM, &sandbox, &args);
        thread::sleep(Duration::from_millis((random >> 33) % 400));
        running.kill();
        if run == 25 {
            decide(&sandbox);
        }
    }
    // A kill between the note and the request has left it to this run.
    let mut running = dir.start(PROGRAM, &sandbox, &args);
    while !running.has_ended() {
        decide(&sandbox);
    }
    let run = running.end();
    let mut posts = requests(&sandbox);
    posts.retain(|line| line.starts_with("POST "));
    posts.sort();
    let all = (1..=5).map(|id| format!("POST /services/v2/order/certificate/{id}/reissue"));
    assert_eq!(posts, all.collect::<Vec<_>>(), "{}", run.stderr);
    let rejected = "5  rejected.example.com  rejected  not this one\n";
    assert!(run.stdout.ends_with(rejected), "{}", run.stdout);
    for id in 1..=5 {
        assert_eq!(
            dir.path(&format!("out/{id}.pem")).exists(),
            id != 5,
            "{}{}",
            run.stdout,
            run.stderr
        );
    }
    assert_eq!(run.code, Some(1), "one is rejected");
    let checks = requests(&sandbox).iter().filter(|line| line.contains("check-dcv")).count();
    assert!(checks >= 2, "two orders are validated");
    // What was published is gone.
    bind.update("prereq nxrrset example.net. TXT");
}

/// Approves the request of the fourth order, and rejects that of the fifth, if they were made.
fn decide(sandbox: &Sandbox) {
    let client = client(sandbox);
    for (order_id, is_approved) in [(4, true), (5, false)] {
        let order = client.send(OrderInfo::new(OrderId(order_id))).unwrap();
        for request in order.requests {
            let id = request.id;
            let decision = if is_approved {
                UpdateRequestStatus::approve(id)
            } else {
                UpdateRequestStatus::reject(id).comment("not this one")
            };
            let _ = client.send(decision); // it may be decided already
        }
    }
}

/// A name server for `example.net`, which takes updates.
struct Bind {
    address: SocketAddr,
    folder: PathBuf,
    server: Child,
}

impl Bind {
    fn start(dir: &TempDir) -> Option<Self> {
        let named = find("named").filter(|_| find("nsupdate").is_some())?;
        let folder = dir.path("bind");
        fs::create_dir(&folder).unwrap();
        dir.write("key", KEY);
        dir.write("bind/example.net", ZONE);
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (here, port) = (folder.display(), address.port());
        let configuration = format!(
            "include \"{here}/../key\";
            options {{
                directory \"{here}\"; pid-file none; session-keyfile none;
                listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
                recursion no; dnssec-validation no; notify no;
            }};
            controls {{ }};
            zone \"example.net\" {{
                type primary; file \"example.net\"; allow-update {{ key hook; }};
            }};"
        );
        dir.write("bind/named.conf", configuration);
        let log = File::create(dir.path("bind/log")).unwrap();
        let mut command = Command::new(named);
        command.args(["-g", "-c"]).arg(dir.path("bind/named.conf")).stderr(log);
        let server = command.spawn().unwrap();
        while !dir.read("bind/log").ends_with(" running\n") {
            thread::sleep(Duration::from_millis(2));
        }
        assert!(!dir.read("bind/log").contains("address in use"));
        Some(Self { address, folder, server })
    }

    /// Sends one update, which must be taken.
    fn update(&self, line: &str) {
        let mut command = Command::new(find("nsupdate").unwrap());
        command.arg("-k").arg(self.folder.join("../key")).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let text = format!("server 127.0.0.1 {}\n{line}\nsend\n", self.address.port());
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{line}");
    }
}

impl Drop for Bind {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Finds a program, also where Debian has servers.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let is_required =
            env::var_os("CERTCENTRAL_REQUIRE_PROGRAMS").is_some_and(|it| !it.is_empty());
        assert!(!is_required, "{name} is required, and not there");
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: a test with {name}, which is not there");
    }
    found
}
