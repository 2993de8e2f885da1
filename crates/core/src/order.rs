//! Orders: finding them, their certificates, their reissues and their duplicates.

mod list_reissues;
mod model;
mod order_info;
mod parts;
mod primary;
mod status;

pub use self::{
    list_reissues::{ListReissues, Reissue, ReissueStatus, Reissues},
    model::Order,
    order_info::OrderInfo,
    parts::{
        CaCertificate, CustomField, Organization, Product, ServerPlatform, SignatureHash, Validity,
    },
    primary::PrimaryCertificate,
    status::OrderStatus,
};
