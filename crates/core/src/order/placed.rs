//! The response to a new order, a reissue or a duplicate.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;

use super::OrderDomain;
use crate::{
    certificate::CertificateChain,
    error::Error,
    id::{CertificateId, OrderId},
    json::{lenient, times},
    request::RequestSummary,
};

/// The response to a new order, a reissue or a duplicate, under the service's own field names.
///
/// It has one of three forms, and no status:
///
/// | what is there | what it means |
/// | --- | --- |
/// | `requests`, and no `certificate_id` | the request waits for an approval |
/// | `certificate_id`, and no `certificate_chain` | it is approved; the certificate is not issued yet |
/// | `certificate_chain` | it was issued at once |
///
/// In the last two, `requests` is absent if the account skips the step of approval (observed), and
/// else says `approved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Placed {
    /// Order ID: of a new order, also if it is a renewal, its own. A reissue or a duplicate does not
    /// change it.
    pub id: OrderId,
    /// The request that was made; absent if no approval is needed.
    #[serde(default)]
    pub requests: Vec<RequestSummary>,
    /// Certificate ID; absent while an approval is needed. It is there before the certificate is
    /// issued. Of a reissue, lists name the old one until the new one is issued (observed).
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub certificate_id: Option<CertificateId>,
    /// The certificates, leaf first, if they were issued at once.
    #[serde(default)]
    pub certificate_chain: Vec<ChainCertificate>,
    /// What shows control of the names, if they must be validated: see
    /// [`OrderRandomValue`](super::OrderRandomValue). Absent if the method is `email`, and while an
    /// approval is needed.
    pub dcv_random_value: Option<String>,
    /// Domains of a new order, one for each name. DV orders have none, and no reissue has been
    /// observed to.
    #[serde(default)]
    pub domains: Vec<OrderDomain>,
    /// Last day of the order. Only reissues have been observed to have it.
    #[serde(default, with = "times::date")]
    pub order_valid_till: Option<Date>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl Placed {
    /// Returns the chain, if the certificate was issued at once.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if what the service sent as one is not PEM.
    pub fn chain(&self) -> Result<Option<CertificateChain>, Error> {
        if self.certificate_chain.is_empty() {
            return Ok(None);
        }
        ChainCertificate::chain(&self.certificate_chain).map(Some)
    }
}

/// One certificate of a chain that is sent as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChainCertificate {
    /// Common name of the certificate's subject.
    pub subject_common_name: Option<String>,
    /// The certificate, PEM.
    pub pem: Option<String>,
    /// Every other field.
    pub extra: Map<String, Value>,
}

impl ChainCertificate {
    /// Reads each on its own, so that one that is none cannot hide between two others.
    pub(crate) fn chain(all: &[Self]) -> Result<CertificateChain, Error> {
        let pems = all.iter().map(|one| one.pem.as_deref().unwrap_or_default());
        let pems = pems.map(|pem| Ok(CertificateChain::from_pem(pem)?.to_pem()));
        CertificateChain::from_pem(&pems.collect::<Result<String, Error>>()?)
    }
}
