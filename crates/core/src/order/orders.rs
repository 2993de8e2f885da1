//! A page of orders.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Track};

use super::Order;
use crate::json::{
    keep_unknown_fields, lenient,
    list::list,
    listing::{self, Listing},
    whole::says_more,
};

/// One page of orders, in the order in which the service lists them.
///
/// A page is read whole or not at all. One without `orders` is empty if its total is 0, or if it
/// has no fields (observed). Serializes to the service's own JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Orders {
    /// One row for each order.
    pub orders: Vec<Order>,
    /// Which page this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Every other field of the response.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

list!(Orders { orders: Order }, |_| Ok(()));

impl<'de> Deserialize<'de> for Orders {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Listing { rows: orders, mut extra } = listing::read("orders", from)?;
        let page = extra.remove("page").unwrap_or_default();
        let mut track = Track::new();
        let page = serde_path_to_error::Deserializer::new(page, &mut track);
        let page = lenient::object::deserialize(page).map_err(|e| in_page(&track.path(), &e))?;
        Ok(Self { orders, page, extra })
    }
}

/// The page is read when its place in the body is behind, so the message has its path.
fn in_page<E: de::Error>(path: &Path, error: &serde_json::Error) -> E {
    match path.iter().next() {
        Some(field) => E::custom(format_args!("in `page.{field}`: {error}")),
        None => E::custom(format_args!("in `page`: {error}")),
    }
}

impl Orders {
    /// Whether there are as many rows as a page can have, if `asked` was the limit.
    pub(super) fn is_full(&self, asked: Option<u32>) -> bool {
        // 0 says that no limit was given. The service may lower a great limit without saying so.
        let said = self.page.as_ref().and_then(|page| page.limit).filter(|&limit| limit > 0);
        let limits = [asked.map(u64::from), said, Some(USUAL_LIMIT)];
        limits.into_iter().flatten().any(|limit| self.len() as u64 >= limit)
    }

    /// Whether the page says that it is not the last one.
    pub(super) fn says_more(&self) -> bool {
        let page = self.page.iter().map(|page| &page.extra);
        page.chain([&self.extra]).any(|fields| says_more(fields).is_some())
    }

    pub(super) fn total(&self) -> u64 {
        self.page.as_ref().and_then(|page| page.total).unwrap_or_default()
    }
}

/// The number of rows on a page if nobody says it (observed).
const USUAL_LIMIT: u64 = 1000;

/// Which part of a list a page is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Page {
    /// Number of rows on all pages. It has been observed to be too small.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Greatest number of rows on a page; 0 if none was asked for.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Number of rows on the pages before.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Page);
