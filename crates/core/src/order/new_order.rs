//! `POST /order/certificate/{product_name_id}`

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    DcvMethod, Placed, Validity,
    certificate_request::{COMMON_NAME, CertificateRequest, DCV_METHOD, certificate_setters},
};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::{OrderId, OrganizationId},
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
/// # Other fields
///
/// [`field`](Self::field) sets what has no setter:
///
/// | field | what it is |
/// | --- | --- |
/// | `certificate_dcv_scope` | `fqdn`, or `base_domain`: what is validated (observed) |
/// | `container.id` | the container that holds the order. Default: the key's own (assumed) |
/// | `payment_method` | such as `balance`. What it means in an account with a subscription is not known |
/// | `custom_fields` | `[{"metadata_id": 12, "value": "…"}]`, which an account can require |
/// | `additional_emails`, `locale`, `custom_renewal_message` | who else gets emails, and in which form |
/// | `disable_renewal_notifications`, `disable_issuance_email` | `true` for no emails |
/// | `auto_renew`, `auto_reissue` | 1 to have the service act automatically |
/// | `dcv_emails`, `technical_contact`, `use_auth_key` | of DV orders |
/// | `certificate.profile_option` | `server_client_auth_eku`, until March 2027 (observed) |
///
/// # A lost response
///
/// The same order twice is two orders, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, look for the order before you place it again. An
/// [`alternative_order_id`](Self::alternative_order_id) finds it. It is a label, and several orders
/// may have the same one, so choose another for each order that you mean to place.
/// [`Issuance`](crate::reissuance::Issuance) does so, and goes on to the certificate. By hand:
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
    pub(crate) body: CertificateRequest,
    /// Of the order that it renews. Not sent.
    pub(crate) renewed_names: Vec<String>,
}

impl NewOrder {
    /// Returns an order of a product, such as `ssl_basic`, with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(product_name_id: impl Into<String>, csr: impl Into<String>) -> Self {
        let (product_name_id, body) = (product_name_id.into(), CertificateRequest::new(csr.into()));
        Self { product_name_id, body, renewed_names: Vec::new() }
    }

    certificate_setters!();

    /// Sets the organization. OV and EV products need one; leave it out for DV.
    pub fn organization(self, id: impl Into<OrganizationId>) -> Self {
        self.field("organization.id", id.into().0)
    }

    /// Sets how many years the order lasts, at most three. For TLS it is a plan, in which
    /// certificates are reissued until it ends; in an account with a subscription, the order ends
    /// with its certificate.
    pub fn years(self, years: u32) -> Self {
        self.field(ORDER_VALIDITY, Validity::years(years))
    }

    /// Sets how many days the order lasts, the first one counted: with 90, it ends on day 89 after
    /// that on which it begins (observed). One of less than a year ends with its certificate, and
    /// leaves nothing to reissue into (observed).
    pub fn days(self, days: u32) -> Self {
        self.field(ORDER_VALIDITY, Validity::days(days))
    }

    /// Sets the last day of the order, and so of its last certificate (observed).
    pub fn until(self, last_day: Date) -> Self {
        self.field(ORDER_VALIDITY, Validity::until(last_day))
    }

    /// Makes it the renewal of an order of the same account, from 90 days before that order ends.
    /// Only the link carries over. Never add the time that is left: the service does (assumed). The
    /// old order needs no mark: the status `renewed` is for orders that were moved from elsewhere.
    ///
    /// An order is renewed once; then it is refused with `order_renewed_already`, or
    /// `order_not_eligible_for_renewal` (both observed by a client).
    pub fn renewal_of(self, order_id: impl Into<OrderId>) -> Self {
        self.field(RENEWAL_OF, order_id.into().0)
    }

    /// Sets your own reference, with which [`OrdersByAlternativeId`](super::OrdersByAlternativeId)
    /// finds the order. 64 letters, digits and hyphens are safe (assumed).
    pub fn alternative_order_id(self, reference: impl Into<String>) -> Self {
        self.field(REFERENCE, reference.into())
    }

    /// Sets how control of the names is shown, where it must be shown. Always set it.
    pub fn dcv_method(self, dcv_method: impl Into<DcvMethod>) -> Self {
        self.field(DCV_METHOD, dcv_method.into().as_str())
    }

    pub(crate) fn reference(&self) -> Option<&str> {
        self.body.text(REFERENCE)
    }
}

pub(super) const ORDER_VALIDITY: &str = "order_validity";
pub(super) const RENEWAL_OF: &str = "renewal_of_order_id";
const REFERENCE: &str = "alternative_order_id";

impl Endpoint for NewOrder {
    type Output = Placed;

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}", self.product_name_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.body.check().and_then(|()| check_product(&self.product_name_id))?;
        let validity = self.body.get(ORDER_VALIDITY).map(Validity::deserialize);
        let problem = if self.body.text(COMMON_NAME).is_none() {
            "the order has no common name, and none is taken from the CSR; set common_name"
        } else if validity.is_none() {
            "the order does not say how long it is to last; set years, days or until"
        } else if validity.is_some_and(|validity| validity.is_ok_and(|it| it.is_empty())) {
            "a validity of 0 is none; set 1 or more"
        } else if self.renews() == Some(OrderId(0)) {
            "the service takes a renewal of order 0 for an order that renews none; leave it out"
        } else if self.reference().is_some_and(|reference| reference.trim().is_empty()) {
            "the alternative order id is empty, and finds nothing; leave it out"
        } else {
            return Ok(());
        };
        Err(InvalidInputError::new(problem))
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.body)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Placed, DecodeError> {
        decode_json(response)
    }
}
