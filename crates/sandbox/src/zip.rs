//! ZIP archives of small files, stored without compression.

/// Returns an archive of files with these names.
pub(crate) fn archive(files: &[(String, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = size(archive.len());
        let entry = entry(name, content);
        archive.extend(b"PK\x03\x04");
        archive.extend(&entry);
        archive.extend(name.as_bytes());
        archive.extend(*content);

        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes()); // made by this version
        directory.extend(&entry);
        directory.extend([0; 10]); // no comment, the first disk, no attributes
        directory.extend(offset);
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap_or(u16::MAX).to_le_bytes();
    let (start, length) = (size(archive.len()), size(directory.len()));
    archive.extend(directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0; 4]); // the first disk, which has the directory
    archive.extend(count);
    archive.extend(count);
    archive.extend(length);
    archive.extend(start);
    archive.extend([0; 2]); // no comment
    archive
}

/// Returns what stands both before a file and in the directory.
fn entry(name: &str, content: &[u8]) -> Vec<u8> {
    let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    let mut entry = Vec::new();
    entry.extend(20_u16.to_le_bytes()); // needs this version
    entry.extend([0; 6]); // no flags, stored, midnight
    entry.extend(0x21_u16.to_le_bytes()); // of 1980-01-01
    entry.extend(crc32(content).to_le_bytes());
    entry.extend(size(content.len()));
    entry.extend(size(content.len()));
    entry.extend(name_length.to_le_bytes());
    entry.extend([0; 2]); // nothing extra
    entry
}

fn size(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
