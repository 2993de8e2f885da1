//! Files of a real web server.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, LOCATION, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::account::base_domain;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

// As DigiCert's open library has them by default.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_FILE: usize = 5000;
const MOST_REDIRECTS: usize = 5;

/// Returns the text at `http://host/path`, which `server` serves. A failure counts as none.
///
/// Redirects are followed within the base domain, to plain HTTP.
pub(super) async fn get(server: SocketAddr, host: &str, path: &str) -> Option<String> {
    let mut uri: Uri = format!("http://{host}{path}").parse().ok()?;
    for _ in 0..=MOST_REDIRECTS {
        match timeout(PATIENCE, exchange(server, &uri)).await.ok()?.ok()? {
            Found::Text(text) => return Some(text),
            Found::Redirect(target) => uri = within(host, &uri, &target)?,
        }
    }
    None
}

enum Found {
    Text(String),
    Redirect(String),
}

async fn exchange(server: SocketAddr, uri: &Uri) -> Result<Found, BoxError> {
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection); // until `sender` is dropped
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, uri.authority().map_or("", |host| host.as_str()))
        .header(USER_AGENT, "DigiCert DCV/1.1")
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let location = response.headers().get(LOCATION).map(|target| target.to_str()).transpose()?;
    match (response.status(), location) {
        (StatusCode::OK, _) => {
            let body = Limited::new(response.into_body(), LONGEST_FILE).collect().await?;
            Ok(Found::Text(String::from_utf8_lossy(&body.to_bytes()).into_owned()))
        }
        (status, Some(target)) if matches!(status.as_u16(), 301 | 302 | 307 | 308) => {
            Ok(Found::Redirect(target.to_owned()))
        }
        (status, _) => Err(status.to_string().into()),
    }
}

/// Returns where a redirect leads, if that counts.
fn within(host: &str, from: &Uri, target: &str) -> Option<Uri> {
    let absolute = if target.starts_with('/') {
        format!("http://{}{target}", from.authority()?)
    } else {
        target.to_owned()
    };
    let uri: Uri = absolute.parse().ok()?;
    let is_within =
        uri.scheme_str() == Some("http") && base_domain(uri.host()?) == base_domain(host);
    is_within.then_some(uri)
}
