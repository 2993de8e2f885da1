//! Responses that are made to cost much: bodies of any length that are mostly small values, long
//! texts, or echoes of the key.

use std::{fmt::Write as _, iter};

/// A response that is made to cost much.
pub struct Hostile {
    /// What is in the body.
    pub name: &'static str,
    /// The response's status.
    pub status: u16,
    /// The key of the client that reads it.
    pub key: &'static str,
    /// Whether it is a list that must be read, however long it is.
    pub is_list: bool,
    body: Body,
}

/// Writes a body of about so many bytes.
enum Body {
    Bytes(fn(usize) -> Vec<u8>),
    Text(fn(usize) -> String),
}

impl Hostile {
    /// Returns the body, of about `length` bytes, without room for more.
    pub fn body(&self, length: usize) -> Vec<u8> {
        let mut body = match self.body {
            Body::Bytes(write) => write(length),
            Body::Text(write) => write(length).into_bytes(),
        };
        body.shrink_to_fit();
        body
    }
}

/// Returns every one of them.
pub fn all() -> Vec<Hostile> {
    [lists(), rows(), texts(), values(), names(), numbers(), foreign(), errors(), keys(), periods()]
        .into_iter()
        .flatten()
        .collect()
}

/// A key as the service has them.
const KEY: &str = "8F2C41D7A90B63E5C7D81F02A4B69E35C7D81F02A4B69E35C7D81F02A4B69E35";
/// A key that is found almost everywhere in a body of the same letters.
const PERIODIC: &str = "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAC";

