//! The pages of a list.

use std::iter::FusedIterator;

use certcentral_core::{Error, Paged};

use crate::Client;

/// An iterator over the pages of a list, made by [`Client::pages`].
///
/// Each page is requested when [`next`](Iterator::next) is called. The iterator ends after the last
/// page, or after the first error.
#[derive(Clone, Debug)]
#[must_use = "no page is requested until `next` is called"]
pub struct Pages<E> {
    client: Client,
    next: Option<E>,
}

impl<E> Pages<E> {
    pub(crate) fn new(client: Client, first: E) -> Self {
        Self { client, next: Some(first) }
    }
}

impl<E: Paged> Iterator for Pages<E> {
    type Item = Result<E::Output, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut call = self.client.api().call(self.next.take()?);
        let page = self.client.drive(&mut call);
        self.next = page.as_ref().ok().and_then(|page| call.endpoint().next_page(page));
        Some(page)
    }
}

impl<E: Paged> FusedIterator for Pages<E> {}
