//! haproxy in front of the sandbox.

use certcentral_sandbox::Sandbox;

use crate::temp_dir::TempDir;

use super::{authority, front::Front, port::Port, process::Process, program::Program};

/// Starts haproxy with TLS in front of `sandbox`. `bind` is added to the listening socket, and
/// `settings` to the front end. Other sections may follow in them.
pub(crate) fn start(sandbox: Sandbox, bind: &str, settings: &str) -> Option<Front> {
    let haproxy = Program::find("haproxy")?;
    let (dir, port) = (TempDir::new(), Port::reserve());
    authority::write_files(&dir);
    let (here, to, port_number) = (dir.path().display(), sandbox.port(), port.number());
    let configuration = dir.write(
        "haproxy.cfg",
        &format!(
            "defaults
                mode http
                retries 0
                timeout connect 10s
                timeout client 60s
                timeout server 60s
            backend sandbox
                server sandbox 127.0.0.1:{to}
            frontend front
                bind 127.0.0.1:{port_number} ssl crt {here}/server.pem {bind}
                http-request set-header X-Front-Tls %[ssl_fc_protocol]
                http-request set-header X-Front-Http HTTP/%[fc_http_major]
                http-request set-header X-Front-Port %[src_port]
                default_backend sandbox
                {settings}\n"
        ),
    );
    let mut command = haproxy.command();
    command.arg("-db").arg("-f").arg(configuration);
    Some(Front::new(sandbox, Process::start(command, port, dir)))
}
