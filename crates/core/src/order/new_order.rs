//! `POST /order/certificate/{product_name_id}`

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use super::{
    DcvMethod, NameScope, Order, Placed, Validity,
    certificate_request::{CertificateRequest, certificate_setters},
};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::{ContainerId, OrderId, OrganizationId},
    json::{decode_json, encode_json},
    product::check_product,
};

/// Places an order for a certificate: a new one, or the renewal of another order.
///
/// See DigiCert's page
/// [Order Basic OV](https://dev.digicert.com/en/certcentral-apis/services-api/orders/order-basic-ov.html);
/// the other products have pages beside it. This type has what orders for TLS certificates need.
///
/// ```
/// use certcentral_core::{Api, ApiKey, DcvMethod, OrderId, OrganizationId, order::NewOrder};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// # let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
/// let renewal = NewOrder::new("ssl_basic", csr)
///     .common_name("shop.example.net")
///     .organization(OrganizationId(31))
///     .years(1)
///     .renewal_of(OrderId(112233))
///     .alternative_order_id("renewal-of-112233")
///     .dcv_method(DcvMethod::DnsTxt)
///     .skip_approval(true);
/// let request = api.build_request(&renewal)?;
/// assert_eq!(request.uri().path(), "/services/v2/order/certificate/ssl_basic");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// # What has to be said
///
/// - Names. Nothing is taken from the CSR, nor from the order that is renewed.
/// - The [organization](Self::organization), for OV and EV products. Whether a product is one is not
///   known here, so the service refuses an order that lacks it. DV orders have none.
/// - How long the order is to last: [`years`](Self::years), [`days`](Self::days) or
///   [`until`](Self::until).
/// - How control of the names is shown: without [`dcv_method`](Self::dcv_method) it is `email`
///   (assumed), which no program can follow.
///
/// A certificate that is longer than the longest allowed is cut without an error: 199 days since 24
/// February 2026. Read from the certificate, and from [`OrderInfo`](super::OrderInfo), what came.
/// More than three years are refused, with `invalid_value:validity_years` or the name of the other
/// unit.
///
/// An organization or a domain that is not validated is no error: the order waits as `pending`.
///
/// # A lost response
///
/// The same order twice is two orders, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, look for the order before you place it again. An
/// [`alternative_order_id`](Self::alternative_order_id) finds it. It is a label, and several orders
/// may have the same one, so choose another for each order that you mean to place:
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, http::Response,
///     order::{OrderSummaries, OrdersByAlternativeId},
/// };
///
/// # let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// # let response = Response::new(r#"{"orders": [{"order_id": 7, "status": "pending"}]}"#.into());
/// let look = OrdersByAlternativeId::new("renewal-of-112233");
/// let found = match api.parse_response(&look, response) {
///     Err(error) if error.is_not_found() => OrderSummaries::default(),
///     result => result?,
/// };
/// match found.orders.first() {
///     Some(order) => println!("{} was placed, and is {}", order.order_id, order.status),
///     None => println!("look again for a minute, and then place it again"),
/// }
/// # assert_eq!(found.len(), 1);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// How soon a new order is found is not known. A key finds only orders that it may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct NewOrder {
    product_name_id: String,
    options: Options,
    /// Of the order that it renews. Not sent.
    renewed_names: Vec<String>,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Options {
    certificate: CertificateRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<HasId<OrganizationId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_validity: Option<Validity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    renewal_of_order_id: Option<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_order_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dcv_method: Option<DcvMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_dcv_scope: Option<NameScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<HasId<ContainerId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_approval: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custom_fields: Vec<CustomField>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct HasId<T> {
    id: T,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CustomField {
    metadata_id: u64,
    value: String,
}

impl NewOrder {
    /// Returns an order of a product, such as `ssl_basic`, with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(product_name_id: impl Into<String>, csr: impl Into<String>) -> Self {
        let options = Options {
            certificate: CertificateRequest::new(csr.into()),
            organization: None,
            order_validity: None,
            renewal_of_order_id: None,
            alternative_order_id: None,
            dcv_method: None,
            certificate_dcv_scope: None,
            container: None,
            payment_method: None,
            skip_approval: None,
            comments: None,
            custom_fields: Vec::new(),
        };
        Self { product_name_id: product_name_id.into(), options, renewed_names: Vec::new() }
    }

    certificate_setters!();

    /// Sets the organization. OV and EV products need one; leave it out for DV.
    pub fn organization(mut self, id: impl Into<OrganizationId>) -> Self {
        self.options.organization = Some(HasId { id: id.into() });
        self
    }

    /// Sets how many years the order lasts, at most three. For TLS it is a plan, in which
    /// certificates are reissued until it ends; in an account with a subscription, the order ends
    /// with its certificate.
    pub fn years(mut self, years: u32) -> Self {
        self.options.order_validity = Some(Validity::years(years));
        self
    }

    /// Sets how many days the order lasts, the first one counted: with 90, it ends on day 89 after
    /// that on which it begins (observed). One of less than a year ends with its certificate, and
    /// leaves nothing to reissue into (observed).
    pub fn days(mut self, days: u32) -> Self {
        self.options.order_validity = Some(Validity::days(days));
        self
    }

    /// Sets the last day of the order, and so of its last certificate (observed).
    pub fn until(mut self, last_day: Date) -> Self {
        self.options.order_validity = Some(Validity::until(last_day));
        self
    }

    /// Sets how long the first certificate is valid within the order. Default: as long as can be.
    pub fn certificate_validity(mut self, validity: Validity) -> Self {
        self.options.certificate.cert_validity = Some(validity);
        self
    }

    /// Makes it the renewal of an order of the same account, from 90 days before that order ends.
    /// Only the link carries over. Never add the time that is left: the service does (assumed).
    ///
    /// An order is renewed once; then it is refused with `order_renewed_already`, or
    /// `order_not_eligible_for_renewal` (both observed by a client).
    pub fn renewal_of(mut self, order_id: impl Into<OrderId>) -> Self {
        self.options.renewal_of_order_id = Some(order_id.into());
        self
    }

    /// Sets your own reference, with which [`OrdersByAlternativeId`](super::OrdersByAlternativeId)
    /// finds the order. 64 letters, digits and hyphens are safe (assumed).
    pub fn alternative_order_id(mut self, reference: impl Into<String>) -> Self {
        self.options.alternative_order_id = Some(reference.into());
        self
    }

    /// Sets how control of the names is shown, where it must be shown. Always set it.
    pub fn dcv_method(mut self, dcv_method: impl Into<DcvMethod>) -> Self {
        self.options.dcv_method = Some(dcv_method.into());
        self
    }

    /// Sets whether base domains are validated, or the names themselves (observed). Default: the
    /// account's.
    pub fn name_scope(mut self, scope: impl Into<NameScope>) -> Self {
        self.options.certificate_dcv_scope = Some(scope.into());
        self
    }

    /// Sets the container that holds the order. Default: the key's own (assumed).
    pub fn container(mut self, id: impl Into<ContainerId>) -> Self {
        self.options.container = Some(HasId { id: id.into() });
        self
    }

    /// Sets how it is paid, such as `balance`. Left out unless set; what it means in an account with
    /// a subscription is not known.
    pub fn payment_method(mut self, payment_method: impl Into<String>) -> Self {
        self.options.payment_method = Some(payment_method.into());
        self
    }

    /// Adds the value of a field of the account's own. An account can require some.
    pub fn custom_field(mut self, metadata_id: u64, value: impl Into<String>) -> Self {
        self.options.custom_fields.push(CustomField { metadata_id, value: value.into() });
        self
    }
}

impl NewOrder {
    /// Returns a renewal of an order: for its names, its organization and its product, and as many years,
    /// or days if the order tells them, as short ones do in lists (observed). The service itself carries
    /// nothing over. Set what is to be different.
    ///
    /// Its [`alternative_order_id`](Self::alternative_order_id) is `renewal-of-` and the id of the order,
    /// so that whoever tries once more finds it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the order does not say its product.
    pub fn renewal(order: &Order, csr: impl Into<String>) -> Result<Self, Error> {
        let product = order.product.as_ref().and_then(|product| product.name_id.as_deref());
        let product = product.or(order.product_name_id.as_deref()).ok_or_else(|| {
            InvalidInputError::new("the order does not say its product; get it with OrderInfo")
        })?;
        let names: Vec<String> = order.names().into_iter().map(str::to_owned).collect();
        let mut renewal = Self::new(product, csr).with_names(&names).renewal_of(order.id);
        renewal = renewal.alternative_order_id(format!("renewal-of-{}", order.id));
        renewal.renewed_names = names;
        let organization = order.organization.as_ref().and_then(|organization| organization.id);
        renewal.options.organization = organization.map(|id| HasId { id });
        // A short order has the year 1 besides (observed).
        let days = order.extra.get("validity_days").and_then(Value::as_u64);
        let days = days.and_then(|days| u32::try_from(days).ok()).map(Validity::days);
        renewal.options.order_validity = days.or(order.validity_years.map(Validity::years));
        Ok(renewal)
    }

    /// Returns the CSR, and the names: the common name first.
    pub(crate) fn csr_and_names(&self) -> (&str, Vec<String>) {
        let CertificateRequest { csr, common_name, dns_names, .. } = &self.options.certificate;
        (csr, common_name.iter().chain(dns_names).cloned().collect())
    }

    pub(crate) fn renewed_names(&self) -> &[String] {
        &self.renewed_names
    }

    pub(crate) fn reference(&self) -> Option<&str> {
        self.options.alternative_order_id.as_deref()
    }

    pub(crate) fn method_of_validation(&self) -> Option<&DcvMethod> {
        self.options.dcv_method.as_ref()
    }

    /// Returns the same with these names, of which the first is the common name.
    pub(crate) fn with_names(&self, names: &[String]) -> Self {
        let mut order = self.clone();
        order.options.certificate.common_name = names.first().cloned();
        order.options.certificate.dns_names = names.to_vec();
        order
    }
}

impl Endpoint for NewOrder {
    type Output = Placed;

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}", self.product_name_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        let options = &self.options;
        options.certificate.check()?;
        check_product(&self.product_name_id)?;
        let reference = options.alternative_order_id.as_deref();
        let problem = if options.certificate.common_name.is_none() {
            "the order has no common name, and none is taken from the CSR; set common_name"
        } else if options.order_validity.is_none() {
            "the order does not say how long it is to last; set years, days or until"
        } else if options.order_validity.as_ref().is_some_and(Validity::is_empty) {
            "a validity of 0 is none; set 1 or more"
        } else if options.renewal_of_order_id == Some(OrderId(0)) {
            "the service takes a renewal of order 0 for an order that renews none; leave it out"
        } else if reference.is_some_and(|reference| reference.trim().is_empty()) {
            "the alternative order id is empty, and finds nothing; leave it out"
        } else {
            return Ok(());
        };
        Err(InvalidInputError::new(problem))
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.options)
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Placed, DecodeError> {
        decode_json(response)
    }
}
