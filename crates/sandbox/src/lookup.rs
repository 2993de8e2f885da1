//! Where control of names is looked for: in what a test has published, or at real servers.

#[cfg(feature = "dns")]
mod dns;
mod published;
mod web;

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use self::published::Published;
use crate::account::{DcvMethod, Question};

/// Looks for random values.
#[derive(Default)]
pub(crate) struct Lookup {
    /// What counts where no server is named.
    published: Mutex<Published>,
    #[cfg(feature = "dns")]
    pub(crate) dns_server: Option<SocketAddr>,
    pub(crate) web_server: Option<SocketAddr>,
}

impl Lookup {
    pub(crate) fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns those of `questions` whose value is where it has to be.
    pub(crate) async fn find(&self, questions: Vec<Question>) -> Vec<Question> {
        let mut found = Vec::new();
        for question in questions {
            if self.is_shown(&question).await {
                found.push(question);
            }
        }
        found
    }

    /// Looks as DigiCert's open library does: for a TXT record that contains the value at `_dnsauth`
    /// below the name and then at the name, and for the CNAME record at `_dnsauth` alone.
    async fn is_shown(&self, question: &Question) -> bool {
        let Question { name, method, values, .. } = question;
        let below = format!("_dnsauth.{name}");
        match method {
            DcvMethod::DnsTxt => {
                let has_value = |text: &String| values.iter().any(|value| text.contains(value));
                self.txt(&below).await.iter().any(has_value)
                    || self.txt(name).await.iter().any(has_value)
            }
            DcvMethod::DnsCname => {
                let target = self.cname(&below).await.unwrap_or_default();
                // Name servers may lower the case of a target.
                let is_for = |value: &String| {
                    target.eq_ignore_ascii_case(&format!("{value}.dcv.digicert.com"))
                };
                values.iter().any(is_for)
            }
            DcvMethod::HttpFile | DcvMethod::HttpFileDynamic => {
                for value in values {
                    let path = method.file_path(value).unwrap_or_default();
                    if self.file(name, &path).await.is_some_and(|text| text.contains(value)) {
                        return true;
                    }
                }
                false
            }
            DcvMethod::Email => false,
        }
    }

    #[cfg_attr(not(feature = "dns"), expect(clippy::unused_async, reason = "as with the feature"))]
    async fn txt(&self, name: &str) -> Vec<String> {
        #[cfg(feature = "dns")]
        if let Some(server) = self.dns_server {
            return dns::txt(server, name).await;
        }
        self.published().txt(name)
    }

    #[cfg_attr(not(feature = "dns"), expect(clippy::unused_async, reason = "as with the feature"))]
    async fn cname(&self, name: &str) -> Option<String> {
        #[cfg(feature = "dns")]
        if let Some(server) = self.dns_server {
            return dns::cname(server, name).await;
        }
        self.published().cname(name)
    }

    async fn file(&self, host: &str, path: &str) -> Option<String> {
        match self.web_server {
            Some(server) => web::get(server, host, path).await,
            None => self.published().file(host, path),
        }
    }
}
