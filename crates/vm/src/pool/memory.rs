//! The linear memory of an instance from outside: where it is, which pages of it were written, and
//! how they are put back.
//!
//! An instance maps its memory copy-on-write from the image, so a page that was ever written is
//! private to the process; the kernel tells which are in `/proc/self/pagemap`.
//!
//! # Invariants
//! - A memory is used only if the marker that the sandbox named is where the sandbox said it is.
//! - No page that was written is missed: a page that is not private has the image's bytes.
//!
//! # Not here
//! - Which bytes a page should have ([`super::Snapshot`]).
#![expect(
    unsafe_code,
    reason = "wasmtime gives no handle on the memory of a component, so it is reached by address"
)]

use crate::guest::{Landmark, MARKER};
use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    ptr,
    sync::LazyLock,
};

/// Bytes of one page of the machine. Machines with others do not reuse instances.
pub(crate) const PAGE: usize = 4096;
/// Bytes that the kernel tells about one page.
const ENTRY: usize = 8;
/// The page is in memory; it is swapped out or moving; it is of a file or shared.
const PRESENT: u64 = 1 << 63;
const SWAPPED: u64 = 1 << 62;
const OF_FILE: u64 = 1 << 61;
/// Number of the page size in the auxiliary vector.
const AT_PAGESZ: usize = 6;

static PAGEMAP: LazyLock<Option<File>> = LazyLock::new(|| {
    let file = File::open("/proc/self/pagemap").ok()?;
    (machine_page() == Some(PAGE)).then_some(file)
});

/// The machine's page size, where the system tells.
fn machine_page() -> Option<usize> {
    let vector = fs::read("/proc/self/auxv").ok()?;
    let word = |bytes: &[u8]| bytes.try_into().ok().map(usize::from_ne_bytes);
    vector
        .chunks_exact(2 * size_of::<usize>())
        .find_map(|pair| {
            let (key, value) = pair.split_at(size_of::<usize>());
            (word(key) == Some(AT_PAGESZ)).then(|| word(value))?
        })
}

/// The linear memory of one instance; valid as long as its store lives.
pub(crate) struct Memory {
    base: *mut u8,
    pages: usize,
}

// SAFETY: it is an address; whoever holds it also holds the store, by which threads take turns.
unsafe impl Send for Memory {}
// SAFETY: shared memories (the pristine one) are only read, and nothing runs in their store.
unsafe impl Sync for Memory {}

impl Memory {
    /// Finds the memory of `len` bytes that has the landmark.
    pub(crate) fn find(landmark: &Landmark, len: usize) -> Option<Self> {
        PAGEMAP.as_ref()?;
        let region = region(
            &fs::read_to_string("/proc/self/maps").ok()?,
            landmark.inside,
        )?;
        let end = landmark.address.checked_add(MARKER.len())?;
        if !len.is_multiple_of(PAGE) || end > len || region.len() < len {
            return None;
        }
        let base = ptr::with_exposed_provenance_mut::<u8>(region.start);
        // SAFETY: the region is mapped readable and at least `len` long, and the marker lies in it.
        let found = unsafe { std::slice::from_raw_parts(base.add(landmark.address), MARKER.len()) };
        (found == MARKER).then_some(Self {
            base,
            pages: len / PAGE,
        })
    }

    /// Numbers of the pages that were written since the instance was made, ascending.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub(crate) fn written(&self) -> io::Result<Vec<u32>> {
        let file = PAGEMAP.as_ref().ok_or(io::ErrorKind::Unsupported)?;
        let mut entries = vec![0; self.pages * ENTRY];
        let first = (self.base.addr() / PAGE * ENTRY) as u64;
        file.read_exact_at(&mut entries, first)?;
        let flags = entries.as_chunks::<ENTRY>().0.iter().map(flags);
        Ok((0..)
            .zip(flags)
            .filter(|(_, flags)| flags & SWAPPED != 0 || flags & (PRESENT | OF_FILE) == PRESENT)
            .map(|(page, _)| page)
            .collect())
    }

    /// The bytes of one page.
    ///
    /// The reference must not outlive the next run in this memory.
    pub(crate) fn page(&self, page: u32) -> Option<&[u8; PAGE]> {
        let page = usize::try_from(page).ok()?;
        // SAFETY: the page is inside of the memory, which is mapped and, while `self` is borrowed
        // and no run is going on, not written.
        (page < self.pages).then(|| unsafe { &*self.base.add(page * PAGE).cast() })
    }

    /// Overwrites one page; must not be called while the instance runs.
    pub(crate) fn put(&mut self, page: u32, bytes: &[u8; PAGE]) {
        let Ok(page) = usize::try_from(page) else {
            return;
        };
        if page < self.pages {
            // SAFETY: the page is inside of the memory, nothing runs in it (the caller holds the
            // store), and `bytes` is of another memory or of the heap.
            unsafe {
                ptr::copy_nonoverlapping(bytes.as_ptr(), self.base.add(page * PAGE), PAGE);
            }
        }
    }

    /// Pages the memory has.
    pub(crate) fn pages(&self) -> u32 {
        u32::try_from(self.pages).unwrap_or(u32::MAX)
    }
}

/// The kernel writes its words as the machine does.
#[expect(
    clippy::disallowed_methods,
    reason = "not consensus bytes: words of this kernel"
)]
fn flags(entry: &[u8; ENTRY]) -> u64 {
    u64::from_ne_bytes(*entry)
}

/// The contiguous readable and writable region around `inside`, from the lines of a map.
fn region(maps: &str, inside: usize) -> Option<std::ops::Range<usize>> {
    let mut region = 0..0;
    for line in maps.lines() {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let start = usize::from_str_radix(start, 16).ok()?;
        let end = usize::from_str_radix(end, 16).ok()?;
        if !rest.starts_with("rw") {
            continue;
        }
        if region.end == start {
            region.end = end;
        } else if region.contains(&inside) {
            break;
        } else {
            region = start..end;
        }
    }
    region.contains(&inside).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::region;

    const MAPS: &str = "1000-2000 r--p 0 0:0 0\n\
                        2000-4000 rw-p 0 0:0 0\n\
                        4000-5000 rw-p 0 0:1 7 /image\n\
                        5000-9000 ---p 0 0:0 0\n\
                        9000-a000 rw-p 0 0:0 0\n";

    #[test]
    fn a_region_ends_at_guards() {
        assert_eq!(region(MAPS, 0x4800), Some(0x2000..0x5000));
        assert_eq!(region(MAPS, 0x9000), Some(0x9000..0xa000));
        assert_eq!(region(MAPS, 0x5000), None);
        assert_eq!(region(MAPS, 0x1000), None);
    }
}
