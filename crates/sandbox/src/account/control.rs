//! Control of a name: how it is shown, and what was shown.

use ring::rand::{SecureRandom as _, SystemRandom};
use time::{Duration, OffsetDateTime};

use super::limits::reuse;
use super::names::{is_within, without_wildcard};

/// A method by which control of a name is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DcvMethod {
    #[default]
    DnsTxt,
    DnsCname,
    HttpFile,
    /// A file whose name is a part of the random value (assumed).
    HttpFileDynamic,
    Email,
}

impl DcvMethod {
    const ALL: [Self; 5] =
        [Self::DnsTxt, Self::DnsCname, Self::HttpFile, Self::HttpFileDynamic, Self::Email];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::DnsTxt => "dns-txt-token",
            Self::DnsCname => "dns-cname-token",
            Self::HttpFile => "http-token",
            Self::HttpFileDynamic => "http-token-dynamic",
            Self::Email => "email",
        }
    }

    pub(crate) fn is_file(self) -> bool {
        matches!(self, Self::HttpFile | Self::HttpFileDynamic)
    }

    /// Returns the path of the file that shows control; `None` for a method without one.
    pub(crate) fn file_path(self, value: &str) -> Option<String> {
        let name = match self {
            Self::HttpFile => "fileauth",
            Self::HttpFileDynamic => value.get(1..17).unwrap_or(value),
            _ => return None,
        };
        Some(format!("/.well-known/pki-validation/{name}.txt"))
    }
}

/// A text to be published, and when it ends.
#[derive(Clone, Debug)]
pub(crate) struct RandomValue {
    pub(crate) text: String,
    pub(crate) expires: OffsetDateTime,
}

impl RandomValue {
    /// A new value: an underscore and 31 letters and digits, good for 30 days (both observed).
    pub(crate) fn new(now: OffsetDateTime) -> Result<Self, rcgen::Error> {
        const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut random = [0; 31];
        SystemRandom::new().fill(&mut random).map_err(|_| rcgen::Error::RingUnspecified)?;
        let letters = random.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 36)));
        let text = "_".chars().chain(letters.map(|&letter| char::from(letter))).collect();
        Ok(Self { text, expires: now + Duration::days(30) })
    }

    pub(crate) fn is_valid(&self, now: OffsetDateTime) -> bool {
        now < self.expires
    }
}

/// Control of a name that was shown, and for how long that counts.
#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) name: String,
    pub(crate) method: DcvMethod,
    pub(crate) since: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
}

impl Approval {
    pub(super) fn since(since: OffsetDateTime, name: String, method: DcvMethod) -> Self {
        Self { name, method, since, until: since.saturating_add(reuse(since.date())) }
    }

    /// Returns whether it counts for `dns_name` at `now`: for the name itself and all below it, but
    /// a file for exactly its own host.
    pub(crate) fn covers(&self, dns_name: &str, now: OffsetDateTime) -> bool {
        now < self.until
            && if self.method.is_file() {
                dns_name == self.name
            } else {
                is_within(without_wildcard(dns_name), &self.name)
            }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn a_value_is_an_underscore_and_31_letters_and_digits() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let value = RandomValue::new(now).unwrap();
        let rest = value.text.strip_prefix('_').unwrap();
        assert_eq!(rest.len(), 31);
        assert!(rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert!(value.is_valid(now + Duration::days(30) - Duration::SECOND));
        assert!(!value.is_valid(now + Duration::days(30)));
        assert_ne!(RandomValue::new(now).unwrap().text, value.text);
    }

    #[test]
    fn a_record_counts_for_all_below_it_and_a_file_for_its_host() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let covers = |method, name: &str| {
            Approval::since(now, "example.com".to_owned(), method).covers(name, now)
        };
        for (name, record, file) in [
            ("example.com", true, true),
            ("www.example.com", true, false),
            ("*.example.com", true, false),
            ("example.net", false, false),
        ] {
            assert_eq!(covers(DcvMethod::DnsTxt, name), record, "{name}");
            assert_eq!(covers(DcvMethod::HttpFile, name), file, "{name}");
        }
    }
}
