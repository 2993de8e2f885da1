//! What shows control of a name.

use std::{
    fmt::{self, Display, Formatter},
    net::IpAddr,
    slice,
};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    domain::Domain,
    json::times,
    order::{DcvMethod, RandomValue, ScopeValidation, ValidationStatus},
    text::Excerpted,
};

/// What to publish so that the service finds that a name is under your control.
///
/// ```
/// use certcentral_core::{
///     order::{RandomValue, ValidationStatus},
///     reissuance::Challenge,
///     serde_json,
/// };
///
/// let status: ValidationStatus = serde_json::from_str(r#"{
///     "order_id": 112233, "order_status": "reissue_pending", "dns_name_validations": [{
///         "name_scope": "example.net", "dns_names": ["shop.example.net", "www.example.net"],
///         "status": "unapproved", "method": "dns-cname-token"
///     }]
/// }"#)?;
/// let value: RandomValue = serde_json::from_str(r#"{"dcv_random_value": "_q1w2e3"}"#)?;
/// for challenge in Challenge::all(&status, &value) {
///     let record = challenge.dns_record().ok_or("a file, or an email")?;
///     assert_eq!(record.name, "_dnsauth.example.net");
///     assert_eq!(record.content, "_q1w2e3.dcv.digicert.com");
///     assert_eq!(challenge.covers, ["shop.example.net", "www.example.net"]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Challenge {
    /// How control is shown.
    pub method: DcvMethod,
    /// The name at which it is shown: of the scope, or for files of the web server.
    pub name: String,
    /// The random value, which is the same for all names of an order. Publish it as it is.
    pub value: String,
    /// Until when the value counts, in UTC.
    #[serde(default, with = "times::timestamp")]
    pub expires: Option<OffsetDateTime>,
    /// The order's names that it validates.
    pub covers: Vec<String>,
}

impl Challenge {
    /// Returns what shows control of all that is open: one for each scope, but for files one for
    /// each name.
    pub fn all(status: &ValidationStatus, value: &RandomValue) -> Vec<Self> {
        let scopes = status.open_scopes();
        scopes.flat_map(|scope| Self::of_scope(scope, status, value)).collect()
    }

    /// Returns what shows control of a domain, from [`DomainInfo`](crate::domain::DomainInfo) with
    /// `include_dcv`. `None` if it has no method or no random value.
    pub fn of_domain(domain: &Domain) -> Option<Self> {
        let token = domain.dcv_token.as_ref()?;
        Some(Self {
            method: domain.dcv_method.clone()?,
            name: domain.name.clone(),
            value: token.token.clone()?,
            expires: token.expiration_date,
            covers: vec![domain.name.clone()],
        })
    }

    fn of_scope(
        scope: &ScopeValidation,
        order: &ValidationStatus,
        value: &RandomValue,
    ) -> Vec<Self> {
        let method = scope.method.clone().or_else(|| order.order_dcv_method.clone());
        let method = method.unwrap_or_else(|| "".into());
        let challenge = |name: &str, covers: &[String]| Self {
            method: method.clone(),
            name: name.to_owned(),
            value: value.dcv_random_value.clone(),
            expires: value.expiration_date,
            covers: covers.to_vec(),
        };
        let names = match &*scope.dns_names {
            [] => slice::from_ref(&scope.name_scope),
            names => names,
        };
        match method {
            // A file counts for the very name of its web server, so not for `www` in front of it.
            DcvMethod::HttpFile | DcvMethod::HttpFileDynamic => {
                names.iter().map(|name| challenge(name, slice::from_ref(name))).collect()
            }
            _ => vec![challenge(&scope.name_scope, names)],
        }
    }

    /// Returns the record to publish, if the method is one of DNS. An IP address has none.
    ///
    /// The service also finds a TXT record at `_dnsauth.<name>`, where it looks first (observed in
    /// its open library). Use that if the name itself has a CNAME record, beside which a TXT record
    /// cannot be. One name has one CNAME record, so that two values cannot be open at once.
    pub fn dns_record(&self) -> Option<DnsRecord> {
        let name = self.name.trim_end_matches('.');
        let name = name.strip_prefix("*.").unwrap_or(name);
        let (kind, name, content) = match self.method {
            _ if ip_address(name).is_some() => return None,
            DcvMethod::DnsTxt => (DnsRecordKind::Txt, name.to_owned(), self.value.clone()),
            DcvMethod::DnsCname => {
                let target = format!("{}.dcv.digicert.com", self.value);
                (DnsRecordKind::Cname, format!("_dnsauth.{name}"), target)
            }
            _ => return None,
        };
        Some(DnsRecord { name, kind, content })
    }

    /// Returns the file to publish, if the method is [`DcvMethod::HttpFile`]. A wildcard has none:
    /// it needs another method.
    ///
    /// The URL of [`DcvMethod::HttpFileDynamic`] is chosen by the service, and no response about an
    /// order has it: see [`http_token_url`](crate::domain::DcvToken::http_token_url) of the domain.
    pub fn http_file(&self) -> Option<HttpFile> {
        if self.method != DcvMethod::HttpFile || self.name.contains('*') {
            return None;
        }
        let name = self.name.trim_end_matches('.');
        let host = match ip_address(name) {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            _ => name.to_owned(),
        };
        let url = format!("http://{host}/.well-known/pki-validation/fileauth.txt");
        Some(HttpFile { url, content: self.value.clone() })
    }
}

/// What to publish, for people: a record as a line of a zone file, or a file's URL and content.
impl Display for Challenge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { method, name, value, .. } = self;
        if let Some(record) = self.dns_record() {
            write!(f, "{record}")
        } else if let Some(HttpFile { url, content }) = self.http_file() {
            write!(f, "{} with the content {}", Excerpted(url), Excerpted(content))
        } else if *method == DcvMethod::Email {
            let name = Excerpted(name);
            write!(f, "nothing: somebody must follow the link in the email about {name}")
        } else {
            let (value, name, method) = (Excerpted(value), Excerpted(name), Excerpted(method));
            write!(f, "{value} at {name} by {method}")
        }
    }
}

fn ip_address(name: &str) -> Option<IpAddr> {
    name.trim_matches(['[', ']']).parse().ok()
}

/// A DNS record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DnsRecord {
    /// Its whole name, without the final dot.
    pub name: String,
    /// Its type.
    pub kind: DnsRecordKind,
    /// The text of a TXT record, without quotes; the target of a CNAME record, without the final
    /// dot. A zone file needs the dot, and many a tool that writes one does not add it.
    pub content: String,
}

/// A line of a zone file, such as `example.net. 60 IN TXT "_q1w2e3"`.
impl Display for DnsRecord {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, content) = (Excerpted(&self.name), Excerpted(&self.content));
        match self.kind {
            DnsRecordKind::Cname => write!(f, "{name}. 60 IN CNAME {content}."),
            DnsRecordKind::Txt => write!(f, "{name}. 60 IN TXT \"{content}\""),
        }
    }
}

/// The type of a DNS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DnsRecordKind {
    /// An alias.
    Cname,
    /// A text.
    Txt,
}

impl DnsRecordKind {
    /// Returns the type as zone files have it: `CNAME` or `TXT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cname => "CNAME",
            Self::Txt => "TXT",
        }
    }
}

/// A file on a web server.
///
/// The service asks over HTTP or HTTPS, on the ports 80 and 443, and follows up to five redirects
/// within the base domain (observed in its open library).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HttpFile {
    /// Where it is looked for.
    pub url: String,
    /// All that is in it.
    pub content: String,
}
