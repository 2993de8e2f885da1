//! What all lists of the service have in common.

/// Implements it for a struct with a list of rows and `extra`. A list with pages has its own
/// `Deserialize`.
macro_rules! list {
    ($list:ident { $rows:ident: $row:ty }) => {
        list!($list { $rows: $row }, $crate::json::whole::check_whole);

        impl<'de> serde::Deserialize<'de> for $list {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let listing = $crate::json::listing::read(stringify!($rows), from)?;
                $crate::json::whole::check_whole(&listing)?;
                Ok(Self { $rows: listing.rows, extra: listing.extra })
            }
        }
    };
    ($list:ident { $rows:ident: $row:ty }, $check:expr) => {
        impl $list {
            /// Returns a list of these rows, with no other fields.
            pub fn new($rows: Vec<$row>) -> Self {
                Self { $rows, ..Self::default() }
            }

            /// Returns the number of rows.
            pub fn len(&self) -> usize {
                self.$rows.len()
            }

            /// Returns whether there are no rows.
            pub fn is_empty(&self) -> bool {
                self.$rows.is_empty()
            }

            /// Iterates over the rows.
            pub fn iter(&self) -> std::slice::Iter<'_, $row> {
                self.$rows.iter()
            }

            /// Reads each row on its own of a `body` that
            /// [`DecodeError::body`](crate::DecodeError::body) kept. Takes time linear in its length.
            /// What the status or the headers said, such as that it is a part, is not in a body.
            ///
            /// # Errors
            ///
            /// [`DecodeError`](crate::DecodeError) if the body as a whole is not a complete list.
            pub fn salvage(
                body: &[u8],
            ) -> Result<crate::Salvaged<$row>, $crate::error::DecodeError> {
                $crate::json::salvage::salvage(stringify!($rows), body, $check)
            }
        }

        impl IntoIterator for $list {
            type Item = $row;
            type IntoIter = std::vec::IntoIter<$row>;

            fn into_iter(self) -> Self::IntoIter {
                self.$rows.into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $list {
            type Item = &'a $row;
            type IntoIter = std::slice::Iter<'a, $row>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}
pub(crate) use list;
