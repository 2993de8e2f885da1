//! Bytes that a server may send.

/// What a good server answers: one reissue.
pub(crate) fn good() -> Vec<u8> {
    ok(ONE_ROW)
}

/// A list of one row, told apart by its id.
pub(crate) const ONE_ROW: &str =
    r#"{"certificates":[{"id":1,"status":"issued","date_created":"2018-10-16T17:29:56+00:00"}]}"#;

/// 200 with `body`.
pub(crate) fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

/// `status` with `body` and its length. Each of `headers` ends in CRLF.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

/// The head of a 200 whose body follows in chunks.
pub(crate) const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The head of a 200 whose body goes on until the connection is closed.
pub(crate) const UNTIL_CLOSE: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

/// `body` as one chunk.
pub(crate) fn chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n", body.len())
}

/// The first half of [`good`], which ends inside the body.
pub(crate) fn half_of_good() -> Vec<u8> {
    let mut answer = good();
    answer.truncate(answer.len() - ONE_ROW.len() / 2);
    answer
}
