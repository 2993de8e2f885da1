//! `GET /container`

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    endpoint::Endpoint,
    error::DecodeError,
    id::ContainerId,
    json::{
        lenient,
        list::{Page, decode_list, list},
    },
};

/// Lists the containers of the account, which hold orders, users and domains.
///
/// See DigiCert's page
/// [List containers](https://dev.digicert.com/services-api/containers/list-containers/).
/// The list has no pages.
///
/// ```
/// use certcentral_core::{Api, ApiKey, http::Response, container::ListContainers};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"containers": [{"id": 7, "parent_id": 0, "name": "Web", "is_active": true}]}"#;
/// let containers = api.parse_response(&ListContainers::new(), Response::new(body.into()))?;
/// assert_eq!(containers.containers[0].parent_id, None);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListContainers(());

impl ListContainers {
    /// Returns a request for all containers that the key may see.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListContainers {
    type Output = Containers;

    fn path(&self) -> String {
        "/container".to_owned()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Containers, DecodeError> {
        decode_list(response)
    }
}

/// The containers of the account, in the order in which the service lists them.
///
/// A list is read whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Containers {
    /// One row for each container.
    pub containers: Vec<Container>,
    /// Which part of the list this is, if the service says so.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Containers { containers: Container });

/// A container of the account, under the service's own field names.
///
/// Orders name it in less: see [`user::Container`](crate::user::Container).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Container {
    /// Container ID.
    pub id: ContainerId,
    /// Name.
    pub name: Option<String>,
    /// Container that it is a part of. The service's 0, for the root, is read as none.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub parent_id: Option<ContainerId>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it can be used. What orders say of it is not to be believed (observed).
    pub is_active: Option<bool>,
    /// Domains that can be ordered for; all if none is named.
    #[serde(default)]
    pub allowed_domain_names: Vec<String>,
    /// Every other field. `public_id` and `ekey` are among them, which name login pages: think before
    /// you log them.
    #[serde(default)]
    pub extra: Map<String, Value>,
}
