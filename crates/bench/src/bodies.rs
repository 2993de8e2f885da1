//! The responses that are read: the documented example, and generated orders of any length.

use std::{fmt::Write as _, iter};

use bytes::Bytes;
use serde::Deserialize;

/// The example of the documented page, three rows, byte for byte.
pub fn seed() -> Bytes {
    Bytes::from_static(include_bytes!("../../../fixtures/list_reissues/112233-seed-example.json"))
}

/// An order of `rows` reissues in the newer edition's shape, one a line: the same bytes each time.
///
/// The CSRs are real ones, those of the fixture of 300 rows, in turns. Most rows have a few names,
/// every tenth 40 and every fiftieth 250; that makes about 2 kB a row.
///
/// # Panics
///
/// If the fixture is not what it was.
#[expect(clippy::expect_used, reason = "the fixture is part of this build")]
pub fn order(rows: usize) -> Bytes {
    let fixture: Order = serde_json::from_slice(FIXTURE).expect("the fixture is JSON");
    let mut body = String::from(r#"{"certificates":["#);
    for (i, row) in fixture.certificates.iter().cycle().take(rows).enumerate() {
        body.push_str(if i == 0 { "\n" } else { ",\n" });
        write_row(&mut body, i, row).expect("a string takes what is written");
    }
    body.push_str("\n]}\n");
    body.into()
}

/// As [`order`], with three new fields in each row, one of them an object.
pub fn order_with_new_fields(rows: usize) -> Bytes {
    const NEW: &str = r#""new_count":12,"new_object":{"a":"b","c":[1]},"new_text":"some text","#;
    let body =
        String::from_utf8_lossy(&order(rows)).replace(r#""csr":"#, &format!(r#"{NEW}"csr":"#));
    body.into()
}

const FIXTURE: &[u8] =
    include_bytes!("../../../fixtures/list_reissues/112301-three-hundred-reissues.json");

#[derive(Deserialize)]
struct Order {
    certificates: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    common_name: String,
    csr: String,
    email: String,
    firstname: String,
    lastname: String,
}

fn write_row(body: &mut String, i: usize, row: &Row) -> std::fmt::Result {
    let id = 90_000_000 - i;
    let name = &row.common_name;
    write!(body, r#"{{"id":{id},"#)?;
    let issued = !i.is_multiple_of(7);
    if issued {
        let (thumbprint, serial) = (hex(i, 40), hex(i + 1, 32));
        write!(body, r#""thumbprint":"{thumbprint}","serial_number":"{serial}","#)?;
    }
    write!(body, r#""common_name":"{name}","dns_names":["#)?;
    for n in 0..names(i) {
        let comma = if n == 0 { "" } else { "," };
        match n {
            0 => write!(body, r#""{name}""#)?,
            1 => write!(body, r#","www.{name}""#)?,
            _ => write!(body, r#"{comma}"host-{n}.{name}""#)?,
        }
    }
    let (month, day, hour) = (1 + i % 12, 1 + i % 28, i % 24);
    let created = format!("2025-{month:02}-{day:02}T{hour:02}:14:56+00:00");
    write!(body, r#"],"status":"{}","#, if issued { "issued" } else { "pending" })?;
    write!(body, r#""date_created":"{created}","#)?;
    if issued {
        let issued = format!("2025-{month:02}-{day:02}T{hour:02}:16:02+00:00");
        write!(body, r#""date_issued":"{issued}","valid_till":"2026-{month:02}-{day:02}","#)?;
        write!(body, r#""days_remaining":{},"#, i % 366)?;
    }
    // The CSR's line breaks are escaped as a JSON string has them.
    let csr = serde_json::Value::from(row.csr.as_str());
    let Row { email, firstname, lastname, .. } = row;
    write!(body, r#""csr":{csr},"key_size":2048,"user_id":{},"#, 1500 + i % 40)?;
    write!(body, r#""email":"{email}","firstname":"{firstname}","lastname":"{lastname}","#)?;
    write!(body, r#""receipt_id":"{:06}","purchased_dns_names":"{}","#, i, i % 3)?;
    write!(body, r#""purchased_wildcard_names":"0","archived":{}}}"#, u8::from(i.is_multiple_of(9)))
}

/// How many names row `i` has.
fn names(i: usize) -> usize {
    match i {
        _ if i.is_multiple_of(50) => 250,
        _ if i.is_multiple_of(10) => 40,
        _ => 3 + i % 6,
    }
}

/// Upper-case hexadecimal digits that look random.
fn hex(i: usize, digits: usize) -> String {
    let mut state = i as u64;
    let next = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        format!("{:08X}", state >> 32)
    };
    let text: String = iter::repeat_with(next).take(digits.div_ceil(8)).collect();
    text.chars().take(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain;

    #[test]
    fn bodies_are_complete_and_the_same_each_time() {
        for rows in [1, 100, 1000] {
            let read: plain::Reissues = serde_json::from_slice(&order(rows)).unwrap();
            assert_eq!(read.certificates.len(), rows);
            assert!(read.certificates.iter().all(|row| (3..=250).contains(&row.dns_names.len())));
        }
        assert_eq!(order(300), order(300));
        assert_eq!(
            serde_json::from_slice::<plain::Reissues>(&seed()).unwrap().certificates.len(),
            3
        );
    }
}
