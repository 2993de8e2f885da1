use std::{
    env::{self, VarError},
    fs,
};

use certcentral_core::{Api, ApiBuilder, ApiKey};
use certcentral_network::ClientBuilder;
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};

use crate::{error::CliError, note};

/// The part of a program's help that is about [`Service`].
pub const ENVIRONMENT: &str = "\
Environment:
  CERTCENTRAL_API_KEY   the API key; without it, a local sandbox is queried
  CERTCENTRAL_BASE_URL  the base URL, if not https://www.digicert.com/services/v2
  CERTCENTRAL_CA_FILE   root certificates to trust, in PEM, if not the built-in ones
";

/// Orders of the sandbox, which a program can reissue.
const SANDBOX_ORDERS: [(u64, &[&str]); 3] = [
    (700_101, &["shop.example.com"]),
    (700_102, &["www.example.net", "example.net"]),
    (700_103, &["*.example.org", "example.org"]),
];

/// Returns a sandbox for [`Service::from_environment`], with a few orders.
pub fn sandbox() -> SandboxBuilder {
    let add = |sandbox: SandboxBuilder, (order_id, names): (u64, &[&str])| {
        sandbox.order(LivingOrder::new(order_id, names.iter().copied()))
    };
    SANDBOX_ORDERS.into_iter().fold(Sandbox::builder(), add)
}

/// The service that a program or an example queries.
#[derive(Debug)]
pub struct Service {
    key: String,
    base_url: Option<String>,
    root_certificates: Option<Vec<u8>>,
    sandbox: Option<Sandbox>,
}

impl Service {
    /// Returns the service that the environment names. If there is no key, starts a sandbox, and
    /// says so on standard error.
    ///
    /// # Errors
    ///
    /// If `CERTCENTRAL_BASE_URL` is set without a key, a variable is not text, a file cannot be
    /// read, or the sandbox does not start.
    pub fn from_environment(sandbox: SandboxBuilder) -> Result<Self, CliError> {
        let base_url = variable("CERTCENTRAL_BASE_URL")?;
        match variable("CERTCENTRAL_API_KEY")? {
            Some(key) => {
                let root_certificates = root_certificates()?;
                Ok(Self { key, base_url, root_certificates, sandbox: None })
            }
            None if base_url.is_some() => {
                Err("CERTCENTRAL_BASE_URL is set and CERTCENTRAL_API_KEY is not; set the key too, \
                     or unset the URL to query a local sandbox"
                    .into())
            }
            None => {
                note("CERTCENTRAL_API_KEY is not set: querying a local sandbox\n");
                let sandbox =
                    sandbox.start().map_err(|e| format!("the sandbox does not start: {e}"))?;
                Ok(Self {
                    key: sandbox.api_key().to_owned(),
                    base_url: Some(sandbox.base_url()),
                    root_certificates: sandbox.ca_pem().map(Into::into),
                    sandbox: Some(sandbox),
                })
            }
        }
    }

    /// Returns a builder with the service's key and base URL.
    ///
    /// # Errors
    ///
    /// If the key cannot be used.
    pub fn api(&self) -> Result<ApiBuilder, CliError> {
        let key = ApiKey::new(&*self.key).map_err(|e| format!("CERTCENTRAL_API_KEY: {e}"))?;
        let api = Api::builder(key);
        Ok(match &self.base_url {
            Some(url) => api.base_url(url.as_str()),
            None => api,
        })
    }

    /// Builds a client of either transport, which trusts the service's root certificates.
    ///
    /// # Errors
    ///
    /// If the certificates cannot be used.
    pub fn client<C>(&self, client: ClientBuilder<C>) -> Result<C, CliError> {
        let client = match &self.root_certificates {
            Some(pem) => client.root_certificates_pem(pem),
            None => client,
        };
        Ok(client.build()?)
    }

    /// Returns the sandbox, if that is the service.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }
}

fn root_certificates() -> Result<Option<Vec<u8>>, CliError> {
    let Some(path) = env::var_os("CERTCENTRAL_CA_FILE") else { return Ok(None) };
    let pem = fs::read(path);
    Ok(Some(pem.map_err(|e| format!("cannot read the file that CERTCENTRAL_CA_FILE names: {e}"))?))
}

/// A variable that is not text is an error: it must not pass for one that is not set.
fn variable(name: &str) -> Result<Option<String>, CliError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not text").into()),
    }
}
