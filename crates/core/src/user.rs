//! Users: whose key it is.

mod parts;
mod user_info;

pub use self::{
    parts::{Container, Person},
    user_info::{AccessRole, User, UserInfo},
};
