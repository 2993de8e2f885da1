//! Asks for the reissues of an order on a bare TLS connection, and prints the response as it comes.

use std::{
    env,
    error::Error,
    fs,
    io::{self, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, pem::PemObject},
};

fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("CERTCENTRAL_BASE_URL")?;
    let (host, path) = url.trim_start_matches("https://").split_once('/').ok_or("no path")?;
    let (name, _) = host.split_once(':').ok_or("no port")?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&fs::read(env::var("CERTCENTRAL_CA_FILE")?)?)?)?;
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let tls = ClientConnection::new(Arc::new(config), name.to_owned().try_into()?)?;
    let tcp = TcpStream::connect(host)?;
    tcp.set_nodelay(true)?;
    let mut stream = StreamOwned::new(tls, tcp);
    write!(
        stream,
        "GET /{path}/order/certificate/112233/reissue HTTP/1.1\r\nhost: {host}\r\n\
         x-dc-devkey: {}\r\nconnection: close\r\n\r\n",
        env::var("CERTCENTRAL_API_KEY")?
    )?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    io::stdout().write_all(&response)?;
    Ok(())
}
