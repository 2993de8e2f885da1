//! Products: what the account can order, and for how long.

mod list_products;
mod model;
mod product_info;

pub(crate) use self::product_info::check_product;
pub use self::{
    list_products::{ListProducts, Products},
    model::{CaCertificate, Product},
    product_info::ProductInfo,
};
