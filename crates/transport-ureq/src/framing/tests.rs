#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::Framing;

#[test]
fn interim_responses_are_dropped() {
    for (response, passed) in [
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", "HTTP/1.1 200 OK\r\n\r\nabc"),
        (
            "HTTP/1.1 103\nA: b\n\nHTTP/1.1 102 x\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
            "HTTP/1.1 204 No\r\n\r\n",
        ),
        ("HTTP/1.1 199 x\r\nContent-Length: 3\r\n\r\n", ""),
        ("HTTP/1.1 1", ""),
    ] {
        assert_eq!(pass(response), Ok(passed.to_owned()), "{response:?}");
    }
}

#[test]
fn what_is_not_chunked_passes_as_it_is() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n5;a=b\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 100 x\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\nX: chunked\r\n\r\n5;a=b\r\n",
        "HTTP/1.1 200 OK\r\nX-Transfer-Encoding: chunked\r\n\r\n5;a=b\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n5;a=b\r\n",
        "HTTP/1.1 1x0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "",
    ] {
        assert_eq!(pass(response), Ok(response.to_owned()), "{response:?}");
    }
}

#[test]
fn extensions_and_trailers_are_dropped() {
    let long = "a".repeat(5000);
    for head in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 404 No\nA: b\ntransfer-ENCODING:gzip , CHUNKED\nB: c\n\n",
        &format!("HTTP/1.1 200 OK\r\nA: {long}\r\nTransfer-Encoding: chunked\r\nB: {long}\r\n\r\n"),
    ] {
        for (body, passed) in [
            ("5\r\nabcde\r\n0\r\n\r\n", "5\r\nabcde\r\n0\r\n\r\n"),
            ("5;a=\"b;c\"; d\r\nabcde\r\n0;e\r\n\r\n", "5\r\nabcde\r\n0\r\n\r\n"),
            ("000A \t;x\r\n0\r\n\r\nabcde\r\n0\r\n\r\n", "a\r\n0\r\n\r\nabcde\r\n0\r\n\r\n"),
            ("0\r\nA: b\r\nC: d\r\n\r\nrest;\r\n", "0\r\n\r\nrest;\r\n"),
        ] {
            assert_eq!(pass(&[head, body].concat()), Ok([head, passed].concat()), "{body:?}");
        }
    }
}

#[test]
fn chunks_in_http_1_0_are_told() {
    let response = "HTTP/1.0 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
    assert!(pass(response).is_err());
}

#[test]
fn malformed_chunks_are_told() {
    let endless = [";", &"a".repeat(100_000)].concat();
    for body in [
        "\r\n",
        "+5\r\n",
        "5 5\r\n",
        ";5\r\n",
        "5\n",
        "5\rx",
        "5;a\n",
        "10000000000000000\r\n",
        "1\r\nab",
        "1\r\na\n",
        "0\r\n\n",
        "0\r\n\rx",
        &format!("5{endless}"),
        &format!("0\r\nA{endless}"),
    ] {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(pass(&[head, body].concat()).is_err(), "{body:?}");
    }
}

#[test]
fn chunks_are_lacking_until_their_last_byte() {
    let response =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\nA: b\r\n\r\n";
    let head = response.find("\r\n\r\n").unwrap() + 4;
    for length in 0..=response.len() {
        let mut framing = Framing::default();
        framing.filter(&response.as_bytes()[..length], &mut Vec::new()).unwrap();
        assert_eq!(framing.lacks_chunks(), (head..response.len()).contains(&length), "{length}");
    }
}

/// What is passed on of `response`, which must not depend on how it arrives.
fn pass(response: &str) -> Result<String, &'static str> {
    let in_parts = |size: usize| {
        let (mut framing, mut output) = (Framing::default(), Vec::new());
        let mut parts = response.as_bytes().chunks(size);
        parts.try_for_each(|part| framing.filter(part, &mut output))?;
        Ok(String::from_utf8(output).unwrap())
    };
    let whole = in_parts(response.len().max(1));
    for size in 1..10 {
        assert_eq!(in_parts(size), whole, "{response:?} in parts of {size}");
    }
    whole
}
