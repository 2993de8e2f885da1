//! Domains of OV and EV orders: what is validated until when, and how to validate it ahead of time.
//!
//! DV orders make no domains: see [`OrderValidationStatus`](crate::order::OrderValidationStatus).
//!
//! Left out is `POST /domain/{domain_id}/dcv/token`, which makes the random value of a domain
//! worthless and gives another. [`DomainInfo`] has the value that counts, and a change of the method
//! keeps it (observed).

mod change_domain_dcv_method;
mod check_domain_dcv;
mod domain_emails;
mod domain_info;
mod list_domains;
mod model;
mod submit_domain;

pub use self::{
    change_domain_dcv_method::{ChangeDomainDcvMethod, DomainDcv},
    check_domain_dcv::CheckDomainDcv,
    domain_emails::{DcvEmails, DomainEmails},
    domain_info::DomainInfo,
    list_domains::{Domains, ListDomains},
    model::{DcvToken, Domain, DomainStatus, DomainValidation},
    submit_domain::SubmitDomain,
};
