//! Orders: finding them, their certificates, their reissues and their duplicates.

mod certificates;
pub(crate) mod csr;
mod list_duplicates;
mod list_orders;
mod list_reissues;
mod model;
mod order_info;
mod orders;
mod parts;
mod primary;
mod reissue_certificate;
mod revoke_order;
mod status;
mod status_changes;
mod update_order_status;

pub use self::{
    certificates::{CertificateRole, OrderCertificate},
    csr::{CsrNames, read_csr},
    list_duplicates::{Duplicate, DuplicateStatus, Duplicates, ListDuplicates},
    list_orders::ListOrders,
    list_reissues::{ListReissues, Reissue, ReissueStatus, Reissues},
    model::Order,
    order_info::OrderInfo,
    orders::{Orders, Page},
    parts::{
        CaCertificate, CustomField, Organization, Product, ServerPlatform, SignatureHash, Validity,
    },
    primary::PrimaryCertificate,
    reissue_certificate::{ChainCertificate, ReissueCertificate, Reissued},
    revoke_order::RevokeOrder,
    status::OrderStatus,
    status_changes::{ChangedOrder, ChangedOrders, StatusChanges},
    update_order_status::UpdateOrderStatus,
};
