//! Requests for certificates: reissues and duplicates.

use time::{Date, OffsetDateTime};

use crate::account::Account;
use crate::account::certificate::{Certificate, Kind, State};
use crate::account::control::DcvMethod;
use crate::account::dcv::check_method;
use crate::account::limits::longest_validity;
use crate::account::names::{Names, is_dns_name};
use crate::account::order::{NameScope, Order, OrderStatus};
use crate::account::product::{Class, Product};
use crate::account::request::{Request, RequestKind, RequestStatus};
use crate::csr::Csr;
use crate::refusal::Refusal;

/// What a caller asks for.
pub(crate) struct Wanted {
    pub(crate) csr: String,
    pub(crate) common_name: Option<String>,
    pub(crate) dns_names: Option<Vec<String>>,
    pub(crate) signature_hash: Option<String>,
    pub(crate) validity: Option<Validity>,
    pub(crate) dcv_method: Option<DcvMethod>,
    pub(crate) name_scope: Option<NameScope>,
    pub(crate) skip_approval: bool,
    pub(crate) comments: Option<String>,
}

/// How long a certificate is to be valid.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Validity {
    Years(u32),
    Days(u32),
    Till(Date),
}

impl Account {
    /// Requests a reissue, and returns the ids of the certificate and, if there is one, of its request.
    ///
    /// It takes the place of one that is pending, which is rejected: documented for DigiCert's older
    /// API, assumed for this one.
    pub(crate) fn reissue(
        &mut self,
        order_id: u64,
        wanted: Wanted,
    ) -> Result<(u64, Option<u64>), Refusal> {
        let now = self.now();
        let certificate = self.certificate_for(order_id, Kind::Reissue, &wanted, now)?;
        let shown_until = now.saturating_add(self.list_lag);
        let order = self.order_mut(order_id)?;
        let method = wanted.dcv_method.unwrap_or(order.dcv_method);
        check_method(method, order.product, &certificate.names)?;
        order.show_until(shown_until, now);
        order.dcv_method = method;
        order.name_scope = wanted.name_scope.unwrap_or(order.name_scope);
        if let Some(pending) = order.open_reissue().map(|reissue| reissue.id) {
            self.reject_certificate(order_id, pending, None, now);
        }
        self.order_mut(order_id)?.set_status(OrderStatus::ReissuePending, now);
        self.add_certificate(order_id, RequestKind::Reissue, certificate, wanted, now)
    }

    /// Requests a duplicate, and returns as [`reissue`](Self::reissue) does.
    ///
    /// One for domains whose validation has ended is refused (documented; the code is assumed).
    pub(crate) fn duplicate(
        &mut self,
        order_id: u64,
        wanted: Wanted,
    ) -> Result<(u64, Option<u64>), Refusal> {
        let now = self.now();
        let number = self.order_mut(order_id)?.duplicates().count() + 1;
        let certificate =
            self.certificate_for(order_id, Kind::Duplicate { number }, &wanted, now)?;
        let order = self.order(order_id).ok_or_else(Refusal::no_such_order)?;
        let mut scopes = self.scopes(order, &certificate).into_iter();
        if order.product.has_organization() && scopes.any(|it| it.approved_until.is_none()) {
            return Err(Refusal::domains_not_validated());
        }
        self.add_certificate(order_id, RequestKind::Duplicate, certificate, wanted, now)
    }

    /// Checks what is asked for, and returns it as a certificate that is not issued yet.
    fn certificate_for(
        &mut self,
        order_id: u64,
        kind: Kind,
        wanted: &Wanted,
        now: OffsetDateTime,
    ) -> Result<Certificate, Refusal> {
        let order = self.order_mut(order_id)?;
        if order.is_revoked() {
            return Err(Refusal::order_is_revoked());
        }
        if order.primary().issued().is_none() {
            return Err(Refusal::order_is_not_issued());
        }
        let csr = Csr::parse(&wanted.csr)?;
        let names = names(order, wanted, &csr)?;
        let valid_till = valid_till(now.date(), order.valid_till, wanted.validity, order.product)?;
        self.certificate_of(kind, names, csr, wanted, valid_till, now)
    }

    /// Returns a certificate that is not issued yet.
    pub(super) fn certificate_of(
        &mut self,
        kind: Kind,
        names: Names,
        csr: Csr,
        wanted: &Wanted,
        valid_till: Date,
        now: OffsetDateTime,
    ) -> Result<Certificate, Refusal> {
        let signature_hash = match wanted.signature_hash.as_deref() {
            None => "sha256",
            Some(hash @ ("sha256" | "sha384" | "sha512")) => hash,
            Some(_) => return Err(Refusal::invalid("certificate.signature_hash")),
        };
        Ok(Certificate {
            id: self.next_certificate_id(),
            kind,
            names,
            csr: wanted.csr.clone(),
            key: csr.key,
            key_size: csr.key_size,
            signature_hash: signature_hash.to_owned(),
            created: now,
            valid_till,
            state: State::Requested,
            archived: false,
            approvals: Vec::new(),
            validation: None,
        })
    }

