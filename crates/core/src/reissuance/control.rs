//! Showing the control of an order's names.

use std::time::{Duration, Instant};

use super::{
    Challenge, Progress, Reissuance,
    calls::Question,
    course::{MINUTE, Next, Stage, reached},
};
use crate::{
    instant::later,
    order::{CheckedDcv, DcvMethod, RandomValue, ValidationStatus},
};

/// What is known of the control of an order's names.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// As it was seen last.
    pub(super) status: Option<ValidationStatus>,
    /// The value that is to be published, and since when it is known.
    pub(super) value: Option<(RandomValue, Instant)>,
    /// As they were handed out last.
    pub(super) challenges: Vec<Challenge>,
    /// Whether the service took the change of the method, or refused it.
    pub(super) is_method_changed: bool,
    /// Whether the service is to look for what they ask to publish.
    pub(super) is_check_due: bool,
    last_check: Option<Instant>,
}

/// A random value is asked for again after this time: it ends after 30 days (DigiCert).
const VALUE_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Reissuance {
    /// Decides by the validation of the order's names.
    pub(super) fn judge(&mut self, now: Instant, status: ValidationStatus) -> Next {
        if !status.order_status.is_under_way() {
            return self.settled(now);
        }
        self.settled_until = None;
        if status.open_scopes().next().is_none() {
            self.control.challenges.clear();
            return self.look_later(now, Duration::ZERO);
        }
        let by_email =
            status.open_scopes().filter(|it| it.method == Some(DcvMethod::Email)).count();
        let wanted = self.wanted.beginning.dcv_method().filter(|it| *it != DcvMethod::Email);
        if let Some(method) = wanted.filter(|_| by_email > 0 && !self.control.is_method_changed) {
            return Next::Ask(Question::Method(method));
        }
        let is_by_value = by_email < status.open_scopes().count();
        let kept = self.control.value.as_ref().filter(|(_, since)| now < later(*since, VALUE_KEPT));
        let value = match kept {
            Some((value, _)) => value.clone(),
            None if is_by_value => {
                self.control.status = Some(status);
                return Next::Ask(Question::Value);
            }
            None => RandomValue::new(String::new()),
        };
        let challenges = Challenge::all(&status, &value);
        if challenges != self.control.challenges {
            self.control.challenges.clone_from(&challenges);
            self.control.is_check_due = is_by_value;
            if !is_by_value {
                self.look_later(now, MINUTE);
            }
            return reached(Progress::Validation(challenges));
        }
        if is_by_value { self.check(now) } else { self.look_later(now, MINUTE) }
    }

    /// Asks the service to look for records and files, unless it did within the last minute.
    pub(super) fn check(&mut self, now: Instant) -> Next {
        match self.control.last_check.map(|last| later(last, MINUTE)) {
            Some(next) if now < next => {
                (self.control.is_check_due, self.pace.next_look) = (true, Some(next));
                Next::Go
            }
            _ => {
                (self.control.is_check_due, self.control.last_check) = (false, Some(now));
                Next::Ask(Question::Check)
            }
        }
    }

    pub(super) fn checked(&mut self, now: Instant, checked: &CheckedDcv) -> Next {
        if checked.order_status.is_under_way() {
            return self.look_later(now, MINUTE);
        }
        self.look_now_at(Stage::Looking);
        self.settled(now)
    }
}
