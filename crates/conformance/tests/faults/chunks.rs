//! Chunked bodies: legal ones are read however odd they are, and one without its end is not whole.

use crate::{
    answer::{CHUNKED, ONE_ROW, chunk},
    case::{CLOSED, Case, PROTOCOL, fails, lists, retried, run},
    script::{Close, Fin, ReadRequest, Reset, write},
};

#[test]
fn chunk_extensions_of_any_length_are_skipped() {
    let row = |name, extension: &str| {
        let (first, rest) = ONE_ROW.split_at(20);
        let chunk = |part: &str| format!("{:x}{extension}\r\n{part}\r\n", part.len());
        let body = format!("{CHUNKED}{}{}0{extension}\r\n\r\n", chunk(first), chunk(rest));
        Case::http(name, [ReadRequest, write(body)], lists(1))
    };
    run(&[
        row("a name", ";ieof"),
        row("a name and a value of 40 bytes", &format!(";signature={}", "a".repeat(30))),
        row("a quoted value", ";note=\"a quoted; \\\"longer\\\" value, with spaces\""),
        row("several", ";a=1;b=2;c=3;d=4;e=5;f=6;g=7;h=8"),
        row("white space around it", " ; name = value; and = another"),
        row("a thousand bytes", &format!(";x={}", "y".repeat(997))),
    ]);
}

#[test]
fn chunk_sizes_may_have_leading_zeros() {
    let size = ONE_ROW.len();
    let body = format!("{CHUNKED}{size:012x}\r\n{ONE_ROW}\r\n000000\r\n\r\n");
    run(&[Case::http("zeros", [ReadRequest, write(body)], lists(1))]);
}

#[test]
fn trailers_after_the_last_chunk_are_skipped() {
    let body = format!("{CHUNKED}{}0\r\nA: b\r\nExpires: 0\r\n\r\n", chunk(ONE_ROW));
    run(&[Case::http("two fields", [ReadRequest, write(body)], lists(1))]);
}

#[test]
fn a_last_chunk_without_its_end_is_cut_off() {
    let mut cases = Vec::new();
    for (how, end) in [("FIN", Fin), ("RST", Reset), ("an orderly end", Close)] {
        for last in ["0\r\n", "0\r\n\r", "0\r\nA: b\r\n", "0;a=b\r\n", "0\r\nA"] {
            let body = format!("{CHUNKED}{}{last}", chunk(ONE_ROW));
            let fault = [ReadRequest, write(body), end.clone()];
            let name = format!("{how} after {last:?}");
            cases.extend([
                Case::http(format!("{name}, plain"), fault.clone(), retried(CLOSED)),
                Case::https(format!("{name}, TLS"), fault, retried(CLOSED)),
            ]);
        }
    }
    run(&cases);
}

#[test]
fn what_is_no_chunk_size_is_refused() {
    let row = |size: &str| {
        let body = format!("{CHUNKED}{size}\r\n{ONE_ROW}\r\n0\r\n\r\n");
        Case::http(format!("{size:?}"), [ReadRequest, write(body)], fails(PROTOCOL))
    };
    let size = format!("{:x}", ONE_ROW.len());
    run(&[
        row(&format!("+{size}")),
        row(&format!("0x{size}")),
        row(&format!("{size} {size}")),
        row(&format!(";{size}")),
        row(&"f".repeat(17)),
    ]);
}
