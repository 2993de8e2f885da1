//! Organizations: which can be ordered for, and whether they are validated.

mod list_organizations;
mod model;
mod organization_info;

pub use self::{
    list_organizations::{ListOrganizations, Organizations},
    model::{Organization, OrganizationStatus},
    organization_info::OrganizationInfo,
};
