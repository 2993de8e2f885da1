//! A living order and its certificates.

use std::iter;

use rcgen::{CertificateParams, DnType, KeyPair, SubjectPublicKeyInfo};
use time::{Date, OffsetDateTime};

use crate::authority::{Authority, Contents, Signed};

pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) created: OffsetDateTime,
    /// The last day.
    pub(crate) valid_till: Date,
    status: OrderStatus,
    status_changed: OffsetDateTime,
    last_reissued: Option<OffsetDateTime>,
    first: Certificate,
    later: Vec<Certificate>,
    primary: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderStatus {
    Issued,
    ReissuePending,
    Revoked,
}

pub(crate) struct Certificate {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) names: Names,
    /// As it was sent.
    pub(crate) csr: String,
    pub(crate) key: SubjectPublicKeyInfo,
    /// In bits; 0 if the key's kind has no sizes.
    pub(crate) key_size: usize,
    pub(crate) signature_hash: String,
    pub(crate) created: OffsetDateTime,
    /// The last day, decided when it was requested.
    pub(crate) valid_till: Date,
    pub(crate) state: State,
    pub(crate) archived: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one that the order began with.
    First,
    Reissue,
    Duplicate {
        /// 1 for an order's first duplicate.
        number: usize,
    },
}

pub(crate) enum State {
    /// Its request waits for an approval.
    Requested,
    /// Its request is approved; it waits for its issuance.
    Approved,
    Rejected,
    Issued(Issued),
}

pub(crate) struct Issued {
    pub(crate) signed: Signed,
    pub(crate) at: OffsetDateTime,
    pub(crate) is_revoked: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) common_name: String,
    /// With the common name among them.
    pub(crate) dns_names: Vec<String>,
}

impl Order {
    pub(crate) fn new(
        id: u64,
        created: OffsetDateTime,
        valid_till: Date,
        first: Certificate,
    ) -> Self {
        Self {
            id,
            created,
            valid_till,
            status: OrderStatus::Issued,
            status_changed: created,
            last_reissued: None,
            primary: first.id,
            first,
            later: Vec::new(),
        }
    }

    pub(crate) fn status(&self) -> OrderStatus {
        self.status
    }

    pub(crate) fn status_changed(&self) -> OffsetDateTime {
        self.status_changed
    }

    pub(crate) fn last_reissued(&self) -> Option<OffsetDateTime> {
        self.last_reissued
    }

    /// The newest certificate that was issued and is no duplicate.
    pub(crate) fn primary(&self) -> &Certificate {
        self.later.iter().find(|it| it.id == self.primary).unwrap_or(&self.first)
    }

    /// Every certificate, oldest first.
    pub(crate) fn certificates(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        iter::once(&self.first).chain(&self.later)
    }

    pub(crate) fn reissues(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        self.later.iter().filter(|it| it.kind == Kind::Reissue)
    }

    pub(crate) fn duplicates(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        self.later.iter().filter(|it| matches!(it.kind, Kind::Duplicate { .. }))
    }

    pub(crate) fn certificate(&self, id: u64) -> Option<&Certificate> {
        self.certificates().find(|it| it.id == id)
    }

    pub(super) fn certificates_mut(&mut self) -> impl Iterator<Item = &mut Certificate> {
        iter::once(&mut self.first).chain(&mut self.later)
    }

    pub(super) fn certificate_mut(&mut self, id: u64) -> Option<&mut Certificate> {
        self.certificates_mut().find(|it| it.id == id)
    }

    /// The reissue that is neither issued nor rejected; there is never more than one.
    pub(super) fn open_reissue(&self) -> Option<u64> {
        self.reissues().find(|it| it.is_open()).map(|it| it.id)
    }

    pub(super) fn add(&mut self, certificate: Certificate) {
        self.later.push(certificate);
    }

    pub(super) fn set_status(&mut self, status: OrderStatus, now: OffsetDateTime) {
        self.status = status;
        self.status_changed = now;
    }

    /// Issues a certificate; a reissue becomes the order's primary.
    pub(super) fn issue(
        &mut self,
        id: u64,
        now: OffsetDateTime,
        authority: &Authority,
    ) -> Result<(), rcgen::Error> {
        let Some(certificate) = self.certificate_mut(id) else { return Ok(()) };
        certificate.issue(now, authority)?;
        if certificate.kind == Kind::Reissue {
            self.primary = id;
            self.last_reissued = Some(now);
            self.set_status(OrderStatus::Issued, now);
        }
        Ok(())
    }

    /// Rejects a certificate that is not issued yet.
    pub(super) fn reject(&mut self, id: u64, now: OffsetDateTime) {
        let Some(certificate) = self.certificate_mut(id) else { return };
        certificate.state = State::Rejected;
        if certificate.kind == Kind::Reissue {
            self.set_status(OrderStatus::Issued, now);
        }
    }
}

impl OrderStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::ReissuePending => "reissue_pending",
            Self::Revoked => "revoked",
        }
    }
}

impl Certificate {
    /// What there is once it is issued, even if it was revoked since.
    pub(crate) fn issued(&self) -> Option<&Issued> {
        match &self.state {
            State::Issued(issued) => Some(issued),
            State::Requested | State::Approved | State::Rejected => None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Requested | State::Approved)
    }

    pub(super) fn issue(
        &mut self,
        now: OffsetDateTime,
        authority: &Authority,
    ) -> Result<(), rcgen::Error> {
        let contents = Contents {
            common_name: &self.names.common_name,
            dns_names: &self.names.dns_names,
            valid_from: now.date(),
            valid_till: self.valid_till,
        };
        let signed = authority.sign(&contents, &self.key)?;
        self.state = State::Issued(Issued { signed, at: now, is_revoked: false });
        Ok(())
    }
}

impl Names {
    /// Returns `None` if one of them is no DNS name.
    pub(crate) fn new(common_name: String, mut dns_names: Vec<String>) -> Option<Self> {
        if !dns_names.contains(&common_name) {
            dns_names.insert(0, common_name.clone());
        }
        dns_names.iter().all(|name| is_dns_name(name)).then_some(Self { common_name, dns_names })
    }

    /// A CSR for them, in PEM.
    pub(super) fn csr(&self, key: &KeyPair) -> Result<String, rcgen::Error> {
        let mut params = CertificateParams::new(self.dns_names.clone())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.common_name.as_str());
        params.serialize_request(key)?.pem()
    }
}

/// Letters, digits, hyphens and dots, and `*` as the first label.
pub(super) fn is_dns_name(name: &str) -> bool {
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && labels.split('.').all(is_label)
}
