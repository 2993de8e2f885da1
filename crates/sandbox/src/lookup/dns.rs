//! Records of a real DNS server.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::Resolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

/// Returns the TXT records at `name`, each as one text. A failure counts as none.
pub(super) async fn txt(server: SocketAddr, name: &str) -> Vec<String> {
    let records = records(server, name, RecordType::TXT).await.unwrap_or_default();
    let texts = records.into_iter().filter_map(|data| match data {
        RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
        // The answer holds what leads to the record as well.
        _ => None,
    });
    texts.collect()
}

/// Returns the target of the CNAME record at `name`, without the final dot.
pub(super) async fn cname(server: SocketAddr, name: &str) -> Option<String> {
    let records = records(server, name, RecordType::CNAME).await.unwrap_or_default();
    records.into_iter().find_map(|data| match data {
        RData::CNAME(target) => Some(target.0.to_ascii().trim_end_matches('.').to_owned()),
        _ => None,
    })
}

async fn records(server: SocketAddr, name: &str, kind: RecordType) -> Result<Vec<RData>, NetError> {
    let mut name_server = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut name_server.connections {
        connection.port = server.port();
    }
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
    let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.cache_size = 0; // a record counts as soon as it is there
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = Duration::from_millis(500);
    options.attempts = 1;
    // With the final dot, nothing else is asked for; and the parser for text refuses `my_shop`.
    let name = Name::from_ascii(format!("{name}."))?;
    let lookup = builder.build()?.lookup(name, kind).await?;
    Ok(lookup.answers().iter().map(|record| record.data.clone()).collect())
}
