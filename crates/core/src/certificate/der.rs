//! Reads DER, one element after another.

/// Elements that follow each other.
#[derive(Clone, Default)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of what is left.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the next element if it has this tag, and returns its content.
    pub(crate) fn element(&mut self, tag: u8) -> Option<Self> {
        let mut rest = self.clone();
        let (found, content) = rest.next()?;
        (found == tag).then(|| {
            *self = rest;
            content
        })
    }
}

impl Iterator for Der<'_> {
    type Item = (u8, Self);

    /// Takes the next element: its tag and its content. Ends at what is none.
    fn next(&mut self) -> Option<Self::Item> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            ..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length =
                    digits.iter().fold(0, |length, &digit| (length << 8) | usize::from(digit));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, Self(content)))
    }
}

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Returns the tag of a part of the enclosing type, as in `[0]`, that holds other elements.
pub(crate) const fn part(number: u8) -> u8 {
    0xa0 | number
}
