//! The API key.

use std::fmt::{self, Debug, Formatter};

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::{
    error::{Error, InvalidInputError},
    secret::Secret,
};

/// A CertCentral API key, sent as the header `X-DC-DEVKEY`.
///
/// No part of it appears in what this crate prints, be it `Debug`, `Display` or an error, nor in a
/// body that an error keeps: where the service echoes it, as it is or as JSON quotes it, `[key]`
/// stands instead. (A model is read from a good response as it is; nothing is searched or replaced in
/// the service's data. A key of fewer than eight characters is not searched for either.) It is marked
/// [sensitive](HeaderValue::set_sensitive) for the libraries below.
///
/// All clones, and the requests built with them, share one buffer, which is wiped when the last of
/// them is dropped. Not wiped are copies that were made before, and those in a transport's write
/// buffers. Drop requests as soon as you can, because each holds the key.
///
/// ```
/// let key = certcentral_core::ApiKey::new("0123456789ABCDEF")?;
/// assert_eq!(format!("{key:?}"), "ApiKey([key])");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey(Secret);

impl ApiKey {
    /// Takes a key as CertCentral shows it; a `String` is taken over without a copy.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the key is empty or holds anything but visible ASCII: a line break
    /// at the end of a file or a stray space is refused here, not by the service.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let key = Zeroizing::new(key.into().into_bytes());
        if key.is_empty() {
            let empty = "the API key is empty; is the variable set that it comes from?";
            return Err(InvalidInputError::new(empty).into());
        }
        if !key.iter().all(u8::is_ascii_graphic) {
            return Err(InvalidInputError::new(
                "the API key holds a space, a line break or another character that is not \
                 visible ASCII; trim what was read from a file or a variable",
            )
            .into());
        }
        let header = HeaderValue::from_maybe_shared(Bytes::from_owner(key))
            .map_err(|_| InvalidInputError::new("the API key does not fit into an HTTP header"))?;
        Ok(Self(Secret::new(header)))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

impl Debug for ApiKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApiKey").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_ascii_is_a_key() {
        for bad in ["", " ", "a b", "key\n", "\tkey", "schlüssel", "k\u{7f}"] {
            let error = ApiKey::new(bad).unwrap_err().to_string();
            assert!(error.contains("API key"), "{error}");
        }
        let every_visible: String = ('!'..='~').collect();
        assert_eq!(ApiKey::new(every_visible.as_str()).unwrap().secret().header(), &every_visible);
    }

    #[test]
    fn all_requests_share_the_one_buffer_that_is_wiped() {
        let given = "S3cretKey".to_owned();
        let buffer = given.as_ptr();
        let key = ApiKey::new(given).unwrap();
        for header in [key.secret().header().clone(), key.clone().secret().header().clone()] {
            assert_eq!(header.as_bytes().as_ptr(), buffer, "no copy is made that is not wiped");
            assert!(header.is_sensitive());
        }
    }
}
