//! Every certificate of an order.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{Duplicate, Duplicates, Order, OrderStatus, PrimaryCertificate, Reissue, Reissues};
use crate::{certificate::CertificateStatus, id::CertificateId, json::times};

impl Order {
    /// Returns every certificate of the order once: the primary one, then reissues, then
    /// duplicates. Whether the list of reissues keeps the order's first certificate after it was
    /// replaced is not known; if it does not, that certificate is not here either.
    ///
    /// The lists repeat the primary certificate, and sometimes others (observed). Rows are one
    /// certificate if their ids or their thumbprints are the same; where one has no thumbprint, if
    /// their serial numbers are. It has the role of the first of them, and what that row lacks is
    /// taken from the others. Only a row of the same id tells that it is revoked: copies under other
    /// ids have been observed with another status.
    /// Requests that are pending or were rejected are rows too, and so are archived certificates if
    /// they were asked for.
    ///
    /// ```
    /// use certcentral_core::{order::{CertificateRole, Duplicates, Order, Reissues}, serde_json};
    ///
    /// let order: Order = serde_json::from_str(
    ///     r#"{"id": 7, "status": "issued", "certificate": {"id": 2, "serial_number": "0A"}}"#,
    /// )?;
    /// let reissues: Reissues = serde_json::from_str(r#"{"certificates": [
    ///     {"id": 2, "status": "issued", "date_created": "2026-04-08T17:33:26+00:00"},
    ///     {"id": 1, "status": "issued", "date_created": "2025-04-08T17:33:26+00:00"}
    /// ]}"#)?;
    /// let certificates = order.certificates(&reissues, &Duplicates::default());
    /// let roles: Vec<_> = certificates.iter().map(|certificate| certificate.role).collect();
    /// assert_eq!(roles, [CertificateRole::Primary, CertificateRole::Reissue]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn certificates(
        &self,
        reissues: &Reissues,
        duplicates: &Duplicates,
    ) -> Vec<OrderCertificate> {
        let primary = self.certificate.iter().map(|primary| self.primary(primary));
        let reissues = reissues.iter().map(OrderCertificate::from);
        let duplicates = duplicates.iter().map(OrderCertificate::from);
        let mut distinct = Distinct::default();
        primary.chain(reissues).chain(duplicates).for_each(|row| distinct.add(row));
        distinct.certificates
    }

    fn primary(&self, primary: &PrimaryCertificate) -> OrderCertificate {
        let is_issued = primary.serial_number.as_deref().and_then(canonical).is_some();
        let status = match (&primary.status, &self.status) {
            (Some(status), _) if !status.as_str().is_empty() => status.clone(),
            (_, OrderStatus::ReissuePending) if is_issued => CertificateStatus::Issued,
            (_, status) => status.as_str().into(),
        };
        OrderCertificate {
            id: primary.id,
            role: CertificateRole::Primary,
            status,
            serial_number: primary.serial_number.clone(),
            thumbprint: primary.thumbprint.clone(),
            common_name: primary.common_name.clone(),
            dns_names: primary.dns_names.clone(),
            date_created: primary.date_created,
            date_issued: primary.date_issued,
            valid_from: primary.valid_from,
            valid_till: primary.valid_till,
            archived: false,
        }
    }
}

/// A certificate of an order, or a request for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderCertificate {
    /// Certificate ID; absent until the order is approved.
    pub id: Option<CertificateId>,
    /// Role of the certificate in its order.
    pub role: CertificateRole,
    /// Status of the certificate. A primary certificate without one has the order's, or `Issued`
    /// if only a reissue is pending. "List orders" gives none, and an order stays `issued` after the
    /// revocation of its only certificate: "Order info" tells.
    pub status: CertificateStatus,
    /// Serial number; absent until the certificate is issued.
    pub serial_number: Option<String>,
    /// Thumbprint.
    pub thumbprint: Option<String>,
    /// Name secured by the certificate.
    pub common_name: Option<String>,
    /// Names secured by the certificate.
    pub dns_names: Vec<String>,
    /// When the certificate was requested, in UTC.
    #[serde(with = "times::timestamp")]
    pub date_created: Option<OffsetDateTime>,
    /// When the certificate was issued, in UTC; the list of duplicates does not say.
    #[serde(with = "times::timestamp")]
    pub date_issued: Option<OffsetDateTime>,
    /// First day of the validity; the list of reissues does not say.
    #[serde(with = "times::date")]
    pub valid_from: Option<Date>,
    /// Last day of the validity.
    #[serde(with = "times::date")]
    pub valid_till: Option<Date>,
    /// Whether the certificate is archived.
    pub archived: bool,
}