/// Long lists that the service could send.
fn lists() -> Vec<Hostile> {
    let lists = [
        ok("rows as in the documented example", |n| list(n, seed_row)),
        ok("the same with numbered keys", |n| {
            let body = list(n, |i| format!(r#""{}":{}"#, 2 * i, seed_row(i)));
            body.replacen('[', "{", 1).replace("]}\n", "}}")
        }),
    ];
    lists.into_iter().map(|list| Hostile { is_list: true, ..list }).collect()
}

fn rows() -> Vec<Hostile> {
    vec![
        ok("minimal rows", |n| list(n, |i| minimal_row(i, ""))),
        ok("minimal rows with a new field", |n| list(n, |i| minimal_row(i, r#","x":[{"":[0]}]"#))),
        ok("rows of nothing", |n| repeat(n, r#"{"certificates":["#, "{}", "]}")),
        ok("rows of null", |n| repeat(n, r#"{"certificates":["#, "null", "]}")),
        ok("a good row, and rows of nothing", |n| {
            repeat(n, &format!(r#"{{"certificates":[{},"#, minimal_row(1, "")), "{}", "]}")
        }),
        ok("rows of nothing with numbered keys", |n| {
            format!(r#"{{"certificates":{{{}}}}}"#, entries(n, "{}"))
        }),
        ok("empty names of hosts", |n| row(n, r#""dns_names":["#, r#""","#, r#"""]"#)),
        ok("empty names of hosts with numbered keys", |n| {
            row(n, r#""dns_names":{"#, r#""1":"","#, r#""2":""}"#)
        }),
    ]
}

/// Long texts.
fn texts() -> Vec<Hostile> {
    const DELETE: &str = "\u{7f}";
    vec![
        ok("one text of 0x7f", |n| format!(r#""{}""#, DELETE.repeat(n))),
        ok("one text in place of the list", |n| {
            format!(r#"{{"certificates":"{}"}}"#, DELETE.repeat(n))
        }),
        ok("one text in place of a row", |n| {
            format!(r#"{{"certificates":["{}"]}}"#, DELETE.repeat(n))
        }),
        ok("one text in place of an id", |n| row(n, r#""user_id":""#, DELETE, "\"")),
        ok("one text in place of a date", |n| row(n, r#""valid_till":""#, DELETE, "\"")),
        ok("one text in a new field", |n| row(n, r#""x":""#, DELETE, "\"")),
        ok("one text of escapes", |n| row(n, r#""x":""#, r"\u007f", "\"")),
        ok("one text with an escape at its end", |n| row(n, r#""x":""#, "a", "\\n\"")),
        ok("escapes that there are not", |n| row(n, r#""x":""#, r"\q", "\"")),
        ok("halves of surrogates", |n| row(n, r#""x":""#, r"\ud800", "\"")),
        ok("an error that is one text", |n| {
            format!(r#"{{"certificates":[],"error":"{}"}}"#, DELETE.repeat(n))
        }),
    ]
}

/// Many small values in a field that the model does not know.
fn values() -> Vec<Hostile> {
    vec![
        ok("objects of one field", |n| row(n, r#""x":["#, r#"{"":0},"#, "0]")),
        ok("empty objects", |n| row(n, r#""x":["#, "{},", "0]")),
        ok("empty lists", |n| row(n, r#""x":["#, "[],", "0]")),
        ok("lists of one number", |n| row(n, r#""x":["#, "[0],", "0]")),
        ok("empty texts", |n| row(n, r#""x":["#, r#""","#, "0]")),
        ok("digits", |n| row(n, r#""x":["#, "0,", "0]")),
        ok("digits beside the list", |n| repeat(n, r#"{"certificates":[],"x":["#, "0", "]}")),
        ok("a list of lists", |n| repeat(n, "[", "[]", "]")),
        ok("nested lists", |n| row(n, r#""x":"#, "[", "")),
        ok("nested objects", |n| row(n, r#""x":"#, r#"{"":"#, "")),
        ok("nested objects with long names", |n| {
            row(n, r#""x":"#, &format!(r#"{{"{}":"#, "a".repeat(n / 200)), "")
        }),
    ]
}

fn names() -> Vec<Hostile> {
    vec![
        ok("one name", |n| row(n, "\"", "a", "\":0")),
        ok("one name twice", |n| {
            let name = "a".repeat(n / 2);
            row(0, &format!(r#""{name}":0,"{name}":"#), "", "0")
        }),
        ok("many new fields", |n| row(0, &entries(n, "0"), "", "")),
        ok("many new fields of long texts, and nonsense", |n| {
            let fields = entries(n, r#""a text that makes the field as long as it may be""#);
            row(0, &format!(r#"{fields},"key_size":true"#), "", "")
        }),
        ok("many new fields beside the list", |n| {
            format!(r#"{{"certificates":[],{}}}"#, entries(n, "0"))
        }),
        ok("an object of many fields", |n| {
            row(0, &format!(r#""x":{{{}}}"#, entries(n, "0")), "", "")
        }),
    ]
}

/// Numbers that take long to read.
fn numbers() -> Vec<Hostile> {
    vec![
        ok("one number", |n| row(n, r#""x":"#, "9", "")),
        ok("one number below one", |n| row(n, r#""x":0."#, "0", "1")),
        ok("one number of many decimals", |n| row(n, r#""x":1."#, "3", "")),
        ok("numbers of 29 digits", |n| {
            row(n, r#""x":["#, "1.2345678901234567890123456789e-300,", "0]")
        }),
        ok("numbers halfway between two others", |n| {
            row(n, r#""x":["#, &format!("9007199254740993.{}1,", "0".repeat(60)), "0]")
        }),
        ok("numbers of 800 digits", |n| {
            row(n, r#""x":["#, &format!("1.{}e-300,", "1234567890".repeat(80)), "0]")
        }),
    ]
}

/// Bodies that are no JSON.
fn foreign() -> Vec<Hostile> {
    vec![
        ok("white space", |n| " ".repeat(n)),
        ok("byte-order marks", |n| "\u{feff}".repeat(n / 3)),
        ok("a page", |n| "<p>".repeat(n / 3)),
        bytes(200, "what is not UTF-8", |n| vec![0xff; n]),
        bytes(200, "a list that ends in what is not UTF-8", |n| {
            [list(n, seed_row).into_bytes(), vec![0xff]].concat()
        }),
        bytes(403, "what is not UTF-8", |n| vec![0xff; n]),
        error("a page", |n| "<p>".repeat(n / 3)),
        error("line ends", |n| "\n".repeat(n)),
    ]
}

fn errors() -> Vec<Hostile> {
    vec![
        error("details", |n| repeat(n, r#"{"errors":["#, r#"{"code":"a|b","message":"c"}"#, "]}")),
        error("details of nothing", |n| repeat(n, r#"{"errors":["#, "{}", "]}")),
        error("details whose parts are no texts", |n| {
            repeat(n, r#"{"errors":["#, r#"{"code":[],"message":{}}"#, "]}")
        }),
        error("details that are digits", |n| repeat(n, r#"{"errors":["#, "0", "]}")),
        error("details with numbered keys", |n| {
            format!(r#"{{"errors":{{{}}}}}"#, entries(n, r#""x""#))
        }),
        error("one code", |n| format!(r#"{{"errors":[{{"code":"{}"}}]}}"#, "\u{7f}".repeat(n))),
        error("one code of escapes", |n| {
            format!(r#"{{"errors":[{{"code":"{}"}}]}}"#, r"\u007f".repeat(n / 6))
        }),
        error("one text", |n| format!(r#""{}""#, "\u{7f}".repeat(n))),
        error("one text in place of the details", |n| {
            format!(r#"{{"error":"{}"}}"#, "\u{7f}".repeat(n))
        }),
        error("nested lists in place of the details", |n| {
            format!(r#"{{"errors":{}"#, "[".repeat(n))
        }),
        error("details in a text", |n| {
            let detail = r#"{\"code\":\"a|b\",\"message\":\"c\"}"#;
            repeat(n, r#""{\"errors\":["#, detail, r#"]}""#)
        }),
        error("a plain text of codes", |n| "access_denied_x ".repeat(n / 16)),
        error("details without a code", |n| {
            repeat(n, r#"{"errors":["#, r#"{"message":"access_denied_x"}"#, "]}")
        }),
        ok("details alone", |n| {
            repeat(n, r#"{"errors":["#, r#"{"code":"a|b","message":"c"}"#, "]}")
        }),
        ok("details of nothing alone", |n| repeat(n, r#"{"errors":["#, "{}", "]}")),
        bytes(403, "a message that is not UTF-8", |n| {
            [br#"{"errors":[{"code":"a","message":""#, &vec![0xe9; n][..], br#""}]}"#].concat()
        }),
    ]
}

/// Bodies that echo the key.
fn keys() -> Vec<Hostile> {
    vec![
        ok("the key", |n| KEY.repeat(n / KEY.len())),
        ok("the key in texts", |n| row(n, r#""csr":["#, &format!("\"{KEY}\","), "0]")),
        ok("the key in escapes", |n| row(n, r#""csr":["#, &format!("\"{}\",", escaped(KEY)), "0]")),
        ok("the key and small values", |n| {
            row(n, &format!(r#""k":"{KEY}","x":["#), r#"{"":0},"#, "0]")
        }),
        ok("the key and a text with an escape at its end", |n| {
            row(n, &format!(r#""user_id":"{KEY}","x":""#), "a", "\\n\"")
        }),
        error("the key", |n| KEY.repeat(n / KEY.len())),
        error("details with the key", |n| {
            repeat(n, r#"{"errors":["#, &format!(r#"{{"code":"{KEY}"}}"#), "]}")
        }),
        error("details with the key in escapes", |n| {
            repeat(n, r#"{"errors":["#, &format!(r#"{{"code":"{}"}}"#, escaped(KEY)), "]}")
        }),
        error("backslashes", |n| "\\".repeat(n)),
        error("escaped slashes", |n| format!(r#"{{"errors":"{}"}}"#, r"\/".repeat(n / 2))),
        error("escapes of other letters", |n| r"\u0041".repeat(n / 6)),
    ]
}

/// Bodies in which a key that repeats itself is almost everywhere.
fn periods() -> Vec<Hostile> {
    let periods = [
        ok("the period of the key", |n| "AB".repeat(n / 2)),
        ok("the period of the key in escapes", |n| r"\u0041B".repeat(n / 7)),
        error("the period of the key", |n| "AB".repeat(n / 2)),
        error("the period of the key in escapes", |n| r"\u0041B".repeat(n / 7)),
        error("most of the key", |n| {
            let most = format!(r"\u0041{}", PERIODIC.trim_matches(['A', 'C']));
            most.repeat(n / most.len())
        }),
    ];
    periods.into_iter().map(|period| Hostile { key: PERIODIC, ..period }).collect()
}

fn ok(name: &'static str, write: fn(usize) -> String) -> Hostile {
    Hostile { name, status: 200, key: KEY, is_list: false, body: Body::Text(write) }
}

fn error(name: &'static str, write: fn(usize) -> String) -> Hostile {
    Hostile { status: 403, ..ok(name, write) }
}

fn bytes(status: u16, name: &'static str, write: fn(usize) -> Vec<u8>) -> Hostile {
    Hostile { name, status, key: KEY, is_list: false, body: Body::Bytes(write) }
}

/// `part` over and over, separated by commas.
fn repeat(length: usize, start: &str, part: &str, end: &str) -> String {
    let mut body = String::with_capacity(length + part.len());
    body.push_str(start);
    body.push_str(part);
    while body.len() + part.len() + end.len() < length {
        body.push(',');
        body.push_str(part);
    }
    body + end
}

/// A list of one row with some more fields, `part` in them over and over.
fn row(length: usize, start: &str, part: &str, end: &str) -> String {
    let minimal = minimal_row(1, "");
    let mut body = format!(r#"{{"certificates":[{},"#, minimal.trim_end_matches('}'));
    body.reserve_exact(length.max(start.len()) + part.len() + end.len() + 3);
    body.push_str(start);
    body.extend(iter::repeat_n(part, length.checked_div(part.len()).unwrap_or_default()));
    body + end + "}]}"
}

fn list(length: usize, row: fn(usize) -> String) -> String {
    let mut body = format!(r#"{{"certificates":[{}"#, row(0));
    for i in 1.. {
        if body.len() >= length {
            break;
        }
        body.push(',');
        body.push_str(&row(i));
    }
    body + "]}\n"
}

/// Fields of many names, all with this value.
fn entries(length: usize, value: &str) -> String {
    let mut entries = String::from(r#""0":"#) + value;
    for i in 1.. {
        if entries.len() >= length {
            break;
        }
        let _ = write!(entries, r#","{i}":{value}"#);
    }
    entries
}

fn minimal_row(id: usize, more: &str) -> String {
    format!(r#"{{"id":{id},"status":"issued","date_created":"2019-04-08T17:33:26Z"{more}}}"#)
}

/// A row of the documented example, in as few bytes as JSON allows.
fn seed_row(i: usize) -> String {
    let by_logan = r#""csr":"<csr>","key_size":2048,"user_id":153208,"email":"logan@example.com","firstname":"Logan","lastname":"Smith""#;
    let id = 12345 + i;
    match i % 3 {
        0 => format!(
            r#"{{"id":{id},"thumbprint":"<thumbprint>","serial_number":"<serial_number>","common_name":"example.com","dns_names":["yourexample.com","anotherexample.com","*.myexample.com"],"status":"issued","date_created":"2019-04-08T17:33:26+00:00","valid_till":"2020-04-08","days_remaining":267,{by_logan},"receipt_id":"1234","purchased_dns_names":"2","purchased_wildcard_names":"1"}}"#
        ),
        1 => format!(
            r#"{{"id":{id},"common_name":"anewdomain.com","dns_names":["anewdomain.com"],"status":"rejected","date_created":"2018-11-14T19:57:09+00:00",{by_logan}}}"#
        ),
        _ => format!(
            r#"{{"id":{id},"common_name":"example.net","dns_names":["example.net"],"status":"pending","date_created":"2018-11-15T22:41:43+00:00",{by_logan}}}"#
        ),
    }
}

/// Every character by its number, as JSON may write it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        let _ = write!(escaped, "\\u{byte:04x}");
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_about_as_long_as_asked_for() {
        for case in all() {
            let length = case.body(1 << 16).len();
            assert!((60_000..75_000).contains(&length), "{}: {length}", case.name);
        }
    }

    #[test]
    fn lists_are_json() {
        for case in all().iter().filter(|case| case.is_list) {
            serde_json::from_slice::<serde_json::Value>(&case.body(1 << 16)).unwrap();
        }
    }
}
