//! The program.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::{env, fs};

use certcentral_sandbox::{Sandbox, routes};

use crate::caller::{csr, fields};
use crate::client::connect_to;

#[test]
fn with_http_it_prints_three_lines_and_serves() {
    let (_running, mut lines) = start(&["--http", "--port", "0"]);
    let [base_url, api_key, ca_file] = three(&mut lines);
    let port = port(&base_url, "base_url=http://127.0.0.1:");
    let key = api_key.strip_prefix("api_key=").unwrap();
    let path = ca_file.strip_prefix("ca_file=").unwrap();
    assert!(fs::read_to_string(path).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    fs::remove_file(path).unwrap();
    assert_eq!(connect_to(port).get("112233", key).status, 200);
}

#[test]
fn its_orders_are_of_every_kind() {
    let (_running, mut lines) =
        start(&["--http", "--no-rate-limit", "--no-approval", "--latency", "1"]);
    let [base_url, api_key, ca_file] = three(&mut lines);
    fs::remove_file(ca_file.strip_prefix("ca_file=").unwrap()).unwrap();
    let port = port(&base_url, "base_url=http://127.0.0.1:");
    let key = format!("X-DC-DEVKEY: {}\r\n", api_key.strip_prefix("api_key=").unwrap());
    let reply = connect_to(port).ask("GET", "/services/v2/order/certificate", &key);
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let row = |id: u64| {
        let rows = body["orders"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap()
    };
    for (id, product) in [
        (700_101, "ssl_basic"),
        (700_201, "ssl_dv_geotrust_flex"),
        (700_301, "document_signing_org_1"),
        (700_302, "code_signing"),
    ] {
        assert_eq!(row(id)["product_name_id"], product);
        assert_eq!(row(id).get("price"), None);
    }
    assert_eq!(row(700_201).get("organization"), None);
    assert!(row(700_301)["verified_contacts"]["users"].is_array(), "an object");
    assert_eq!(row(700_302)["certificate"].get("common_name"), None);
    assert_eq!(row(700_302)["certificate"]["dns_names"], serde_json::json!([""]));
    assert_eq!(row(700_101)["is_multi_year_plan"], "1");
    let options = row(700_101)["order_options"].as_str().unwrap();
    let options: serde_json::Value = serde_json::from_str(options).unwrap();
    assert_eq!(options["certificate_dcv_scope"], "base_domain");

    let csr = csr(&["www.blog.example.com"]);
    let body = serde_json::json!({
        "certificate": {"common_name": "www.blog.example.com", "csr": csr},
        "order_validity": {"years": 1},
    });
    let (body, target) = (body.to_string(), "/services/v2/order/certificate/ssl_dv_rapidssl");
    let mut connection = connect_to(port);
    let length = body.len();
    connection
        .write(&format!("POST {target} HTTP/1.1\r\n{key}Content-Length: {length}\r\n\r\n{body}"));
    let placed: serde_json::Value = serde_json::from_slice(&connection.read().body).unwrap();
    assert_eq!(fields(&placed), ["certificate_id", "id"], "new orders need no approval either");
}

#[test]
fn by_default_it_serves_tls_and_writes_the_root_to_a_file() {
    let (_running, mut lines) = start(&[]);
    let [base_url, _, ca_file] = three(&mut lines);
    let port = port(&base_url, "base_url=https://localhost:");
    let path = env::temp_dir().join(format!("certcentral-sandbox-{port}.pem"));
    assert_eq!(ca_file, format!("ca_file={}", path.display()));
    assert!(fs::read_to_string(&path).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    fs::remove_file(path).unwrap();
}

#[test]
fn help_names_every_argument_and_lists_every_route() {
    for flag in ["-h", "--help"] {
        let output = run(&[flag]);
        let text = String::from_utf8(output.stdout).unwrap();
        for name in [
            "--port",
            "--http",
            "--dns-server",
            "--web-server",
            "--latency",
            "--no-rate-limit",
            "--no-approval",
            "--help",
            "700101",
            "700201",
        ] {
            assert!(text.contains(name), "{name}");
        }
        for route in routes() {
            let line = format!("  {} ", route.method);
            let line = text.lines().find(|it| it.starts_with(&line) && it.contains(route.path));
            assert!(line.is_some_and(|line| line.ends_with(route.name)), "{route:?}");
        }
        assert!(output.status.success());
    }
}

#[test]
fn arguments_that_it_does_not_know_are_exit_code_2() {
    for (arguments, message) in [
        (&["--verbose"][..], "invalid option '--verbose'"),
        (&["8443"], "unexpected argument \"8443\""),
        (&["--http=no"], "unexpected argument for option '--http'"),
        (&["--port"], "missing argument for option '--port'"),
        (&["--port", "65536"], "cannot parse argument \"65536\""),
        (&["--web-server", "localhost"], "cannot parse argument \"localhost\""),
        (
            &["--dns-server"],
            if cfg!(feature = "dns") { "missing argument" } else { "--dns-server needs" },
        ),
    ] {
        assert_fails(&run(arguments), 2, message);
    }
}

#[test]
fn a_taken_port_is_one_line_on_standard_error() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let port = sandbox.port().to_string();
    let message = format!("cannot serve on 127.0.0.1:{port}: ");
    assert_fails(&run(&["--port", &port]), 1, &message);
}

fn assert_fails(output: &Output, code: i32, message: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.starts_with(&format!("certcentral-sandbox: {message}")), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(output.stdout.is_empty());
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certcentral-sandbox"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn start(arguments: &[&str]) -> (Running, Lines<BufReader<ChildStdout>>) {
    let mut child = program(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    (Running(child), BufReader::new(stdout).lines())
}

/// A program that serves until the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn three(lines: &mut Lines<BufReader<ChildStdout>>) -> [String; 3] {
    [(); 3].map(|()| lines.next().unwrap().unwrap())
}

fn port(line: &str, before: &str) -> u16 {
    let port = line.strip_prefix(before).unwrap().strip_suffix("/services/v2");
    port.unwrap().parse().unwrap()
}
