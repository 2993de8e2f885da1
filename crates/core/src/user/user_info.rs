//! `GET /user/me`

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::Container;
use crate::{
    endpoint::Endpoint,
    error::DecodeError,
    json::{decode_json, keep_unknown_fields, lenient},
};

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

    fn parse(&self, response: &http::Response<Bytes>) -> Result<User, DecodeError> {
        decode_json(response)
    }
}

/// A user of the account, under the service's own field names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct User {
    /// User ID.
    #[serde(deserialize_with = "lenient::number::required")]
    pub id: u64,
    /// Name that the user signs in with.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// ID of the account.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<u64>,
    /// First name.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Email address.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Job title.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Telephone number.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Status, such as `active`.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When the user last signed in; absent if never (observed). DigiCert's page gives a time
    /// without a zone, which is read as UTC (assumed); the service has sent one with its offset
    /// (observed). Written with its offset.
    #[serde(default, with = "lenient::timestamp::utc", skip_serializing_if = "Option::is_none")]
    pub last_login_date: Option<OffsetDateTime>,
    /// Container of the user.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Roles of the user. What the key may do can be less.
    #[serde(default, with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub access_roles: Vec<AccessRole>,
    /// Type of the user, such as `standard`.
    #[serde(
        rename = "type",
        default,
        with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// Whether the user has access to CertCentral.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_cert_central: Option<bool>,
    /// Whether the account is an enterprise account.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_enterprise: Option<bool>,
    /// Whether the user can sign in by single sign-on only.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_saml_sso_only: Option<bool>,
    /// Whether the user is restricted to some containers.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub has_container_assignments: Option<bool>,
    /// ID of the user's language.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub language_id: Option<u64>,
    /// ID of the account's language.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub account_language_id: Option<u64>,
    /// Every other field: `container_visibility` and `container_id_assignments`, whose form no page
    /// describes, and those that this version does not know.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(User);

/// A role of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct AccessRole {
    /// Role ID: 1 administrator, 2 limited user, 3 finance manager, 4 manager, 5 standard user.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Name of the role.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(AccessRole);
