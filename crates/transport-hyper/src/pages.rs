//! The pages of a list.

use std::{
    fmt::{self, Debug, Formatter},
    pin::Pin,
};

use certcentral_core::{Endpoint, Error, Paged};

use crate::Client;

/// The pages of a list, made by [`Client::pages`].
///
/// Each page is requested when [`next`](Self::next) is awaited.
#[must_use = "no page is requested until `next` is awaited"]
pub struct Pages<E: Paged> {
    client: Client,
    next: Option<E>,
    in_flight: Option<PageFuture<E>>,
}

/// A page, and the request for the one after it.
type PageFuture<E> =
    Pin<Box<dyn Future<Output = (Result<<E as Endpoint>::Output, Error>, Option<E>)> + Send>>;

impl<E: Paged> Pages<E> {
    pub(crate) fn new(client: Client, first: E) -> Self {
        Self { client, next: Some(first), in_flight: None }
    }

    /// Returns the next page, or `None` after the last page or after an error.
    ///
    /// If the future is dropped before it is ready, no page is lost: the next call of this method
    /// goes on with the same request.
    ///
    /// # Errors
    ///
    /// See [`Client::send`].
    pub async fn next(&mut self) -> Option<Result<E::Output, Error>> {
        if let Some(endpoint) = self.next.take() {
            self.in_flight = Some(page(self.client.clone(), endpoint));
        }
        let (page, next) = self.in_flight.as_mut()?.await;
        self.in_flight = None;
        self.next = next;
        Some(page)
    }
}

fn page<E: Paged>(client: Client, endpoint: E) -> PageFuture<E> {
    Box::pin(async move {
        let mut call = client.api().call(endpoint);
        let page = client.run(&mut call).await;
        let next = page.as_ref().ok().and_then(|page| call.endpoint().next_page(page));
        (page, next)
    })
}

impl<E: Paged> Debug for Pages<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("client", &self.client).finish_non_exhaustive()
    }
}
