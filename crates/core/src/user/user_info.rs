//! `GET /user/me`

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Container;
use crate::{endpoint::Endpoint, error::DecodeError, json::decode_json};

/// Gets the user that the API key belongs to: the smallest call that shows whether a key works.
///
/// See DigiCert's page [User info](https://dev.digicert.com/en/certcentral-apis/services-api/users/user-info.html). A key
/// that is restricted to orders may be refused here with `access_denied|missing_permission`
/// (assumed); for such a key, [`ListOrders`](crate::order::ListOrders) with a limit of 1 is the
/// safer check.
///
/// ```
/// use certcentral_core::{Api, ApiKey, http::Response, user::UserInfo};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"id": 5, "access_roles": [{"id": 1, "name": "Administrator"}]}"#;
/// let user = api.parse_response(&UserInfo::me(), Response::new(body.into()))?;
/// assert_eq!(user.access_roles[0].id, Some(1));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct UserInfo(());

impl UserInfo {
    /// Returns a request for the user that the API key belongs to.
    pub fn me() -> Self {
        Self(())
    }
}

impl Endpoint for UserInfo {
    type Output = User;

    fn path(&self) -> String {
        "/user/me".to_owned()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<User, DecodeError> {
        decode_json(response)
    }
}

/// A user of the account, under the service's own field names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// User ID.
    pub id: u64,
    /// Name that the user signs in with.
    pub username: Option<String>,
    /// ID of the account.
    pub account_id: Option<u64>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Email address.
    pub email: Option<String>,
    /// Status, such as `active`.
    pub status: Option<String>,
    /// Container of the user.
    pub container: Option<Container>,
    /// Roles of the user. What the key may do can be less.
    #[serde(default)]
    pub access_roles: Vec<AccessRole>,
    /// Every other field, such as `last_login_date`, `has_container_assignments` and `type`, and
    /// those that this version does not know.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// A role of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AccessRole {
    /// Role ID: 1 administrator, 2 limited user, 3 finance manager, 4 manager, 5 standard user.
    pub id: Option<u64>,
    /// Name of the role.
    pub name: Option<String>,
    /// Every other field.
    pub extra: Map<String, Value>,
}
