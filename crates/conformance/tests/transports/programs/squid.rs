//! Squid as a proxy.

use crate::temp_dir::TempDir;

use super::{
    port::Port,
    process::Process,
    program::Program,
    proxy::{Access, Proxy},
};

/// Starts Squid, which stores nothing.
pub(crate) fn start(access: Access) -> Option<Proxy> {
    let squid = Program::find("squid")?;
    let (mut dir, port) = (TempDir::new(), Port::reserve());
    let access = match access {
        Access::Open => "http_access allow all".to_owned(),
        Access::Password => {
            // user:S3cret, as `openssl passwd -1` hashes it.
            let users = dir.write("users", "user:$1$salt$IqWYZlowX9lx/4TnFr/OU0\n");
            format!(
                "auth_param basic program /usr/lib/squid/basic_ncsa_auth {}
                auth_param basic children 1 startup=1
                acl known proxy_auth REQUIRED
                http_access allow known
                http_access deny all",
                users.display()
            )
        }
        Access::Https => "
            acl https port 443
            http_access deny CONNECT !https
            http_access allow all"
            .to_owned(),
    };
    let port_number = port.number();
    let configuration = dir.write(
        "squid.conf",
        &format!(
            "http_port 127.0.0.1:{port_number}
            {access}
            visible_hostname proxy.test
            cache deny all
            access_log none
            cache_log /dev/null
            pid_filename none
            coredump_dir none
            netdb_filename none
            pinger_enable off
            shutdown_lifetime 0 seconds\n"
        ),
    );
    // The service's name keeps its shared memory apart from that of others.
    let service = format!("certcentral{port_number}");
    for part in ["metadata", "queues", "readers"] {
        dir.remove_too(format!("/dev/shm/{service}-cf__{part}.shm"));
    }
    let mut command = squid.command();
    // In the foreground, as one process, with its messages on standard error.
    command.args(["-N", "-d", "1", "-n", &service, "-f"]).arg(configuration);
    Some(Proxy(Process::start(command, port, dir)))
}
