//! Bytes of responses, good and bad.

/// A list of one row, told apart by its id.
pub const ONE_ROW: &str =
    r#"{"certificates":[{"id":1,"status":"issued","date_created":"2018-10-16T17:29:56+00:00"}]}"#;

/// The head of a 200 whose body follows in chunks.
pub const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The head of a 200 whose body goes on until the connection is closed.
pub const UNTIL_CLOSE: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

/// Returns a good response: a list of one reissue.
pub fn good() -> Vec<u8> {
    ok(ONE_ROW)
}

/// Returns a 200 with `body`.
pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    response("200 OK", "", body)
}

/// Returns a response with `body` and its length. Each of `headers` ends in CRLF.
pub fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

/// Returns `body` as one chunk.
pub fn chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n", body.len())
}

/// Returns the first half of [`good`], which ends inside the body.
pub(crate) fn half_of_good() -> Vec<u8> {
    let mut response = good();
    response.truncate(response.len() - ONE_ROW.len() / 2);
    response
}
