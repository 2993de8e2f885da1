//! nginx, which serves a folder for each host.

use std::net::{SocketAddr, TcpStream};

use super::program::{Port, Program, Running, TempDir};

pub(super) struct Nginx {
    port: Port,
    _running: Running,
    dir: TempDir,
}

impl Nginx {
    /// Starts a server for `hosts`; requests for others are sent to the first of them.
    pub(super) fn start(hosts: &[&str]) -> Option<Self> {
        let nginx = Program::find("nginx")?;
        let (dir, port) = (TempDir::new(), Port::reserve());
        let running = serve(&nginx, &dir, port.address(), hosts);
        Some(Self { port, _running: running, dir })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Places the file with a random value.
    pub(super) fn place(&self, host: &str, value: &str) {
        self.dir.write(&format!("{host}/.well-known/pki-validation/fileauth.txt"), value);
    }
}

fn serve(nginx: &Program, dir: &TempDir, address: SocketAddr, hosts: &[&str]) -> Running {
    let (here, names, first) = (dir.path().display(), hosts.join(" "), hosts[0]);
    let configuration = dir.write(
        "nginx.conf",
        format!(
            "daemon off; master_process off; pid {here}/pid; error_log stderr crit;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
                fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi;
                scgi_temp_path {here}/scgi;
                server {{
                    listen {address};
                    server_name {names};
                    root {here}/$host;
                }}
                server {{
                    listen {address} default_server;
                    return 301 http://{first}$request_uri;
                }}
            }}"
        ),
    );
    let mut command = nginx.command();
    command.args(["-e", "stderr", "-p", &here.to_string(), "-c", &configuration]);
    Running::start(command, || TcpStream::connect(address).is_ok())
}
