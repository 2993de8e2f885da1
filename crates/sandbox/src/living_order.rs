//! What a living order is like at the start.

use std::io;

use time::Date;

use crate::account::{DcvMethod, Names, Product};

/// An order whose certificates the sandbox issues, for
/// [`SandboxBuilder::order`](crate::SandboxBuilder::order).
///
/// Reissues, duplicates, approvals, validations and revocations change what every route tells about
/// it. Unless told otherwise it is an OV order that was placed, validated and issued 30 days ago; its
/// certificate is valid for as long as can be, 199 days until March 2027, and the order for a year.
#[derive(Clone, Debug)]
#[must_use]
pub struct LivingOrder {
    pub(crate) id: u64,
    names: Vec<String>,
    pub(crate) product: Product,
    pub(crate) valid_till: Option<Date>,
    pub(crate) order_valid_till: Option<Date>,
    pub(crate) validated_until: Vec<(String, Date)>,
    pub(crate) dcv_method: DcvMethod,
    pub(crate) needs_approval: bool,
    pub(crate) is_revoked: bool,
    pub(crate) is_renewed: bool,
}

impl LivingOrder {
    /// Describes an order for `names`, of which the first is the common name.
    pub fn new(order_id: u64, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            id: order_id,
            names: names.into_iter().map(Into::into).collect(),
            product: Product::OV,
            valid_till: None,
            order_valid_till: None,
            validated_until: Vec::new(),
            dcv_method: DcvMethod::default(),
            needs_approval: true,
            is_revoked: false,
            is_renewed: false,
        }
    }

    /// Makes it a DV order: it has no organization and no domains, and each reissue waits until
    /// control of its names is shown.
    pub fn dv(self) -> Self {
        Self { product: Product::DV, ..self }
    }

    /// Makes it an EV order.
    pub fn ev(self) -> Self {
        Self { product: Product::EV, ..self }
    }

    /// Makes it an order for a code signing certificate, which has no DNS names: the name is an
    /// organization's.
    pub fn code_signing(self) -> Self {
        Self { product: Product::CODE_SIGNING, ..self }
    }

    /// Makes it an order for a document signing certificate: the name is a person's.
    pub fn document_signing(self) -> Self {
        Self { product: Product::DOCUMENT_SIGNING, ..self }
    }

    /// Sets the last day of its certificate, which may be past. The order was placed as long before as
    /// a certificate is valid, or today.
    pub fn valid_till(self, date: Date) -> Self {
        Self { valid_till: Some(date), ..self }
    }

    /// Sets the last day of the order.
    pub fn order_valid_till(self, date: Date) -> Self {
        Self { order_valid_till: Some(date), ..self }
    }

    /// Sets the last day on which the validation of `domain` counts, which may be past. It is the
    /// base domain of names of the order, such as `example.com`. DV orders have none.
    pub fn validated_until(mut self, domain: impl Into<String>, date: Date) -> Self {
        self.validated_until.push((domain.into(), date));
        self
    }

    /// Makes email the method by which control of its names is shown; it is `dns-txt-token`
    /// otherwise. Nothing reads these messages: change the method, or use
    /// [`Sandbox::issue`](crate::Sandbox::issue).
    pub fn by_email(self) -> Self {
        Self { dcv_method: DcvMethod::Email, ..self }
    }

    /// Removes the approval step: what is requested is approved, and no request is made.
    pub fn without_approval(self) -> Self {
        Self { needs_approval: false, ..self }
    }

    /// Revokes the order and its certificate.
    pub fn revoked(self) -> Self {
        Self { is_revoked: true, ..self }
    }

    /// Marks the order as renewed by another one, which is not there.
    pub fn renewed(self) -> Self {
        Self { is_renewed: true, ..self }
    }

    pub(crate) fn names(&self) -> io::Result<Names> {
        let first = self.names.first().cloned();
        let names = if self.product.is_tls() {
            first.and_then(|first| Names::new(first, self.names.clone()))
        } else {
            first.map(Names::of_subject)
        };
        names.ok_or_else(|| {
            let message = format!("living order {}: not a list of DNS names", self.id);
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })
    }
}
