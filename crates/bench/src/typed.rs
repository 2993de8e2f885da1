//! Rivals' models that do the same work as ours: dates, counts and statuses are typed. They read the
//! documented form only; ours reads the others that were observed too.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime, serde::rfc3339};

/// Defines the response and its rows, with these fields at their ends.
macro_rules! reissues {
    ($($extra:tt)*) => {
        /// The response.
        #[derive(Debug, Deserialize)]
        pub struct Reissues {
            /// Its rows.
            pub certificates: Vec<Reissue>,
            $($extra)*
        }

        /// One row, under the service's own field names.
        #[derive(Debug, Deserialize)]
        #[expect(missing_docs, reason = "the core's `Reissue` documents the same fields")]
        pub struct Reissue {
            pub id: u64,
            pub thumbprint: Option<String>,
            pub serial_number: Option<String>,
            pub common_name: Option<String>,
            #[serde(default)]
            pub dns_names: Vec<String>,
            pub status: Status,
            #[serde(with = "rfc3339")]
            pub date_created: OffsetDateTime,
            #[serde(default, with = "rfc3339::option")]
            pub date_issued: Option<OffsetDateTime>,
            pub valid_till: Option<Date>,
            pub days_remaining: Option<i64>,
            pub csr: Option<String>,
            pub key_size: Option<u32>,
            pub user_id: Option<u64>,
            pub email: Option<String>,
            pub firstname: Option<String>,
            pub lastname: Option<String>,
            pub receipt_id: Option<String>,
            #[serde(default, deserialize_with = "number_in_text")]
            pub purchased_dns_names: Option<u32>,
            #[serde(default, deserialize_with = "number_in_text")]
            pub purchased_wildcard_names: Option<u32>,
            pub archived: Option<u8>,
            $($extra)*
        }
    };
}

reissues! {
    /// Every other field.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The same without the fields that the model does not name.
pub mod strict {
    use super::{Date, Deserialize, OffsetDateTime, Status, number_in_text, rfc3339};

    reissues! {}
}

/// The documented statuses, and any other as it is.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the core's `ReissueStatus` documents the same")]
pub enum Status {
    Issued,
    Pending,
    Rejected,
    Other(String),
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(StatusVisitor)
    }
}

/// Allocates nothing for the documented ones, which `#[serde(from = "String")]` would.
struct StatusVisitor;

impl Visitor<'_> for StatusVisitor {
    type Value = Status;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status")
    }

    fn visit_str<E: de::Error>(self, status: &str) -> Result<Status, E> {
        Ok(match status {
            "issued" => Status::Issued,
            "pending" => Status::Pending,
            "rejected" => Status::Rejected,
            other => Status::Other(other.to_owned()),
        })
    }
}

fn number_in_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_str(NumberVisitor).map(Some)
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in a string")
    }

    fn visit_str<E: de::Error>(self, number: &str) -> Result<u32, E> {
        number.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use certcentral_core::{Endpoint as _, ListReissues, OrderId, Reissues as Ours};
    use http::Response;

    use super::*;
    use crate::bodies;

    #[test]
    fn it_reads_what_ours_reads() {
        for body in [bodies::seed(), bodies::order(100)] {
            let by_serde_json: Reissues = serde_json::from_slice(&body).unwrap();
            let ours = ListReissues::new(OrderId(1)).parse(&Response::new(body)).unwrap();
            assert_same(&by_serde_json, &ours);
        }
    }

    #[test]
    fn unknown_fields_and_statuses_are_kept() {
        let body = r#"{"certificates": [{"id": 1, "status": "revoked", "x": [1],
            "date_created": "2019-04-08T17:33:26+00:00"}], "y": {}}"#;
        let read: Reissues = serde_json::from_str(body).unwrap();
        assert_eq!(read.certificates[0].status, Status::Other("revoked".to_owned()));
        assert_eq!(read.certificates[0].extra["x"], serde_json::json!([1]));
        assert_eq!(read.extra["y"], serde_json::json!({}));
    }

    fn assert_same(read: &Reissues, ours: &Ours) {
        assert_eq!(read.certificates.len(), ours.len());
        for (row, own) in read.certificates.iter().zip(ours) {
            assert_eq!(row.date_created, own.date_created);
            assert_eq!((row.date_issued, row.valid_till), (own.date_issued, own.valid_till));
            assert_eq!(row.purchased_dns_names, own.purchased_dns_names);
            assert_eq!(row.purchased_wildcard_names, own.purchased_wildcard_names);
            assert_eq!((&row.dns_names, &row.csr), (&own.dns_names, &own.csr));
            assert_eq!(row.extra, own.extra);
        }
    }
}
