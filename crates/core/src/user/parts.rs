//! Containers and persons, as orders, requests and users name them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::{keep_unknown_fields, lenient};

/// A container: a division of the account, which holds orders and users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Container {
    /// Container ID.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Name.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the container is active.
    #[serde(with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Public ID. Only "User info" has it and those below.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub public_id: Option<String>,
    /// ID of the container that holds this one; 0 for the outermost (observed).
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<u64>,
    /// ID of the template that the container was made from.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<u64>,
    /// Key of the container in CertCentral's own URLs.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub ekey: Option<String>,
    /// Whether the container has a logo.
    #[serde(with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub has_logo: Option<bool>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Container);

/// A person, as an order or a request names one: a user, or a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Person {
    /// ID of the user or the contact; most contacts have none.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// First name.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Email address.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Job title; contacts only, as what follows.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Telephone number.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Telephone extension.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub telephone_extension: Option<String>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Person);
