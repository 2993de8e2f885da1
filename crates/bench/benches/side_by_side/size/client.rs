//! The reissues of an order, by reqwest.

pub mod plain;

use plain::Reissues;

/// A client with a key.
pub struct Client {
    pub http: reqwest::Client,
    pub base_url: String,
    pub api_key: String,
}

impl Client {
    /// Lists the reissues of an order.
    pub async fn list(&self, order: u64) -> Result<Reissues, reqwest::Error> {
        let url = format!("{}/order/certificate/{order}/reissue", self.base_url);
        let request = self.http.get(url).header("X-DC-DEVKEY", &self.api_key);
        request.send().await?.error_for_status()?.json().await
    }
}
