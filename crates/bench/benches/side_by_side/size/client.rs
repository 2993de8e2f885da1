//! The reissues of an order, by reqwest, with the bounds that ours has.

pub mod typed;

use std::{error::Error, time::Duration};

use typed::Reissues;

/// A client with a key.
pub struct Client {
    pub http: reqwest::Client,
    pub base_url: String,
    pub api_key: String,
}

impl Client {
    /// Lists the reissues of an order.
    pub async fn list(&self, order: u64) -> Result<Reissues, Box<dyn Error>> {
        let url = format!("{}/order/certificate/{order}/reissue", self.base_url);
        let request = self.http.get(url).header("X-DC-DEVKEY", &self.api_key);
        let request = request.timeout(Duration::from_secs(30));
        let mut response = request.send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if chunk.len() > (32 << 20) - body.len() {
                return Err("the body is longer than allowed".into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}
