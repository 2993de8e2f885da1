//! What a renewal takes over from the order before it.

use serde_json::Value;

use super::{
    NewOrder, Order, Validity,
    new_order::{ORDER_VALIDITY, RENEWAL_OF},
};
use crate::{
    error::{Error, InvalidInputError},
    id::OrderId,
};

impl NewOrder {
    /// Returns a renewal of an order: for its names, its organization and its product, and as many years,
    /// or days if the order tells them, as short ones do in lists (observed). The service itself carries
    /// nothing over. Set what is to be different.
    ///
    /// Its [`alternative_order_id`](Self::alternative_order_id) is `renewal-of-` and the id of the order,
    /// so that a later try finds the renewal.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the order lacks its product, some of its names, or the id of its
    /// organization, as a row of a list may.
    pub fn renewal(order: &Order, csr: impl Into<String>) -> Result<Self, Error> {
        let product = order.product.as_ref().and_then(|product| product.name_id.as_deref());
        let product = product.or(order.product_name_id.as_deref());
        let organization = order.organization.as_ref().map(|organization| organization.id);
        let is_whole = order.has_all_names() && organization != Some(None);
        let product = product.filter(|_| is_whole).ok_or_else(|| {
            InvalidInputError::new(
                "the order lacks its product, names, or the id of its organization; get it with \
                 OrderInfo, or use NewOrder::new",
            )
        })?;
        let mut renewal = Self::new(product, csr).renewal_of(order.id);
        renewal.renewed_names = order.host_names();
        renewal.body.set_names(&renewal.renewed_names);
        // A short order has the year 1 besides (observed).
        let days = order.extra.get("validity_days").and_then(Value::as_u64);
        let days = days.and_then(|days| u32::try_from(days).ok()).map(Validity::days);
        Ok(renewal
            .alternative_order_id(format!("renewal-of-{}", order.id))
            .field("organization.id", organization.flatten().map(|id| id.0))
            .field(ORDER_VALIDITY, days.or(order.validity_years.map(Validity::years))))
    }

    /// Returns the order that it renews.
    pub(crate) fn renews(&self) -> Option<OrderId> {
        self.body.get(RENEWAL_OF)?.as_u64().map(OrderId)
    }
}
