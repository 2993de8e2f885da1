//! Pages of orders, on which a row that cannot be read costs no other.

use std::{borrow::Cow, collections::HashMap};

use certcentral_transport_hyper::{
    DecodeError, Endpoint, InvalidInputError, OrderId, Paged,
    bytes::Bytes,
    http::Response,
    order::{ListOrders, Orders},
    serde_json::{self, Value, json},
};

/// [`ListOrders`] with another response.
#[derive(Clone)]
pub(crate) struct Listing(pub(crate) ListOrders);

/// A page of orders.
pub(crate) struct Listed {
    /// Of an order whose row cannot be read, only the id is there.
    pub(crate) orders: Orders,
    /// Those, and why.
    pub(crate) unreadable: HashMap<OrderId, String>,
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
            Ok(orders) => Ok(Listed { orders, unreadable: HashMap::new() }),
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
        self.0.next_page(&page.orders).map(Self)
    }
}

/// Returns the rows of a body that cannot be read, and the body with the least that can in their place:
/// they count as rows of a page. `None` if something else is wrong with it, or such a row has no id.
fn salvage(body: &[u8]) -> Option<(HashMap<OrderId, String>, Bytes)> {
    let salvaged = Orders::salvage(body).ok()?;
    let mut json: Value = serde_json::from_slice(body).ok()?;
    let rows = json.get_mut("orders")?.as_array_mut()?;
    let mut unreadable = HashMap::new();
    for row in &salvaged.unreadable {
        let order = rows.get_mut(row.index)?;
        let id = match order.get("id")? {
            Value::String(id) => id.trim().parse().ok()?,
            id => id.as_u64().map(OrderId)?,
        };
        *order = json!({"id": id, "status": "unreadable"});
        unreadable.insert(id, format!("unreadable at {}: {}", row.path, row.error));
    }
    (!unreadable.is_empty()).then(|| (unreadable, json.to_string().into()))
}
