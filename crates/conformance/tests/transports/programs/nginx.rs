//! nginx in front of the sandbox.

use certcentral_sandbox::Sandbox;

use crate::temp_dir::TempDir;

use super::{authority, front::Front, port::Port, process::Process, program::Program};

/// The log: for each request the status, the transfer coding and the content coding of the response.
pub(crate) const LOG: &str = "access.log";

/// Starts nginx with TLS in front of `sandbox`. `listen` is added to the listening socket, and
/// `settings` to the server. They may use the zone `one_a_minute`.
pub(crate) fn start(sandbox: Sandbox, listen: &str, settings: &str) -> Option<Front> {
    let nginx = Program::find("nginx")?;
    let (dir, port) = (TempDir::new(), Port::reserve());
    authority::write_files(&dir);
    let (here, to, port_number) = (dir.path().display(), sandbox.port(), port.number());
    let configuration = dir.write(
        "nginx.conf",
        &format!(
            "daemon off;
            master_process off;
            pid {here}/pid;
            error_log stderr;
            events {{ worker_connections 512; }}
            http {{
                client_body_temp_path {here}/body;
                proxy_temp_path {here}/proxy;
                fastcgi_temp_path {here}/fastcgi;
                uwsgi_temp_path {here}/uwsgi;
                scgi_temp_path {here}/scgi;
                log_format codings
                    '$status $sent_http_transfer_encoding $sent_http_content_encoding';
                access_log {LOG} codings;
                limit_req_zone $server_port zone=one_a_minute:32k rate=1r/m;
                server {{
                    listen 127.0.0.1:{port_number} ssl {listen};
                    ssl_certificate chain.pem;
                    ssl_certificate_key key.pem;
                    {settings}
                    location / {{
                        proxy_pass http://127.0.0.1:{to};
                        proxy_set_header X-Front-Tls $ssl_protocol;
                        proxy_set_header X-Front-Http $server_protocol;
                        proxy_set_header X-Front-Port $remote_port;
                    }}
                }}
            }}"
        ),
    );
    let mut command = nginx.command();
    command.arg("-e").arg("stderr").arg("-p").arg(dir.path()).arg("-c").arg(configuration);
    Some(Front::new(sandbox, Process::start(command, port, dir)))
}
