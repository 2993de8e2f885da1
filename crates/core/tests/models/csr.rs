//! Which reissue a request became.

use certcentral_core::{CertificateId, ListReissues, OrderId, Reissue, Reissues};
use serde_json::json;

use crate::{fixture, parse};

const CONTENT: &str = "MIIB/jCB+6ACAQAwGjEYMBYGA1UEAwwPc2hvcC5leGFtcGxlLm5ldA==";

#[test]
fn a_csr_is_found_however_it_is_wrapped() {
    let (first, second) = CONTENT.split_at(20);
    let forms = [
        pem("CERTIFICATE REQUEST", CONTENT, "\n"),
        pem("CERTIFICATE REQUEST", &format!("{first}\n{second}"), "\n"),
        pem("CERTIFICATE REQUEST", &format!("{first}\r\n{second}"), "\r\n"),
        pem("NEW CERTIFICATE REQUEST", &format!(" {first}\n\n\t{second} "), "\n"),
        pem("CERTIFICATE REQUEST", CONTENT, ""),
        // Escaped once too often.
        pem("CERTIFICATE REQUEST", &format!("{first}\\n{second}"), "\\n"),
        pem("CERTIFICATE REQUEST", &format!("{first}\\r\\n{second}"), "\\r\\n"),
        pem("CERTIFICATE REQUEST", &CONTENT.replace('/', "\\/"), "\n"),
        format!(
            "-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n{}",
            pem("CERTIFICATE REQUEST", CONTENT, "\n")
        ),
        // As openssl prints it with `-text`, and with what a mail adds.
        format!("Data:\n  Version: 1\n{}bye\n", pem("CERTIFICATE REQUEST", CONTENT, "\n")),
        // Without its frame, or its padding.
        CONTENT.to_owned(),
        format!("{first}\n{second}\n"),
        CONTENT.trim_end_matches('=').to_owned(),
        // From a file that begins with more than it.
        format!("\u{feff}{}", pem("CERTIFICATE REQUEST", CONTENT, "\n")),
        format!("\u{feff}{CONTENT}\n"),
        format!(
            "Certificate Request:\n    Data:\n{}\n# shop\n",
            pem("CERTIFICATE REQUEST", CONTENT, "\n")
        ),
    ];
    for listed in &forms {
        let reissues = Reissues::new(vec![row(1, 0, "MIIBother"), row(2, 0, listed)]);
        for asked in &forms {
            let found = reissues.for_csr(asked).map(|row| row.id);
            assert_eq!(found, Some(CertificateId(2)), "{listed:?} for {asked:?}");
        }
    }
}

#[test]
fn another_csr_is_not_found() {
    let listed = pem("CERTIFICATE REQUEST", CONTENT, "\n");
    let reissues = Reissues::new(vec![row(1, 0, &listed)]);
    for other in [
        CONTENT.to_lowercase(),
        CONTENT.replace("MIIB", "MIIC"),
        CONTENT.replace('/', ""),
        CONTENT.replace('+', "-"),
        CONTENT[4..].to_owned(),
        format!("{CONTENT}{CONTENT}"),
    ] {
        assert_eq!(reissues.for_csr(&other), None, "{other}");
    }
}

#[test]
fn no_csr_is_no_row() {
    let frame = pem("CERTIFICATE REQUEST", "", "\n");
    let mut without = row(2, 0, "");
    without.csr = None;
    let reissues = Reissues::new(vec![row(1, 0, ""), row(3, 0, &frame), without]);
    for nothing in ["", " \n", "=", &frame, "-----"] {
        assert_eq!(reissues.for_csr(nothing), None, "{nothing:?}");
    }
}

#[test]
fn the_newest_of_several_is_found() {
    let rows = vec![row(1, 5, CONTENT), row(2, 9, CONTENT), row(3, 9, CONTENT), row(4, 7, CONTENT)];
    let reissues = Reissues::new(rows);
    assert_eq!(reissues.for_csr(CONTENT).map(|row| row.id), Some(CertificateId(3)));
}

#[test]
fn each_of_three_hundred_is_found_by_its_own() {
    let body = fixture("list_reissues/112301-three-hundred-reissues.json");
    let reissues = parse(&ListReissues::new(OrderId(112_301)), 200, body).unwrap();
    assert_eq!(reissues.len(), 300);
    for row in &reissues {
        let one_line = row.csr.as_deref().unwrap().replace('\n', "");
        assert_eq!(reissues.for_csr(&one_line).unwrap().id, row.id);
    }
}

fn pem(label: &str, content: &str, line_end: &str) -> String {
    format!("-----BEGIN {label}-----{line_end}{content}{line_end}-----END {label}-----{line_end}")
}

fn row(id: u64, minute: i64, csr: &str) -> Reissue {
    let created = format!("2026-03-02T09:{minute:02}:00Z");
    let row = json!({"id": id, "status": "pending", "date_created": created, "csr": csr});
    serde_json::from_value(row).unwrap()
}
