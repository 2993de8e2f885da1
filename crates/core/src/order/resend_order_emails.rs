//! `PUT /order/certificate/{order_id}/resend-emails`

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error},
    id::OrderId,
    json::{decode_no_content, encode_json},
};

/// Sends the validation emails of an order again.
///
/// See DigiCert's page
/// [Resend order DCV emails](https://dev.digicert.com/en/certcentral-apis/services-api/orders/dv-ssl--resend-emails.html).
/// [`DomainEmails`](crate::domain::DomainEmails) lists who gets them, unless an address is chosen.
///
/// # Retries
///
/// A second request sends second emails, so the call is not repeatable.
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, order::ResendOrderEmails};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let resend = ResendOrderEmails::new(OrderId(112233)).locale("ja");
/// assert_eq!(api.build_request(&resend)?.body(), r#"{"locale":"ja"}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct ResendOrderEmails {
    #[serde(skip)]
    order_id: OrderId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domain_approval_emails: Vec<ApprovalEmail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct ApprovalEmail {
    domain: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_domain: Option<String>,
}

impl ResendOrderEmails {
    /// Returns a request that sends the emails of `order_id` again.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, domain_approval_emails: Vec::new(), locale: None }
    }

    /// Adds the address that gets the email of `domain`. Default: all that could.
    pub fn approval_email(self, domain: impl Into<String>, email: impl Into<String>) -> Self {
        self.add(domain.into(), email.into(), None)
    }

    /// Adds the address that gets the email of `domain`, if it is one of `email_domain`, which is
    /// above it.
    pub fn approval_email_above(
        self,
        domain: impl Into<String>,
        email: impl Into<String>,
        email_domain: impl Into<String>,
    ) -> Self {
        self.add(domain.into(), email.into(), Some(email_domain.into()))
    }

    /// Sets the language of the emails, such as `en`. Left out unless set.
    pub fn locale(self, locale: impl Into<String>) -> Self {
        Self { locale: Some(locale.into()), ..self }
    }

    fn add(mut self, domain: String, email: String, email_domain: Option<String>) -> Self {
        self.domain_approval_emails.push(ApprovalEmail { domain, email, email_domain });
        self
    }
}

impl Endpoint for ResendOrderEmails {
    type Output = ();

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/resend-emails", self.order_id)
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<(), DecodeError> {
        decode_no_content(response)
    }
}
