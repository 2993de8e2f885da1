//! BIND, with a zone that is updated over the wire.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;

use super::program::{Port, Program, Running, TempDir};

/// A name server for `example.net`.
pub(super) struct Bind {
    nsupdate: Program,
    port: Port,
    running: Option<Running>,
    dir: TempDir,
}

const ZONE: &str = "@ 0 SOA ns1 hostmaster 1 3600 600 86400 0\n@ 60 NS ns1\nns1 60 A 127.0.0.1\n";
// Made for these tests.
const KEY: &str =
    "key \"hook\" { algorithm hmac-sha256; secret \"c2FuZGJveC1rZXktbm90LWEtc2VjcmV0\"; };\n";

impl Bind {
    pub(super) fn start() -> Option<Self> {
        let (named, nsupdate) = (Program::find("named")?, Program::find("nsupdate")?);
        let (dir, port) = (TempDir::new(), Port::reserve());
        dir.write("key", KEY);
        dir.write("example.net", ZONE);
        let running = Some(serve(&named, &dir, port.address()));
        Some(Self { nsupdate, port, running, dir })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Sends one update of these lines. It is in effect when this returns.
    pub(super) fn update(&self, lines: &str) {
        let mut command = self.nsupdate.command();
        command.arg("-k").arg(self.dir.path().join("key")).stdin(Stdio::piped());
        let (mut child, port) = (command.spawn().unwrap(), self.address().port());
        let text = format!("server 127.0.0.1 {port}\nzone example.net\n{lines}\nsend\n");
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{lines}\n{}", log(&self.dir));
    }

    pub(super) fn end(&mut self) {
        self.running = None;
    }
}

fn serve(named: &Program, dir: &TempDir, address: SocketAddr) -> Running {
    let (here, port) = (dir.path().display(), address.port());
    let configuration = dir.write(
        "named.conf",
        format!(
            "include \"{here}/key\";
            options {{
                directory \"{here}\"; pid-file none; session-keyfile none;
                listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
                recursion no; dnssec-validation no; notify no;
            }};
            controls {{ }};
            zone \"example.net\" {{
                type primary; file \"example.net\"; allow-update {{ key hook; }};
            }};"
        ),
    );
    let output = File::create(dir.path().join("log")).unwrap();
    let mut command = named.command();
    command.args(["-g", "-c", &configuration]).stderr(output);
    // It would go on without a port that it does not get.
    let running = Running::start(command, || log(dir).ends_with(" running\n"));
    assert!(!log(dir).contains("address in use"), "{}", log(dir));
    running
}

fn log(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("log")).unwrap_or_default()
}
