//! Orders: finding them, their certificates, their reissues and their duplicates.

mod certificates;
pub(crate) mod csr;
mod list_duplicates;
mod list_orders;
mod list_reissues;
mod model;
mod order_info;
mod parts;
mod reissue_certificate;
mod revoke_order;
mod status_changes;
mod update_order_status;

pub use self::{
    certificates::{CertificateRole, OrderCertificate},
    csr::{CsrNames, read_csr},
    list_duplicates::{Duplicate, Duplicates, ListDuplicates},
    list_orders::{ListOrders, Orders},
    list_reissues::{ListReissues, Reissue, ReissueStatus, Reissues},
    model::{Order, OrderStatus, PrimaryCertificate},
    order_info::OrderInfo,
    parts::{Organization, Product, SignatureHash, Validity},
    reissue_certificate::{ChainCertificate, ReissueCertificate, Reissued},
    revoke_order::RevokeOrder,
    status_changes::{ChangedOrder, ChangedOrders, StatusChanges},
    update_order_status::UpdateOrderStatus,
};
pub use crate::json::list::Page;
