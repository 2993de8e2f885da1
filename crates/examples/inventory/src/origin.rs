//! What an output is of: the service, the account and the time.

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::{
    Client, DecodeError, Endpoint, bytes::Bytes, http::Response, http::header::DATE, user::UserInfo,
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// Of this program.
    version: String,
    base_url: String,
    /// Unknown if the key may not tell.
    account: Option<u64>,
    /// When the run began, in seconds since 1970 by the service's clock: this machine's may have been
    /// set meanwhile.
    pub(crate) time: i64,
}

impl Origin {
    /// Asks the service.
    pub(crate) async fn of(client: &Client) -> Result<Self, CliError> {
        let uri = client.api().build_request(&Me)?.uri().to_string();
        let base_url = uri.strip_suffix(&Me.path()).unwrap_or(&uri).to_owned();
        let (account, time) = match client.send(Me).await {
            Ok(me) => me,
            // A key that is restricted to orders may be refused (assumed).
            Err(e) if e.is_access_denied() || e.is_not_found() => (None, None),
            Err(e) => return Err(e.into()),
        };
        let time = time.unwrap_or_else(OffsetDateTime::now_utc).unix_timestamp();
        Ok(Self { version: VERSION.to_owned(), base_url, account, time })
    }

    /// Returns whether lines of that run can stand among those of this program: another version can
    /// have other columns.
    pub(crate) fn is_of_this_version(&self) -> bool {
        self.version == VERSION
    }

    /// Returns an error unless both are of the same account.
    pub(crate) fn check(&self, earlier: &Self) -> Result<(), String> {
        if self.base_url != earlier.base_url {
            return Err(format!("is of {}, and not of {}", earlier.base_url, self.base_url));
        }
        match (earlier.account, self.account) {
            (Some(earlier), Some(account)) if earlier != account => {
                Err(format!("is of account {earlier}, and the key of account {account}"))
            }
            (Some(earlier), None) => {
                Err(format!("is of account {earlier}, and the key may not tell its account"))
            }
            _ => Ok(()),
        }
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// [`UserInfo`] with another response: the account, and what the service's clock says.
struct Me;

impl Endpoint for Me {
    type Output = (Option<u64>, Option<OffsetDateTime>);

    fn path(&self) -> String {
        UserInfo::me().path()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Self::Output, DecodeError> {
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok());
        Ok((UserInfo::me().parse(response)?.account_id, date))
    }
}
