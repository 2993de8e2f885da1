//! Containers and persons, as orders, requests and users name them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::ContainerId;

/// A container: a division of the account, which holds orders and users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Container {
    /// Container ID.
    pub id: Option<ContainerId>,
    /// Name.
    pub name: Option<String>,
    /// Every other field, such as `parent_id`, which only "User info" has.
    pub extra: Map<String, Value>,
}

/// A user, as a request names one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Person {
    /// ID of the user.
    pub id: Option<u64>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Email address.
    pub email: Option<String>,
    /// Every other field.
    pub extra: Map<String, Value>,
}
