//! Tinyproxy as a proxy.

use crate::temp_dir::TempDir;

use super::{
    port::Port,
    process::Process,
    program::Program,
    proxy::{Access, Proxy},
};

/// Starts Tinyproxy.
pub(crate) fn start(access: Access) -> Option<Proxy> {
    let tinyproxy = Program::find("tinyproxy")?;
    let (dir, port) = (TempDir::new(), Port::reserve());
    let access = match access {
        Access::Open => "",
        Access::Password => "BasicAuth user S3cret",
        Access::Https => "ConnectPort 443",
    };
    let port_number = port.number();
    let configuration = dir.write(
        "tinyproxy.conf",
        &format!("Listen 127.0.0.1\nPort {port_number}\nTimeout 60\n{access}\n"),
    );
    let mut command = tinyproxy.command();
    command.arg("-d").arg("-c").arg(configuration);
    Some(Proxy(Process::start(command, port, dir)))
}
