//! Orders: finding, placing and renewing them, their certificates, reissues and duplicates, and what
//! they wait for.

mod certificate_request;
pub(crate) mod certificates;
mod change_order_dcv_method;
mod check_order_dcv;
pub(crate) mod csr;
mod dcv;
mod duplicate_certificate;
pub(crate) mod host_names;
mod list_duplicates;
mod list_orders;
mod list_reissues;
mod model;
mod new_order;
mod next_step;
mod order_info;
mod order_random_value;
mod order_validation_status;
mod orders_by_alternative_id;
mod parts;
mod placed;
mod reissue_certificate;
mod renewal;
mod resend_order_emails;
mod revoke_order;
mod status_changes;
mod update_order_status;

pub(crate) use self::certificate_request::CertificateRequest;
pub use self::{
    certificates::{CertificateRole, OrderCertificate},
    change_order_dcv_method::ChangeOrderDcvMethod,
    check_order_dcv::{CheckOrderDcv, CheckedDcv, NameValidation},
    csr::{CsrNames, read_csr},
    dcv::{DcvMethod, DcvStatus, NameScope, OrderDomain, RandomValue},
    duplicate_certificate::DuplicateCertificate,
    list_duplicates::{Duplicate, Duplicates, ListDuplicates},
    list_orders::{ListOrders, Orders},
    list_reissues::{ListReissues, Reissue, ReissueStatus, Reissues},
    model::{Order, OrderStatus, PrimaryCertificate},
    new_order::NewOrder,
    next_step::NextStep,
    order_info::OrderInfo,
    order_random_value::OrderRandomValue,
    order_validation_status::{
        OrderValidationStatus, OrganizationValidation, OrganizationValidationStatus,
        ScopeValidation, ValidationStatus,
    },
    orders_by_alternative_id::{OrderSummaries, OrdersByAlternativeId},
    parts::{OrderSummary, Organization, Product, SignatureHash, Validity},
    placed::{ChainCertificate, Placed},
    reissue_certificate::{ReissueCertificate, Reissued},
    resend_order_emails::ResendOrderEmails,
    revoke_order::RevokeOrder,
    status_changes::{ChangedOrders, StatusChanges},
    update_order_status::UpdateOrderStatus,
};
pub use crate::json::list::Page;
