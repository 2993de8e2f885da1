//! Pages of orders, on which a row that cannot be read costs no other.

use std::borrow::Cow;

use certcentral_transport_hyper::{
    DecodeError, Endpoint, InvalidInputError, OrderId, Paged,
    bytes::Bytes,
    http::Response,
    order::{ListOrders, Orders},
    serde_json::{self, Value},
};

/// [`ListOrders`] with another response.
#[derive(Clone)]
pub(crate) struct Listing(pub(crate) ListOrders);

/// A page of orders.
pub(crate) struct Listed {
    pub(crate) orders: Orders,
    /// The orders whose rows cannot be read, and why.
    pub(crate) unreadable: Vec<(OrderId, String)>,
}

impl Endpoint for Listing {
    type Output = Listed;

    fn path(&self) -> String {
        self.0.path()
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        self.0.query()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.0.check()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Listed, DecodeError> {
        match self.0.parse(response) {
            Ok(orders) => Ok(Listed { orders, unreadable: Vec::new() }),
            Err(error) => {
                let (unreadable, rest) = salvage(response.body()).ok_or(error)?;
                let orders = self.0.parse(&response.clone().map(|_| rest))?;
                Ok(Listed { orders, unreadable })
            }
        }
    }
}

impl Paged for Listing {
    fn next_page(&self, page: &Listed) -> Option<Self> {
        // The unreadable rows are not counted, so as many orders come again.
        self.0.next_page(&page.orders).map(Self)
    }
}

/// Returns the rows of a body that cannot be read, and the body without them. `None` if something
/// else is wrong with it, or such a row has no id.
fn salvage(body: &[u8]) -> Option<(Vec<(OrderId, String)>, Bytes)> {
    let salvaged = Orders::salvage(body).ok()?;
    let mut json: Value = serde_json::from_slice(body).ok()?;
    let rows = json.get_mut("orders")?.as_array_mut()?;
    let mut unreadable = Vec::new();
    // From the last, so that no index changes.
    for row in salvaged.unreadable.iter().rev() {
        let id = match rows.get(row.index)?.get("id")? {
            Value::String(id) => id.trim().parse().ok()?,
            id => id.as_u64().map(OrderId)?,
        };
        rows.remove(row.index);
        unreadable.push((id, format!("unreadable at {}: {}", row.path, row.error)));
    }
    (!unreadable.is_empty()).then(|| (unreadable, json.to_string().into()))
}
