//! The tests that both transports must pass are in `tests/`.