    fn add_certificate(
        &mut self,
        order_id: u64,
        kind: RequestKind,
        certificate: Certificate,
        wanted: Wanted,
        now: OffsetDateTime,
    ) -> Result<(u64, Option<u64>), Refusal> {
        let certificate_id = certificate.id;
        self.order_mut(order_id)?.add(certificate);
        self.begin(order_id, kind, certificate_id, wanted, now)
    }

    /// Makes the request for a certificate, or approves it.
    pub(super) fn begin(
        &mut self,
        order_id: u64,
        kind: RequestKind,
        certificate_id: u64,
        wanted: Wanted,
        now: OffsetDateTime,
    ) -> Result<(u64, Option<u64>), Refusal> {
        let order = self.order_mut(order_id)?;
        if !order.needs_approval {
            self.approve_certificate(order_id, certificate_id)?;
            return Ok((certificate_id, None));
        }
        let request = Request::new(kind, order, Some(certificate_id), wanted.comments, now);
        let request_id = self.add_request(request);
        if wanted.skip_approval {
            self.decide(request_id, RequestStatus::Approved, None)?;
        }
        Ok((certificate_id, Some(request_id)))
    }
}

/// The request's names; where it has none, the CSR's; where that has none, the order's (assumed). A
/// CSR's common name that is no DNS name, such as rcgen's default, counts as none.
fn names(order: &Order, wanted: &Wanted, csr: &Csr) -> Result<Names, Refusal> {
    let dns_names = wanted.dns_names.as_ref().unwrap_or(&csr.dns_names);
    let from_csr = csr.common_name.as_ref().filter(|name| is_dns_name(name));
    let common_name = wanted.common_name.as_ref().or(from_csr);
    match common_name.or(dns_names.first()) {
        None => Ok(order.primary().names.clone()),
        Some(common_name) => Names::new(common_name.clone(), dns_names.clone())
            .ok_or_else(|| Refusal::invalid("certificate.dns_names")),
    }
}

/// As long as was asked for, but no longer than the order and the industry allow.
pub(super) fn valid_till(
    today: Date,
    order_end: Date,
    asked: Option<Validity>,
    product: Product,
) -> Result<Date, Refusal> {
    let end = asked.map_or(order_end, |asked| asked_end(today, asked));
    if end < today {
        return Err(Refusal::invalid("certificate.cert_validity"));
    }
    if end > order_end {
        return Err(Refusal::validity_exceeds_order());
    }
    Ok(longest_till(today, order_end, asked, product))
}

/// The same where all is checked. What is longer is cut without an error (documented); private
/// certificates know no such limit.
pub(super) fn longest_till(
    today: Date,
    order_end: Date,
    asked: Option<Validity>,
    product: Product,
) -> Date {
    let end = asked.map_or(order_end, |asked| asked_end(today, asked)).min(order_end);
    let limit = today.saturating_add(longest_validity(today));
    if product.class == Class::Private { end } else { end.min(limit) }
}

/// A year of a certificate has 365 days.
fn asked_end(today: Date, asked: Validity) -> Date {
    match asked {
        Validity::Years(count) => Validity::Days(count.saturating_mul(365)).end(today),
        asked => asked.end(today),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::dates::parse_day;

    fn till(order_end: &str, asked: Option<Validity>) -> Result<String, Refusal> {
        let today = parse_day("2026-03-01").unwrap();
        let end = parse_day(order_end).unwrap();
        valid_till(today, end, asked, Product::OV).map(crate::dates::day)
    }

    #[test]
    fn a_certificate_ends_with_its_order_or_after_199_days() {
        assert_eq!(till("2026-03-20", None).unwrap(), "2026-03-20");
        assert_eq!(till("2029-03-20", None).unwrap(), "2026-09-15");
        assert_eq!(till("2029-03-20", Some(Validity::Years(1))).unwrap(), "2026-09-15");
    }

    #[test]
    fn a_shorter_validity_is_kept_and_one_beyond_the_orders_refused() {
        let date = |text| Some(Validity::Till(parse_day(text).unwrap()));
        assert_eq!(till("2026-06-30", Some(Validity::Days(31))).unwrap(), "2026-03-31");
        assert_eq!(till("2026-06-30", date("2026-06-30")).unwrap(), "2026-06-30");
        for asked in [Some(Validity::Days(u32::MAX)), Some(Validity::Years(1)), date("2026-07-01")]
        {
            let refusal = till("2026-06-30", asked).unwrap_err();
            assert!(format!("{refusal:?}").contains("cert_validity_exceeds_order_validity"));
        }
        for asked in [Some(Validity::Days(0)), Some(Validity::Years(0)), date("2026-02-28")] {
            assert!(format!("{:?}", till("2026-06-30", asked)).contains("invalid_param"));
        }
    }
}
