//! Lists that are asked for page by page.

use std::{borrow::Cow, collections::HashSet};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    error::{DecodeError, InvalidInputError},
    json::{
        decode_json,
        list::{Page, says_more},
    },
};

/// The number of rows on a page if nobody says it (observed).
const USUAL_LIMIT: u64 = 1000;

/// Which rows a request asks for, in which order, and what came before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Paging {
    pub(crate) filters: Vec<(String, String)>,
    pub(crate) sort: Option<String>,
    pub(crate) limit: Option<u32>,
    pub(crate) offset: u32,
    /// The ids of the first and the last row of each page before.
    earlier: Vec<(u64, u64)>,
}

/// Implements the setters that requests for pages share. Not all can be sorted.
macro_rules! paging_setters {
    () => {
        $crate::paging::paging_setters!(unsorted);

        /// Sets the properties to sort by, separated by commas; `-` in front is for descending order.
        pub fn sort(mut self, sort: impl Into<String>) -> Self {
            self.paging.sort = Some(sort.into());
            self
        }
    };
    (unsorted) => {
        /// Sets the number of rows on a page. Default: the service's, 1000 (observed for orders).
        pub fn limit(mut self, limit: u32) -> Self {
            self.paging.limit = Some(limit);
            self
        }

        /// Sets how many rows are passed over. Default: 0.
        pub fn offset(mut self, offset: u32) -> Self {
            self.paging.offset = offset;
            self
        }
    };
}
pub(crate) use paging_setters;

/// A page, whatever its rows are.
pub(crate) struct Rows<'a> {
    count: u64,
    ends: Option<(u64, u64)>,
    page: Option<&'a Page>,
    extra: &'a Map<String, Value>,
}

impl Paging {
    pub(crate) fn query(&self) -> impl Iterator<Item = (Cow<'static, str>, String)> {
        let filters = self.filters.iter();
        let filters =
            filters.map(|(name, value)| (format!("filters[{name}]").into(), value.clone()));
        let sort = self.sort.clone().map(|sort| ("sort".into(), sort));
        let limit = self.limit.map(|limit| ("limit".into(), limit.to_string()));
        let offset = (self.offset > 0).then(|| ("offset".into(), self.offset.to_string()));
        filters.chain(sort).chain(limit).chain(offset)
    }

    pub(crate) fn check(&self) -> Result<(), InvalidInputError> {
        if self.limit == Some(0) {
            return Err(InvalidInputError::new("a limit of 0 lists nothing; leave it out"));
        }
        let mut names = HashSet::new();
        for (name, _) in &self.filters {
            let problem = if name.is_empty() {
                "a filter needs a name, such as common_name"
            } else if name.contains(['[', ']']) {
                "the name of a filter has no brackets: common_name, not filters[common_name]"
            } else if !names.insert(name) {
                "a filter is given twice, and the service reads one value of it; give each name once"
            } else {
                continue;
            };
            return Err(InvalidInputError::new(problem));
        }
        Ok(())
    }

    /// Reads the page that was asked for. Another one is an error, and so is one that comes for the
    /// third time: twice it may, if rows are added meanwhile.
    pub(crate) fn read<L: DeserializeOwned>(
        &self,
        response: &http::Response<Bytes>,
        rows: fn(&L) -> Rows<'_>,
    ) -> Result<L, DecodeError> {
        let list = decode_json(response)?;
        let Rows { ends, page, .. } = rows(&list);
        match page.and_then(|page| page.offset) {
            Some(offset) if offset != u64::from(self.offset) => {
                let message = format!("the page has offset {offset}, and not {}", self.offset);
                Err(DecodeError::new(response, "page.offset", message))
            }
            _ if self.earlier.iter().filter(|&&earlier| Some(earlier) == ends).count() >= 2 => {
                let message = "the service sends the same page again and again";
                Err(DecodeError::new(response, "", message))
            }
            _ => Ok(list),
        }
    }

    /// Returns what asks for the page after this one, if it may not be the last.
    pub(crate) fn after(&self, rows: &Rows<'_>) -> Option<Self> {
        let limits = [rows.limit(), self.limit.map(u64::from), Some(USUAL_LIMIT)];
        let mut limits = limits.into_iter().flatten();
        // The rows of an empty page may be hidden from the key. Its total alone says that it goes on.
        let passed = if rows.count == 0 { limits.next()? } else { rows.count };
        let offset = u32::try_from(passed).ok().and_then(|rows| self.offset.checked_add(rows))?;
        // The service may lower a great limit without saying so: a page is full by any of them.
        let may_go_on = rows.total() > offset.into()
            || rows.count > 0 && (rows.say_more() || limits.any(|limit| rows.count >= limit));
        let earlier = self.earlier.iter().copied().chain(rows.ends).collect();
        may_go_on.then(|| Self { offset, earlier, ..self.clone() })
    }
}

impl<'a> Rows<'a> {
    pub(crate) fn of<T>(
        rows: &[T],
        id: impl Fn(&T) -> u64,
        page: Option<&'a Page>,
        extra: &'a Map<String, Value>,
    ) -> Self {
        let ends = rows.first().zip(rows.last()).map(|(first, last)| (id(first), id(last)));
        Self { count: rows.len() as u64, ends, page, extra }
    }

    /// The limit that the page names; 0 says that none was given.
    fn limit(&self) -> Option<u64> {
        self.page.and_then(|page| page.limit).filter(|&limit| limit > 0)
    }

    fn total(&self) -> u64 {
        self.page.and_then(|page| page.total).unwrap_or_default()
    }

    /// Whether the page says that it is not the last one.
    fn say_more(&self) -> bool {
        let page = self.page.map(|page| &page.extra);
        page.into_iter().chain([self.extra]).any(|fields| says_more(fields).is_some())
    }
}