/// The role of a certificate in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateRole {
    /// The certificate that the order stands for: the first one, or the newest reissue.
    Primary,
    /// A reissue that was replaced, or is not issued.
    Reissue,
    /// A duplicate.
    Duplicate,
}

impl From<&Reissue> for OrderCertificate {
    fn from(row: &Reissue) -> Self {
        Self {
            id: Some(row.id),
            role: CertificateRole::Reissue,
            status: row.status.as_str().into(),
            serial_number: row.serial_number.clone(),
            thumbprint: row.thumbprint.clone(),
            common_name: row.common_name.clone(),
            dns_names: row.dns_names.clone(),
            date_created: Some(row.date_created),
            date_issued: row.date_issued,
            valid_from: None,
            valid_till: row.valid_till,
            archived: row.archived,
        }
    }
}

impl From<&Duplicate> for OrderCertificate {
    fn from(row: &Duplicate) -> Self {
        Self {
            id: Some(row.id),
            role: CertificateRole::Duplicate,
            status: row.status.clone(),
            serial_number: row.serial_number.clone(),
            thumbprint: row.thumbprint.clone(),
            common_name: row.common_name.clone(),
            dns_names: row.dns_names.clone(),
            date_created: Some(row.date_created),
            date_issued: None,
            valid_from: row.valid_from,
            valid_till: row.valid_till,
            archived: row.archived,
        }
    }
}

/// Certificates, each of them once.
#[derive(Default)]
struct Distinct {
    certificates: Vec<OrderCertificate>,
    by_id: HashMap<CertificateId, usize>,
    by_thumbprint: HashMap<String, usize>,
    /// The first that had the serial number.
    by_serial: HashMap<String, usize>,
}

impl Distinct {
    fn add(&mut self, row: OrderCertificate) {
        let thumbprint = row.thumbprint.as_deref().and_then(canonical);
        let serial = row.serial_number.as_deref().and_then(canonical);
        let by_id = row.id.and_then(|id| self.by_id.get(&id));
        let by_thumbprint = || self.by_thumbprint.get(thumbprint.as_ref()?);
        let by_serial = || {
            let index = self.by_serial.get(serial.as_ref()?)?;
            let known = self.certificates.get(*index)?.thumbprint.as_deref().and_then(canonical);
            (known.is_none() || thumbprint.is_none()).then_some(index)
        };
        let index = by_id.or_else(by_thumbprint).or_else(by_serial).copied();
        let index = index.unwrap_or(self.certificates.len());
        self.by_id.extend(row.id.map(|id| (id, index)));
        self.by_thumbprint.extend(thumbprint.map(|thumbprint| (thumbprint, index)));
        if let Some(serial) = serial {
            self.by_serial.entry(serial).or_insert(index);
        }
        match self.certificates.get_mut(index) {
            Some(known) => known.complete(row),
            None => self.certificates.push(row),
        }
    }
}

impl OrderCertificate {
    /// Takes from another row of the same certificate what this one lacks.
    fn complete(&mut self, other: Self) {
        if other.status == CertificateStatus::Revoked && other.id == self.id {
            self.status = other.status;
        }
        self.id = self.id.or(other.id);
        self.serial_number = self.serial_number.take().or(other.serial_number);
        self.thumbprint = self.thumbprint.take().or(other.thumbprint);
        self.common_name = self.common_name.take().or(other.common_name);
        if self.dns_names.is_empty() {
            self.dns_names = other.dns_names;
        }
        self.date_created = self.date_created.or(other.date_created);
        self.date_issued = self.date_issued.or(other.date_issued);
        self.valid_from = self.valid_from.or(other.valid_from);
        self.valid_till = self.valid_till.or(other.valid_till);
        self.archived |= other.archived;
    }
}

/// A serial number or thumbprint in the form that is compared; none if it is blank.
pub(crate) fn canonical(number: &str) -> Option<String> {
    // openssl separates the bytes by colons.
    let digits = number.chars().filter(char::is_ascii_alphanumeric);
    let digits: String = digits.skip_while(|&digit| digit == '0').collect();
    (!digits.is_empty()).then(|| digits.to_ascii_uppercase())
}
