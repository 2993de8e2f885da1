//! Chunked bodies: every legal form is read, and one without its end counts as cut off.

use crate::{
    case::{Case, group},
    fault_server::{
        Step::{Close, Fin, ReadRequest, Reset},
        responses::{CHUNKED, ONE_ROW, chunk},
        write,
    },
    outcome::{CLOSED, PROTOCOL, fails, lists, retried},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [
        chunk_extensions_of_any_length_are_skipped(),
        chunk_sizes_may_have_leading_zeros(),
        trailers_after_the_last_chunk_are_skipped(),
        a_last_chunk_without_its_end_is_cut_off(),
        what_is_no_chunk_size_is_refused(),
    ];
    cases.into_iter().flatten().collect()
}

fn chunk_extensions_of_any_length_are_skipped() -> Vec<Case> {
    let row = |name, extension: &str| {
        let (first, rest) = ONE_ROW.split_at(20);
        let chunk = |part: &str| format!("{:x}{extension}\r\n{part}\r\n", part.len());
        let body = format!("{CHUNKED}{}{}0{extension}\r\n\r\n", chunk(first), chunk(rest));
        Row::http(name, [ReadRequest, write(body)], lists(1))
    };
    group(
        "chunk extension",
        [
            row("a name", ";ieof"),
            row("a name and a value of 40 bytes", &format!(";signature={}", "a".repeat(30))),
            row("a quoted value", ";note=\"a quoted; \\\"longer\\\" value, with spaces\""),
            row("several", ";a=1;b=2;c=3;d=4;e=5;f=6;g=7;h=8"),
            row("white space around it", " ; name = value; and = another"),
            row("a thousand bytes", &format!(";x={}", "y".repeat(997))),
        ],
    )
}

fn chunk_sizes_may_have_leading_zeros() -> Vec<Case> {
    let size = ONE_ROW.len();
    let body = format!("{CHUNKED}{size:012x}\r\n{ONE_ROW}\r\n000000\r\n\r\n");
    group("chunk size", [Row::http("zeros", [ReadRequest, write(body)], lists(1))])
}

fn trailers_after_the_last_chunk_are_skipped() -> Vec<Case> {
    let body = format!("{CHUNKED}{}0\r\nA: b\r\nExpires: 0\r\n\r\n", chunk(ONE_ROW));
    group("chunk trailer", [Row::http("two fields", [ReadRequest, write(body)], lists(1))])
}

fn a_last_chunk_without_its_end_is_cut_off() -> Vec<Case> {
    let mut rows = Vec::new();
    for (how, end) in [("FIN", Fin), ("RST", Reset), ("an orderly end", Close)] {
        for last in ["0\r\n", "0\r\n\r", "0\r\nA: b\r\n", "0;a=b\r\n", "0\r\nA"] {
            let body = format!("{CHUNKED}{}{last}", chunk(ONE_ROW));
            let fault = [ReadRequest, write(body), end.clone()];
            let name = format!("{how} after {last:?}");
            rows.extend([
                Row::http(format!("{name}, plain"), fault.clone(), retried(CLOSED)),
                Row::https(format!("{name}, TLS"), fault, retried(CLOSED)),
            ]);
        }
    }
    group("last chunk cut off", rows)
}

fn what_is_no_chunk_size_is_refused() -> Vec<Case> {
    let row = |size: &str| {
        let body = format!("{CHUNKED}{size}\r\n{ONE_ROW}\r\n0\r\n\r\n");
        Row::http(format!("{size:?}"), [ReadRequest, write(body)], fails(PROTOCOL))
    };
    let size = format!("{:x}", ONE_ROW.len());
    group(
        "no chunk size",
        [
            row(&format!("+{size}")),
            row(&format!("0x{size}")),
            row(&format!("{size} {size}")),
            row(&format!(";{size}")),
            row(&"f".repeat(17)),
        ],
    )
}
