//! `GET /product`

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Product;
use crate::{
    endpoint::Endpoint,
    error::DecodeError,
    json::list::{Page, decode_list, list},
};

/// Lists the products that the account can order.
///
/// See DigiCert's page
/// [List products](https://dev.digicert.com/services-api/products/list-products/).
/// The list has no pages.
///
/// ```
/// use certcentral_core::{Api, ApiKey, http::Response, product::ListProducts};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"products": [{"name_id": "ssl_basic", "allowed_order_validity_years": [1, 2]}]}"#;
/// let products = api.parse_response(&ListProducts::new(), Response::new(body.into()))?;
/// assert_eq!(products.products[0].allowed_order_validity_years, [1, 2]);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListProducts(());

impl ListProducts {
    /// Returns a request for all products of the account.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListProducts {
    type Output = Products;

    fn path(&self) -> String {
        "/product".to_owned()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Products, DecodeError> {
        decode_list(response)
    }
}

/// The products of the account, in the order in which the service lists them.
///
/// A list is read whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Products {
    /// One row for each product.
    pub products: Vec<Product>,
    /// Which part of the list this is, if the service says so.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Products { products: Product });
