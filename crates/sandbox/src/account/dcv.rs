//! What callers do about validations: those of orders, and those of domains.

use super::Account;
use super::control::{DcvMethod, RandomValue};
use super::domain::Domain;
use super::names::Names;
use super::product::Product;
use crate::refusal::Refusal;

impl Account {
    /// Returns the random value of an order that waits for validation. It stays the same until it
    /// ends (documented).
    pub(crate) fn order_value(&mut self, order_id: u64) -> Result<RandomValue, Refusal> {
        let now = self.now();
        let (certificate_id, value) = self.waiting(order_id)?;
        if value.is_valid(now) {
            return Ok(value);
        }
        let value = RandomValue::new(now)?;
        if let Some(certificate) = self.order_mut(order_id)?.certificate_mut(certificate_id)
            && let Some(validation) = &mut certificate.validation
        {
            validation.value = value.clone();
        }
        Ok(value)
    }

    /// Returns the certificate that a check of an order is about: the one that waits, or the one that
    /// waited, so that a check can be repeated. For others there is nothing to check (assumed).
    pub(crate) fn checked_certificate(&self, order_id: u64) -> Result<u64, Refusal> {
        let order = self.order(order_id).ok_or_else(Refusal::no_such_order)?;
        let waiting = order.open_certificate().map(|open| open.awaited().map(|_| open.id));
        let waited = || order.primary().validation.as_ref().map(|_| order.primary().id);
        waiting.unwrap_or_else(waited).ok_or_else(Refusal::nothing_to_validate)
    }

    /// Changes the method of an order; its automatic checks begin again. The value stays the same
    /// (assumed; observed for domains).
    pub(crate) fn change_order_method(
        &mut self,
        order_id: u64,
        method: DcvMethod,
    ) -> Result<RandomValue, Refusal> {
        let (certificate_id, _) = self.waiting(order_id)?;
        let order = self.order_mut(order_id)?;
        if let Some(certificate) = order.certificate(certificate_id) {
            check_method(method, order.product, &certificate.names)?;
        }
        order.dcv_method = method;
        let value = self.order_value(order_id)?;
        self.begin_validation(order_id, certificate_id, Some(value))
    }

    fn waiting(&self, order_id: u64) -> Result<(u64, RandomValue), Refusal> {
        self.order(order_id).ok_or_else(Refusal::no_such_order)?;
        let waiting = self.in_validation(order_id).ok_or_else(Refusal::nothing_to_validate)?;
        let (_, certificate, validation) = waiting;
        Ok((certificate.id, validation.value.clone()))
    }

    pub(crate) fn domains(&self) -> impl Iterator<Item = &Domain> {
        self.domains.values()
    }

    pub(crate) fn domain(&self, id: u64) -> Result<&Domain, Refusal> {
        self.domains.get(&id).ok_or_else(Refusal::no_such_domain)
    }

    /// Adds a domain, and submits it for validation if that is asked for.
    pub(crate) fn add_domain(
        &mut self,
        name: &str,
        method: DcvMethod,
        submit: bool,
    ) -> Result<&Domain, Refusal> {
        if self.domains.values().any(|domain| domain.name == name) {
            return Err(Refusal::domain_exists());
        }
        let now = self.now();
        let domain = self.domain_named(name, method);
        domain.token(now)?;
        if submit {
            domain.submit(now);
        }
        Ok(domain)
    }

    /// Submits a domain for validation. An earlier one counts on until this one is done
    /// (documented).
    pub(crate) fn submit_domain(
        &mut self,
        id: u64,
        method: Option<DcvMethod>,
    ) -> Result<&Domain, Refusal> {
        let now = self.now();
        let domain = self.domain_mut(id)?;
        domain.dcv_method = method.unwrap_or(domain.dcv_method);
        domain.token(now)?;
        domain.submit(now);
        Ok(domain)
    }

    /// Changes the method of a domain, whose value stays the same (observed).
    pub(crate) fn change_domain_method(
        &mut self,
        id: u64,
        method: DcvMethod,
    ) -> Result<&Domain, Refusal> {
        let now = self.now();
        let domain = self.domain_mut(id)?;
        domain.dcv_method = method;
        domain.token(now)?;
        if domain.is_pending() {
            domain.submit(now);
        }
        Ok(domain)
    }

    /// Gives a domain a new value, which ends the one before it; those of orders stay (documented).
    pub(crate) fn renew_domain_value(&mut self, id: u64) -> Result<&Domain, Refusal> {
        let now = self.now();
        let domain = self.domain_mut(id)?;
        if domain.dcv_method == DcvMethod::Email {
            return Err(Refusal::invalid_dcv_method());
        }
        domain.token = None;
        domain.token(now)?;
        Ok(domain)
    }

    /// Returns the domain of this name, which is added if there is none.
    pub(super) fn domain_named(&mut self, name: &str, method: DcvMethod) -> &mut Domain {
        let known = self.domains.values().find(|domain| domain.name == name).map(|it| it.id);
        let id = known.unwrap_or_else(|| {
            self.last_domain_id += 1;
            self.last_domain_id
        });
        let created = self.now();
        self.domains.entry(id).or_insert_with(|| Domain::new(id, name.to_owned(), created, method))
    }

    fn domain_mut(&mut self, id: u64) -> Result<&mut Domain, Refusal> {
        self.domains.get_mut(&id).ok_or_else(Refusal::no_such_domain)
    }
}

/// Refuses a method by which control of an order's names cannot be shown. The code for wildcards is
/// documented, and so is that DV orders have no dynamic file.
pub(super) fn check_method(
    method: DcvMethod,
    product: Product,
    names: &Names,
) -> Result<(), Refusal> {
    if method == DcvMethod::HttpFileDynamic && !product.has_organization() {
        return Err(Refusal::invalid_dcv_method());
    }
    if method.is_file() && names.dns_names.iter().all(|name| name.starts_with("*.")) {
        return Err(Refusal::invalid_wildcard_method());
    }
    Ok(())
}
