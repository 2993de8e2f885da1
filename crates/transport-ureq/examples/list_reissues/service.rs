//! Whom the examples ask, as the environment says.

use std::{
    env::{self, VarError},
    fs,
};

use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl};
use certcentral_sandbox::Sandbox;

use crate::trouble::Trouble;

pub(crate) const ENVIRONMENT: &str = "Without a key, a sandbox inside this process is asked.

  CERTCENTRAL_API_KEY   the key of the account to ask
  CERTCENTRAL_BASE_URL  where to ask, if not https://www.digicert.com/services/v2
  CERTCENTRAL_CA_FILE   certificates to trust, in PEM, if not the built-in ones";

pub(crate) enum Service {
    Sandbox(Sandbox),
    Real { key: String },
}

impl Service {
    pub(crate) fn from_environment() -> Result<Self, Trouble> {
        match variable("CERTCENTRAL_API_KEY")? {
            Some(key) => Ok(Self::Real { key }),
            None => Sandbox::start()
                .map(Self::Sandbox)
                .map_err(|e| Trouble(format!("the sandbox does not start: {e}"))),
        }
    }

    pub(crate) fn api(&self) -> Result<ApiBuilder, Trouble> {
        let (key, base_url) = match self {
            Self::Sandbox(sandbox) => (sandbox.api_key(), Some(sandbox.base_url())),
            Self::Real { key } => (key.as_str(), variable("CERTCENTRAL_BASE_URL")?),
        };
        let api = Api::builder(ApiKey::new(key)?);
        Ok(match base_url {
            Some(url) => api.base_url(BaseUrl::parse(&url)?),
            None => api,
        })
    }

    /// The certificates to trust in place of the built-in ones, if there are any.
    pub(crate) fn root_certificates(&self) -> Result<Option<Vec<u8>>, Trouble> {
        match (self, env::var_os("CERTCENTRAL_CA_FILE")) {
            (Self::Sandbox(sandbox), _) => Ok(sandbox.ca_pem().map(Into::into)),
            (Self::Real { .. }, None) => Ok(None),
            (Self::Real { .. }, Some(path)) => fs::read(path).map(Some).map_err(|e| {
                Trouble(format!("the file that CERTCENTRAL_CA_FILE names cannot be read: {e}"))
            }),
        }
    }
}

/// A variable that is not set is none; one that cannot be read must not pass for that.
fn variable(name: &str) -> Result<Option<String>, Trouble> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not text; set it anew").into()),
    }
}
