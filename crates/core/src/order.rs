//! Endpoints below `/order`, one file each, and the types they share.

mod id;
mod list_reissues;
mod listing;
mod reissue_status;
mod salvage;

pub use self::{
    id::{CertificateId, OrderId},
    list_reissues::{ListReissues, Reissue, Reissues},
    reissue_status::{OtherStatus, ReissueStatus},
    salvage::{Salvaged, UnreadableRow},
};
