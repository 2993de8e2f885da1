//! Users: whose key it is.

mod parts;

pub use self::parts::{Container, Person};
