//! Malformed HTTP: never retried, because it would come again.

use crate::{
    case::{Case, group},
    fault_server::{
        Step::{ReadRequest, Stall},
        handshake_and_write,
        responses::{CHUNKED, ONE_ROW, good, response},
        write, write_without_end,
    },
    outcome::{PROTOCOL, fails, lists},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [
        malformed_heads(),
        malformed_chunks(),
        careless_but_readable(),
        a_banner_that_does_not_wait_for_the_request(),
    ];
    cases.into_iter().flatten().collect()
}

fn malformed_heads() -> Vec<Case> {
    let head = |name, head: String| row(name, head + "\r\n");
    let headers = |name, headers: &str| head(name, format!("HTTP/1.1 200 OK\r\n{headers}"));
    group(
        "malformed head",
        [
            head("garbage for a status line", "garbage\r\n".to_owned()),
            head("bytes of anything", "\u{0}\u{1}\u{2}\u{3}\u{7f}".repeat(20)),
            head("a JSON body and nothing else", ONE_ROW.to_owned()),
            head("HTML and nothing else", "<!DOCTYPE html><html></html>\r\n".to_owned()),
            head("HTTP/2 in words", "HTTP/2.0 200 OK\r\n".to_owned()),
            head("HTTP/9.9", "HTTP/9.9 200 OK\r\n".to_owned()),
            head("no version", "ICY 200 OK\r\n".to_owned()),
            head("a status of two digits", "HTTP/1.1 20 OK\r\n".to_owned()),
            head("a status of four digits", "HTTP/1.1 2000 OK\r\n".to_owned()),
            head("a status that is no number", "HTTP/1.1 abc OK\r\n".to_owned()),
            head("a status below 100", "HTTP/1.1 099 OK\r\n".to_owned()),
            head("a banner before HTTP", format!("220 ready\r\n{}", text(good()))),
            head("another protocol", "SSH-2.0-OpenSSH_9.6\r\n".to_owned()),
            head(
                "chunks in HTTP/1.0",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n".to_owned(),
            ),
            headers("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n"),
            headers("two lengths in one header", "Content-Length: 2, 3\r\n"),
            headers("a negative length", "Content-Length: -1\r\n"),
            headers("a length with a sign", "Content-Length: +2\r\n"),
            headers("a length beyond u64", "Content-Length: 18446744073709551616\r\n"),
            headers("a length that is no number", "Content-Length: two\r\n"),
            headers("an empty length", "Content-Length: \r\n"),
            headers("NUL in a header's value", "X: a\0b\r\nContent-Length: 0\r\n"),
            headers("NUL in a header's name", "X\0Y: a\r\nContent-Length: 0\r\n"),
            headers("a header without a name", ": a\r\nContent-Length: 0\r\n"),
            headers("a header without a colon", "X\r\nContent-Length: 0\r\n"),
            headers("too many headers", &"X: y\r\n".repeat(10_000)),
            headers("too large a header", &format!("X: {}\r\n", "y".repeat(1 << 20))),
            Row::http(
                "headers without end",
                [
                    ReadRequest,
                    write("HTTP/1.1 200 OK\r\nX: "),
                    write_without_end("yyyyyyyyyyyyyyyy"),
                ],
                fails(PROTOCOL),
            ),
        ],
    )
}

fn malformed_chunks() -> Vec<Case> {
    let chunks = |name, chunks: &str| row(name, format!("{CHUNKED}{chunks}"));
    group(
        "malformed chunks",
        [
            chunks("a chunk size that is no number", "zz\r\n{}\r\n0\r\n\r\n"),
            chunks("a negative chunk size", "-2\r\n{}\r\n0\r\n\r\n"),
            chunks("an empty chunk size", "\r\n{}\r\n0\r\n\r\n"),
            chunks("a chunk size beyond u64", "10000000000000000\r\n{}\r\n0\r\n\r\n"),
            chunks("a chunk longer than it says", "2\r\n{} \r\n0\r\n\r\n"),
            chunks("no chunks at all, but JSON", &format!("{ONE_ROW}\r\n")),
        ],
    )
}

/// What servers send that are careless but not wrong, or wrong in a way that cannot hurt.
fn careless_but_readable() -> Vec<Case> {
    let readable =
        |name, response: String| Row::http(name, [ReadRequest, write(response)], lists(1));
    let length = ONE_ROW.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n");
    group(
        "careless but readable",
        [
            readable(
                "no reason phrase",
                format!("HTTP/1.1 200\r\nContent-Length: {length}\r\n\r\n{ONE_ROW}"),
            ),
            readable(
                "HTTP/1.0",
                format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{ONE_ROW}"),
            ),
            readable(
                "one length, said twice",
                format!("{head}Content-Length: {length}\r\n\r\n{ONE_ROW}"),
            ),
            readable(
                "header names in any case",
                format!("HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: {length}\r\n\r\n{ONE_ROW}"),
            ),
            readable(
                "headers that are not UTF-8",
                text(response("200 OK", "X: \u{ff}\r\n", ONE_ROW)),
            ),
            readable(
                "a header line per byte of JSON",
                text(response("200 OK", &"X: y\r\n".repeat(60), ONE_ROW)),
            ),
            readable("chunks of one byte, with extensions", {
                let chunk = |byte: &u8| format!("001;ext=\"v\"\r\n{}\r\n", char::from(*byte));
                let chunks: Vec<_> = ONE_ROW.as_bytes().iter().map(chunk).collect();
                format!("{CHUNKED}{}0\r\nX-Trailer: y\r\n\r\n", chunks.concat())
            }),
        ],
    )
}

fn a_banner_that_does_not_wait_for_the_request() -> Vec<Case> {
    // As mail and SSH servers do. Over TLS, because there it is nearly always there first; without,
    // the request mostly is. Several times, for the rest.
    let fault = [handshake_and_write("SSH-2.0-OpenSSH_9.6\r\n"), Stall];
    let row = |n: u32| Row::https(n.to_string(), fault.clone(), fails(PROTOCOL));
    group("banner before the request", [1, 2, 3, 4].map(row))
}

fn row(name: &str, response: String) -> Row {
    Row::http(name, [ReadRequest, write(response)], fails(PROTOCOL))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
