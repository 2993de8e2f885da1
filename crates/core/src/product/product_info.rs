//! `GET /product/{name_id}`

use std::borrow::Cow;

use bytes::Bytes;

use super::Product;
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, InvalidInputError},
    id::ContainerId,
    json::decode_json,
};

/// Gets a product: for how long it can be ordered, and which authorities issue it.
///
/// See DigiCert's page
/// [Product info](https://dev.digicert.com/services-api/products/product-info/).
///
/// ```
/// use certcentral_core::{Api, ApiKey, http::Response, product::ProductInfo};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"name_id": "ssl_plus", "replacement_product_name_id": "ssl_basic"}"#;
/// let product = api.parse_response(&ProductInfo::new("ssl_plus"), Response::new(body.into()))?;
/// assert_eq!(product.replacement_product_name_id.as_deref(), Some("ssl_basic"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ProductInfo {
    name_id: String,
    container_id: Option<ContainerId>,
}

impl ProductInfo {
    /// Returns a request for the details of a product, such as `ssl_basic`.
    pub fn new(name_id: impl Into<String>) -> Self {
        Self { name_id: name_id.into(), container_id: None }
    }

    /// Sets the container in which it would be ordered. Default: the key's own.
    pub fn container_id(self, id: impl Into<ContainerId>) -> Self {
        Self { container_id: Some(id.into()), ..self }
    }
}

impl Endpoint for ProductInfo {
    type Output = Product;

    fn path(&self) -> String {
        format!("/product/{}", self.name_id)
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        self.container_id.map(|id| ("container_id".into(), id.to_string())).into_iter().collect()
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        check_product(&self.name_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Product, DecodeError> {
        decode_json(response)
    }
}

/// Checks that a path can end with it. Digits alone would be the id of something.
pub(crate) fn check_product(name_id: &str) -> Result<(), InvalidInputError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name_id.bytes().all(is_word) && name_id.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(InvalidInputError::new("this is no product; name one as in the API, such as ssl_basic"))
}
