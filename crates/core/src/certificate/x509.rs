//! Reads of a certificate what tells which one it is, whose key it has, and who issued it.

use std::fmt::Write;

use time::{Date, Month};

use super::{
    der::{
        BIT_STRING, BOOLEAN, Der, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
        UTC_TIME, part,
    },
    pem,
};

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Certificate {
    pub(crate) pem: String,
    /// Hexadecimal digits, upper case.
    pub(crate) serial_number: String,
    /// Names are DER, and compared as such.
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) valid_till: Option<Date>,
    pub(crate) public_key: PublicKey,
    /// Tells apart issuers of one name.
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) issuer_key_id: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads DER; none if it is no certificate.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let mut file = Der::new(der);
        let mut fields = file.element(SEQUENCE)?.element(SEQUENCE)?;
        fields.element(part(0)); // version
        let serial_number = fields.element(INTEGER)?;
        let _algorithm = fields.element(SEQUENCE)?;
        let issuer = fields.element(SEQUENCE)?;
        let validity = fields.element(SEQUENCE)?;
        let subject = fields.element(SEQUENCE)?;
        let public_key = PublicKey::read(fields.element(SEQUENCE)?)?;
        let extensions =
            fields.find(|(tag, _)| *tag == part(3)).and_then(|(_, mut it)| it.element(SEQUENCE));
        let extensions = extensions.unwrap_or_default();
        file.is_empty().then(|| Self {
            pem: pem::encode("CERTIFICATE", der),
            serial_number: hexadecimal(serial_number.bytes()),
            issuer: issuer.bytes().to_vec(),
            subject: subject.bytes().to_vec(),
            valid_till: last_day(validity),
            public_key,
            key_id: extension(extensions.clone(), KEY_ID)
                .and_then(|mut id| Some(id.element(OCTET_STRING)?.bytes().to_vec())),
            issuer_key_id: extension(extensions, ISSUER_KEY_ID)
                .and_then(|mut id| Some(id.element(SEQUENCE)?.element(0x80)?.bytes().to_vec())),
        })
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject && !self.subject.is_empty()
    }

    /// Returns whether this certificate may be the issuer of the other. Key identifiers are optional.
    pub(crate) fn issues(&self, other: &Self) -> bool {
        let same_key = |(id, other): (&Vec<u8>, &Vec<u8>)| id == other;
        self.subject == other.issuer
            && self.key_id.as_ref().zip(other.issuer_key_id.as_ref()).is_none_or(same_key)
    }
}

/// A public key in a form that is the same however the key was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PublicKey {
    algorithm: Vec<u8>,
    /// The curve, for example. NULL, which some writers leave out, is nothing.
    parameters: Vec<u8>,
    parts: Vec<Vec<u8>>,
}

impl PublicKey {
    /// Reads the content of a `SubjectPublicKeyInfo`.
    pub(crate) fn read(mut info: Der<'_>) -> Option<Self> {
        let mut parameters = info.element(SEQUENCE)?;
        let algorithm = parameters.element(OBJECT_IDENTIFIER)?.bytes();
        parameters.element(NULL);
        let (_unused_bits, key) = info.element(BIT_STRING)?.bytes().split_first()?;
        let parts = match algorithm {
            RSA => modulus_and_exponent(key),
            EC => compressed(key),
            _ => None,
        };
        Some(Self {
            algorithm: algorithm.to_vec(),
            parameters: parameters.bytes().to_vec(),
            parts: parts.unwrap_or_else(|| vec![key.to_vec()]),
        })
    }
}

/// 2.5.29.14
const KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
/// 2.5.29.35
const ISSUER_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];

/// Returns the value of the extension with this id, of a certificate or of a CSR.
pub(crate) fn extension<'a>(extensions: Der<'a>, id: &[u8]) -> Option<Der<'a>> {
    extensions.filter(|(tag, _)| *tag == SEQUENCE).find_map(|(_, mut extension)| {
        let found = extension.element(OBJECT_IDENTIFIER)?.bytes() == id;
        extension.element(BOOLEAN); // whether it is critical
        extension.element(OCTET_STRING).filter(|_| found)
    })
}

/// Returns a number as openssl and the service print it: without the byte that only says that it is
/// positive.
fn hexadecimal(number: &[u8]) -> String {
    let digits = match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    digits.iter().fold(String::with_capacity(2 * digits.len()), |mut text, digit| {
        let _ = write!(text, "{digit:02X}");
        text
    })
}

/// Returns the day of the second of two times: `YYMMDD…Z` until 2049, and `YYYYMMDD…Z`.
fn last_day(mut validity: Der<'_>) -> Option<Date> {
    let (tag, end) = validity.nth(1)?;
    let digits = str::from_utf8(end.bytes()).ok()?;
    let (year, rest) = digits.split_at_checked(if tag == UTC_TIME { 2 } else { 4 })?;
    let (month, rest) = rest.split_at_checked(2)?;
    let (day, _) = rest.split_at_checked(2)?;
    let year: i32 = match (tag, year.parse().ok()?) {
        (UTC_TIME, year @ 50..) => 1900 + year,
        (UTC_TIME, year) => 2000 + year,
        (_, year) => year,
    };
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

/// 1.2.840.113549.1.1.1
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.10045.2.1
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

fn modulus_and_exponent(key: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut numbers = Der::new(key).element(SEQUENCE)?;
    let mut number = || {
        let digits = numbers.element(INTEGER)?.bytes();
        Some(digits.iter().copied().skip_while(|&digit| digit == 0).collect())
    };
    Some(vec![number()?, number()?])
}

/// The compressed form of a point: x, and whether y is odd. A curve has no other point with both, so
/// nothing need be computed to compare a point with one that was sent without its y.
fn compressed(point: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (&form, coordinates) = point.split_first()?;
    // 4 is the usual form; 6 and 7 say y's parity too.
    if !matches!(form, 4 | 6 | 7) || !coordinates.len().is_multiple_of(2) {
        return None;
    }
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    Some(vec![[&[2 | (y.last()? & 1)], x].concat()])
}
