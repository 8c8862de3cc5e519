//! Zip archives as packers make them: stored or deflated entries, and one directory of them at the end.
//!
//! # Invariants
//! - What unpacking takes is in the directory and within the limits before a byte is unpacked, and
//!   entries do not overlap, so that no byte is inflated twice.
//! - There is one way to read an archive: a header that names another file, or data of another length
//!   than promised is an error.

use super::{Files, PackageError, archive};
use flate2::{Decompress, FlushDecompress, Status};
use venire_types::limits::Limits;

/// Bytes of the record at the end, without its comment.
const END: usize = 22;
const END_MARK: &[u8] = b"PK\x05\x06";
/// Bytes of an entry of the directory, without its texts.
const LISTED: usize = 46;
const LISTED_MARK: &[u8] = b"PK\x01\x02";
/// Bytes of the header before an entry's data, without its texts.
const LOCAL: usize = 30;
const LOCAL_MARK: &[u8] = b"PK\x03\x04";

/// One file of an archive, still packed.
pub(super) struct Entry<'a> {
    name: &'a str,
    packed: &'a [u8],
    deflated: bool,
    /// Bytes and checksum of the file.
    pub(super) size: usize,
    checksum: u32,
}

/// Is this a zip?
pub(super) fn is_zip(code: &[u8]) -> bool {
    code.starts_with(LOCAL_MARK) || code.starts_with(END_MARK)
}

/// The files that the directory lists, none of them unpacked yet.
pub(super) fn entries<'a>(code: &'a [u8], limits: &Limits) -> Result<Vec<Entry<'a>>, PackageError> {
    let end = end(code).ok_or_else(|| damaged("its end is missing"))?;
    let count = word(end, 10)?;
    if count > limits.package_files as usize {
        return Err(archive::too_many(limits));
    }
    let mut rest = code
        .get(long(end, 16)?..)
        .and_then(|from| from.get(..long(end, 12).ok()?))
        .ok_or_else(|| damaged("its directory is missing"))?;
    let mut entries = Vec::with_capacity(count);
    let (mut packed, mut size) = (0, 0);
    for _ in 0..count {
        let (entry, after) = listed(code, rest)?;
        rest = after;
        // Folders are entries without data.
        let Some(entry) = entry else { continue };
        packed += LOCAL + entry.name.len() + entry.packed.len();
        size += entry.size;
        entries.push(entry);
    }
    if packed > code.len() {
        return Err(PackageError::archive("its entries overlap"));
    }
    if size > limits.package_bytes as usize {
        return Err(archive::too_large(limits));
    }
    Ok(entries)
}

/// Unpacks all files.
pub(super) fn unpack(code: &[u8], limits: &Limits) -> Result<Files, PackageError> {
    let mut files = Files::new();
    for entry in entries(code, limits)? {
        if archive::is_litter(entry.name) {
            continue;
        }
        archive::check_name(entry.name)?;
        let bytes = entry
            .unpacked()
            .filter(|bytes| crc32fast::hash(bytes) == entry.checksum)
            .ok_or_else(|| damaged(format!("the data of `{}` is damaged", entry.name)))?;
        // Of two with one name the last counts.
        files.insert(entry.name.to_owned(), bytes);
    }
    Ok(files)
}

impl Entry<'_> {
    /// Whether opening looks into the file: for a runner, a header or a source.
    pub(super) fn is_read(&self) -> bool {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        name == "runner.json" || name == "file" || name.ends_with(".py")
    }

    fn unpacked(&self) -> Option<Vec<u8>> {
        if !self.deflated {
            return (self.packed.len() == self.size).then(|| self.packed.to_vec());
        }
        // One byte more, to see whether there would be more.
        let mut bytes = vec![0; self.size + 1];
        let mut inflate = Decompress::new(false);
        let status = inflate.decompress(self.packed, &mut bytes, FlushDecompress::Finish);
        let whole = matches!(status, Ok(Status::StreamEnd))
            && inflate.total_in() == self.packed.len() as u64
            && inflate.total_out() == self.size as u64;
        bytes.truncate(self.size);
        whole.then_some(bytes)
    }
}

/// The record at the end, with its comment after it.
fn end(code: &[u8]) -> Option<&[u8]> {
    let last = code.len().checked_sub(END)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last)
        .rev()
        .filter_map(|at| code.get(at..))
        .find(|end| {
            let comment = word(end, 20).unwrap_or(usize::MAX);
            end.starts_with(END_MARK) && end.len() - END == comment
        })
}

/// The entry at the start of the directory, none for a folder, and what follows it.
fn listed<'a>(
    code: &'a [u8],
    directory: &'a [u8],
) -> Result<(Option<Entry<'a>>, &'a [u8]), PackageError> {
    if !directory.starts_with(LISTED_MARK) {
        return Err(damaged("its directory is damaged"));
    }
    let texts = directory.get(LISTED..).unwrap_or_default();
    let (name, after) = split(texts, word(directory, 28)?)?;
    let (_, after) = split(after, word(directory, 30)? + word(directory, 32)?)?;
    let text =
        std::str::from_utf8(name).map_err(|_| PackageError::archive("names must be UTF-8"))?;
    if text.ends_with('/') {
        return Ok((None, after));
    }
    if word(directory, 8)? & 1 != 0 {
        return Err(PackageError::archive(format!("`{text}` is encrypted")));
    }
    let deflated = match word(directory, 10)? {
        0 => false,
        8 => true,
        _ => return Err(PackageError::archive("entries must be stored or deflated")),
    };
    let local = code.get(long(directory, 42)?..).unwrap_or_default();
    let texts = local.get(LOCAL..).unwrap_or_default();
    if !local.starts_with(LOCAL_MARK) || texts.get(..word(local, 26)?) != Some(name) {
        return Err(damaged(format!("`{text}` is not where it is listed")));
    }
    let (_, data) = split(texts, word(local, 26)? + word(local, 28)?)?;
    let (packed, _) = split(data, long(directory, 20)?)?;
    let entry = Entry {
        name: text,
        packed,
        deflated,
        size: long(directory, 24)?,
        checksum: u32::try_from(long(directory, 16)?).unwrap_or_default(),
    };
    Ok((Some(entry), after))
}

/// A file that was cut off or changed after it was packed.
fn damaged(problem: impl std::fmt::Display) -> PackageError {
    PackageError::archive(format!(
        "the zip is incomplete or damaged; make it again ({problem})"
    ))
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), PackageError> {
    bytes
        .split_at_checked(at)
        .ok_or_else(|| damaged("an entry is cut off"))
}

/// Two bytes.
fn word(record: &[u8], at: usize) -> Result<usize, PackageError> {
    number::<2>(record, at)
}

/// Four bytes.
fn long(record: &[u8], at: usize) -> Result<usize, PackageError> {
    number::<4>(record, at)
}

/// Little-endian bytes.
fn number<const N: usize>(record: &[u8], at: usize) -> Result<usize, PackageError> {
    let (_, from) = split(record, at)?;
    let (bytes, _) = split(from, N)?;
    let number = bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte));
    usize::try_from(number).map_err(|_| damaged("a number does not fit"))
}
