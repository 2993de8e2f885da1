//! Containers: the divisions of the account.

mod list_containers;

pub use self::list_containers::{Container, Containers, ListContainers};
