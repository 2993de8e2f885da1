//! As much of a certificate's DER as tells who issued whom.

/// The names of the issuer and the subject, DER; none if it is no certificate.
pub(super) fn names(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (fields, _) = element(certificate, SEQUENCE)?;
    let fields = element(fields, VERSION).map_or(fields, |(_version, fields)| fields);
    let (_serial_number, fields) = element(fields, INTEGER)?;
    let (_algorithm, fields) = element(fields, SEQUENCE)?;
    let (issuer, fields) = element(fields, SEQUENCE)?;
    let (_validity, fields) = element(fields, SEQUENCE)?;
    let (subject, _) = element(fields, SEQUENCE)?;
    Some((issuer, subject))
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The content of the first element, if it has this tag, and what follows the element.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, der) = der.strip_prefix(&[tag])?.split_first()?;
    let (length, der) = match first {
        ..=0x7f => (usize::from(first), der),
        0x81..=0x84 => {
            let (digits, der) = der.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, &digit| (length << 8) | usize::from(digit)), der)
        }
        _ => return None,
    };
    der.split_at_checked(length)
}
