//! Status 200 with a body that is not the list: an error, never a shorter list.

use crate::{
    case::{Case, group},
    fault_server::{
        Step::ReadRequest,
        responses::{CHUNKED, ONE_ROW, UNTIL_CLOSE, chunk, ok, response},
        write, write_without_end,
    },
    outcome::{TOO_LARGE, fails, lists, retried_cut, unreadable},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    [not_a_list(), broken_json(), odd_but_whole(), beyond_the_limit()]
        .into_iter()
        .flatten()
        .collect()
}

fn not_a_list() -> Vec<Case> {
    let html = "<!DOCTYPE html><html><body>Please log in</body></html>";
    // What `gzip` makes of "{}"; nobody asked for it.
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
    let zipped = response("200 OK", "Content-Encoding: gzip\r\n", gzip);
    group(
        "not a list",
        [
            row("HTML", html, ""),
            row("nothing", "", ""),
            row("blanks", "  \r\n ", ""),
            row("text", "ok", ""),
            row("another document", r#"{"orders": []}"#, "certificates"),
            row("a number", "7", ""),
            Row::http("gzip", [ReadRequest, write(zipped)], unreadable("")),
            row(
                "UTF-16",
                ONE_ROW.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
                "",
            ),
        ],
    )
}

fn broken_json() -> Vec<Case> {
    let deep = 100_000;
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    let objects = r#"{"a":"#.repeat(deep);
    group(
        "broken JSON",
        [
            cut("truncated inside a row", &ONE_ROW[..40], "certificates[0].status"),
            cut("truncated between two fields", &ONE_ROW[..25], "certificates[0]"),
            cut("truncated before the last brace", &ONE_ROW[..ONE_ROW.len() - 1], ""),
            row("text after the list", format!("{ONE_ROW} and more"), ""),
            row("two lists", format!("{ONE_ROW}{ONE_ROW}"), ""),
            row("nested 100,000 deep", format!("{open}{close}"), ""),
            row(
                "nested 100,000 deep in a list's place",
                format!(r#"{{"certificates":{open}{close}}}"#),
                "certificates[0]",
            ),
            row(
                "nested 100,000 deep in a new field",
                format!(r#"{{"certificates":[],"new":{open}{close}}}"#),
                "new[0]*",
            ),
            row(
                "nested 100,000 deep in objects",
                format!(r#"{{"certificates":[],"new":{objects}"#),
                "new.a*",
            ),
            row(
                "nested 100,000 deep in a row",
                in_a_row(&format!(r#""new":{open}{close}"#)),
                "certificates[0].new[0]*",
            ),
            row("invalid UTF-8", replace(b"issued", b"\xff\xfeued"), ""),
            row("UTF-8 that is cut", replace(b"issued", b"issue\xc3"), ""),
            row("a surrogate as bytes", replace(b"issued", b"\xed\xa0\x80"), ""),
            row(
                "a lone surrogate",
                in_a_row(r#""common_name":"\ud800""#),
                "certificates[0].common_name",
            ),
            row(
                "surrogates the wrong way round",
                in_a_row(r#""common_name":"\udc00\ud800""#),
                "certificates[0].common_name",
            ),
            row(
                "a number beyond u64",
                ONE_ROW.replace(":1,", ":18446744073709551616,"),
                "certificates[0].id",
            ),
            row(
                "a number beyond floating point",
                ONE_ROW.replace(":1,", ":1e999,"),
                "certificates[0].id",
            ),
            row("a negative id", ONE_ROW.replace(":1,", ":-1,"), "certificates[0].id"),
            row("NaN", ONE_ROW.replace(":1,", ":NaN,"), "certificates[0].id"),
            row("the list twice", format!(r#"{{"certificates":[],{}"#, &ONE_ROW[1..]), ""),
            row("a field twice", in_a_row(r#""id":2"#), "certificates[0]"),
            row(
                "a control character",
                ONE_ROW.replace("issued", "iss\u{0}ued"),
                "certificates[0].status",
            ),
        ],
    )
}

/// The form may be odd as long as the truth is plain.
fn odd_but_whole() -> Vec<Case> {
    let odd = |name, body: String| Row::http(name, [ReadRequest, write(ok(body))], lists(1));
    group(
        "odd but whole",
        [
            odd("blanks around it", format!("\r\n\t {ONE_ROW} \n")),
            odd("a byte-order mark", format!("\u{feff}{ONE_ROW}")),
            odd("a number beyond u64 in a new field", in_a_row(r#""new":18446744073709551616"#)),
            odd("escapes", ONE_ROW.replace("issued", r"\u0069ssued")),
            odd("a body as long as the limit", ONE_ROW.to_owned())
                .with(|api| api.body_limit(ONE_ROW.len())),
        ],
    )
}

fn beyond_the_limit() -> Vec<Case> {
    let over = |name, fault: Vec<_>| {
        Row::http(name, fault, fails(TOO_LARGE)).with(|api| api.body_limit(1000))
    };
    let long = " ".repeat(1001);
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 4611686018427387904\r\n\r\n";
    let endless = || write_without_end(" ".repeat(4096));
    group(
        "beyond the limit",
        [
            over("a byte more than the limit", vec![ReadRequest, write(ok(&long))]),
            over("a length far beyond the limit", vec![ReadRequest, write(huge), endless()]),
            over(
                "chunks without end",
                vec![ReadRequest, write(CHUNKED), write_without_end(chunk(&long))],
            ),
            over(
                "one chunk without end",
                vec![ReadRequest, write(CHUNKED), write("ffffffffffffff\r\n"), endless()],
            ),
            over("a body without end", vec![ReadRequest, write(UNTIL_CLOSE), endless()]),
        ],
    )
}

/// 200 with `body`, which cannot be read from `path` on.
fn row(name: &str, body: impl AsRef<[u8]>, path: &'static str) -> Row {
    Row::http(name, [ReadRequest, write(ok(body))], unreadable(path))
}

/// 200 with `body`, which ends in the middle of what is at `path`.
fn cut(name: &str, body: impl AsRef<[u8]>, path: &'static str) -> Row {
    Row::http(name, [ReadRequest, write(ok(body))], retried_cut(path))
}

/// The list of one row, with one more field in it.
fn in_a_row(field: &str) -> String {
    ONE_ROW.replace("}]}", &format!(",{field}}}]}}"))
}

fn replace(text: &[u8], with: &[u8]) -> Vec<u8> {
    let at = ONE_ROW.as_bytes().windows(text.len()).position(|w| w == text).unwrap();
    [&ONE_ROW.as_bytes()[..at], with, &ONE_ROW.as_bytes()[at + text.len()..]].concat()
}
