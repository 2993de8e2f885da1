//! The endpoints whose responses are JSON, all alike.

use std::{
    fmt::{self, Debug},
    time::Duration,
};

use bytes::Bytes;
use certcentral_core::{
    CertificateId, DecodeError, Endpoint, Error, ListReissues, OrderId, RequestId,
    certificate::{Revocation, RevokeCertificate},
    decode_json,
    http::Response,
    order::{
        ListDuplicates, ListOrders, OrderInfo, Orders, ReissueCertificate, RevokeOrder,
        StatusChanges,
    },
    request::RequestInfo,
    user::UserInfo,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    parse,
    schema::{self, Schema},
};

/// An endpoint, its fixtures and the form of its response.
pub(crate) struct Described {
    pub(crate) folder: &'static str,
    pub(crate) schema: Schema,
    pub(crate) read: fn(Bytes) -> Result<Output, Error>,
}

impl Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder)
    }
}

/// What was read of a response.
#[derive(Debug, PartialEq)]
pub(crate) struct Output {
    /// As it is written.
    pub(crate) json: Value,
    /// As `Debug` shows it. Timestamps are equal if their instants are; this shows offsets too.
    pub(crate) shown: String,
}

pub(crate) static ALL: &[Described] = &[
    Described { folder: "list_orders", schema: schema::ORDERS, read: list_orders },
    Described { folder: "order_info", schema: schema::ORDER, read: order_info },
    Described { folder: "list_reissues", schema: schema::REISSUES, read: list_reissues },
    Described { folder: "list_duplicates", schema: schema::DUPLICATES, read: list_duplicates },
    Described { folder: "status_changes", schema: schema::CHANGED_ORDERS, read: status_changes },
    Described { folder: "reissue_certificate", schema: schema::REISSUED, read: reissue },
    Described { folder: "revoke_certificate", schema: schema::REQUEST, read: revoke_certificate },
    Described { folder: "revoke_order", schema: schema::REQUEST, read: revoke_order },
    Described { folder: "request_info", schema: schema::REQUEST, read: request_info },
    Described { folder: "user_info", schema: schema::USER, read: user_info },
];

fn list_orders(body: Bytes) -> Result<Output, Error> {
    read(&AnyPage, body)
}

/// [`ListOrders`] with any offset.
struct AnyPage;

impl Endpoint for AnyPage {
    type Output = Orders;

    fn path(&self) -> String {
        ListOrders::new().path()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Orders, DecodeError> {
        decode_json(response)
    }
}

fn order_info(body: Bytes) -> Result<Output, Error> {
    read(&OrderInfo::new(OrderId(1)), body)
}

fn list_reissues(body: Bytes) -> Result<Output, Error> {
    read(&ListReissues::new(OrderId(1)), body)
}

fn list_duplicates(body: Bytes) -> Result<Output, Error> {
    read(&ListDuplicates::new(OrderId(1)), body)
}

fn status_changes(body: Bytes) -> Result<Output, Error> {
    read(&StatusChanges::within(Duration::from_secs(60)), body)
}

fn reissue(body: Bytes) -> Result<Output, Error> {
    read(&ReissueCertificate::new(OrderId(1), "MIIB"), body)
}

fn revoke_certificate(body: Bytes) -> Result<Output, Error> {
    let revocation = parse(&RevokeCertificate::new(CertificateId(1)), 201, body)?;
    Ok(requested(&revocation))
}

fn revoke_order(body: Bytes) -> Result<Output, Error> {
    let revocation = parse(&RevokeOrder::new(OrderId(1)), 201, body)?;
    Ok(requested(&revocation))
}

fn request_info(body: Bytes) -> Result<Output, Error> {
    read(&RequestInfo::new(RequestId(1)), body)
}

fn user_info(body: Bytes) -> Result<Output, Error> {
    read(&UserInfo::me(), body)
}

fn requested(revocation: &Revocation) -> Output {
    match revocation {
        Revocation::Requested(request) => output(request),
        other => panic!("201 is no {other:?}"),
    }
}

fn read<E: Endpoint<Output: DeserializeOwned + Serialize + Debug>>(
    endpoint: &E,
    body: Bytes,
) -> Result<Output, Error> {
    parse(endpoint, 200, body).map(|model| output(&model))
}

/// Writes the model, which `serde_json` alone must be able to read again.
fn output<T: DeserializeOwned + Serialize + Debug>(model: &T) -> Output {
    let (json, shown) = (serde_json::to_value(model).unwrap(), format!("{model:?}"));
    let again: T = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(format!("{again:?}"), shown);
    Output { json, shown }
}
