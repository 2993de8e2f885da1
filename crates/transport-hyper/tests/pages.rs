//! The pages of a list.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod stub; // a service that responds as it is told

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use certcentral_transport_hyper::{
    Api, ApiKey, Client, DecodeError, Endpoint, Paged, bytes::Bytes, http::Response,
};

use self::stub::Stub;

#[tokio::test]
async fn pages_come_in_order_and_end_with_the_last() {
    let stub = Stub::responding([]);
    let mut pages = client(&stub).pages(List { page: 1 });
    assert!(stub.requests().is_empty(), "nothing is sent before it is asked for");
    for page in 1..=3 {
        assert_eq!(pages.next().await.unwrap().unwrap(), page);
    }
    assert!(pages.next().await.is_none() && pages.next().await.is_none());
    assert_eq!(
        stub.requests(),
        ["/services/v2/list/1", "/services/v2/list/2", "/services/v2/list/3"]
    );
}

#[tokio::test]
async fn pages_end_after_an_error() {
    let stub = Stub::responding([200, 403]);
    let mut pages = client(&stub).pages(List { page: 1 });
    assert!(pages.next().await.unwrap().is_ok());
    assert_eq!(pages.next().await.unwrap().unwrap_err().status().unwrap(), 403);
    assert!(pages.next().await.is_none() && pages.next().await.is_none());
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn a_page_that_was_not_waited_for_is_not_lost() {
    let stub = Stub::responding([]);
    let mut pages = client(&stub).pages(List { page: 1 });
    for page in 1..=3 {
        {
            let dropped = pin!(pages.next());
            assert!(dropped.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(pages.next().await.unwrap().unwrap(), page);
        assert_eq!(stub.requests().len(), page, "it is requested once");
    }
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn pages_can_be_followed_in_a_task() {
    let mut pages = client(&Stub::responding([])).pages(List { page: 1 });
    let count = tokio::spawn(async move {
        let mut count = 0;
        while let Some(page) = pages.next().await {
            page.unwrap();
            count += 1;
        }
        count
    });
    assert_eq!(count.await.unwrap(), 3);
}

#[test]
fn pages_outside_a_runtime_end_with_an_error() {
    let mut pages = client(&Stub::responding([])).pages(List { page: 1 });
    let next = |pages: &mut certcentral_transport_hyper::Pages<_>| match pin!(pages.next())
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(page) => page,
        Poll::Pending => panic!("it is pending"),
    };
    assert!(next(&mut pages).unwrap().is_err());
    assert!(next(&mut pages).is_none());
}

/// A list of three pages, each of which is its own number.
struct List {
    page: usize,
}

impl Endpoint for List {
    type Output = usize;

    fn path(&self) -> String {
        format!("/list/{}", self.page)
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<usize, DecodeError> {
        Ok(self.page)
    }
}

impl Paged for List {
    fn next_page(&self, page: &usize) -> Option<Self> {
        (*page < 3).then(|| Self { page: page + 1 })
    }
}

fn client(stub: &Stub) -> Client {
    Client::with_service(Api::new(ApiKey::new("S3cret").unwrap()), stub.clone())
}
