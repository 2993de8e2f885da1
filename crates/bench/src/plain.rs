//! The model that everyone writes first: derived, owned strings, nothing checked, nothing kept.

use serde::Deserialize;

/// The response.
#[derive(Debug, Deserialize)]
pub struct Reissues {
    /// Its rows.
    pub certificates: Vec<Reissue>,
}

/// One row, under the service's own field names.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the core's `Reissue` documents the same fields")]
pub struct Reissue {
    pub id: u64,
    pub thumbprint: Option<String>,
    pub serial_number: Option<String>,
    pub common_name: Option<String>,
    #[serde(default)]
    pub dns_names: Vec<String>,
    pub status: String,
    pub date_created: String,
    pub date_issued: Option<String>,
    pub valid_till: Option<String>,
    pub days_remaining: Option<i64>,
    pub csr: Option<String>,
    pub key_size: Option<u32>,
    pub user_id: Option<u64>,
    pub email: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
    pub receipt_id: Option<String>,
    pub purchased_dns_names: Option<String>,
    pub purchased_wildcard_names: Option<String>,
    pub archived: Option<u8>,
}
