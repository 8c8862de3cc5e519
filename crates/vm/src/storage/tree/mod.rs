//! Sorted maps in storage, walked and changed in the host: the trees of the package's `TreeMap`.
//!
//! At a map's place lie root u32, number of nodes u32, number of free nodes u32. The nodes are in
//! the child slot of the second word, each: key, value, left u32, right u32, balance i8. Their
//! numbers start at 1, 0 is nil. The free ones are in the child slot of the third word, newest last,
//! counted from 0.
//!
//! # Invariants
//! - Every operation leaves the bytes that the Python implementation of the package leaves.
//! - A contract can write any bytes here: whatever they say ends in a result or in [`Malformed`],
//!   after work that was paid for cell by cell.
//!
//! # Not here
//! - Prices and permissions: the caller's [`Cells`].

mod balance;
mod key;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub(crate) use key::Order;

use balance::{Draft, LINKS, Links, Step};
use key::BLOB;
use std::cmp::Ordering;
use venire_types::B256;

/// Deepest path that is followed; a balanced tree of 2^32 nodes has 46.
const DEEPEST: usize = 64;
/// Bytes of content after which a scan stops early.
const SCAN_BYTES: usize = 64 << 10;

/// Where the bytes are.
pub(crate) trait Cells {
    /// Why an access failed.
    type Error: From<Malformed>;

    /// Bytes of a slot.
    fn read(&mut self, slot: B256, offset: u32, len: u32) -> Result<Vec<u8>, Self::Error>;

    /// Puts bytes.
    fn write(&mut self, slot: B256, offset: u32, data: &[u8]) -> Result<(), Self::Error>;

    /// The child slot of an offset.
    fn child(&mut self, slot: B256, offset: u32) -> Result<B256, Self::Error>;
}

/// The bytes are not a map.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Which map, and how its nodes are laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) slot: B256,
    pub(crate) offset: u32,
    pub(crate) order: Order,
    /// Inline bytes of a value.
    pub(crate) value: u32,
}

/// What to do with a value's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// They are inline.
    Inline,
    /// Their length is inline, they are in the child slot.
    Blob,
    /// They are left alone.
    Skip,
}

/// What a scan returns of one node: its number, its key, its value.
pub(crate) type Entry = (u32, Vec<u8>, Vec<u8>);

/// Which nodes a scan returns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    /// Key to start at.
    pub(crate) from: Option<&'a [u8]>,
    /// Leave out the key to start at.
    pub(crate) after: bool,
    pub(crate) descending: bool,
    pub(crate) value: Form,
    /// Inline bytes of a key.
    pub(crate) key: u32,
    pub(crate) limit: usize,
}

/// One node's place.
#[derive(Clone, Copy, Debug)]
struct NodeAt {
    slot: B256,
    offset: u32,
    /// Inline bytes of the key.
    key: u32,
}

/// The three words at a map's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Head {
    root: u32,
    count: u32,
    free: u32,
}

/// A map while one operation works on it.
pub(crate) struct Tree<'c, C: Cells> {
    cells: &'c mut C,
    place: Place,
    /// Inline bytes of a key.
    key: u32,
    stride: u32,
    nodes: B256,
    head: Head,
}

/// Node of a key, if there is one, and the steps to it or to where it belongs.
struct Found {
    node: Option<u32>,
    path: Vec<Step>,
}

fn word(bytes: &[u8], at: usize) -> Result<u32, Malformed> {
    bytes
        .get(at..at + 4)
        .and_then(|part| part.try_into().ok())
        .map(u32::from_le_bytes)
        .ok_or(Malformed)
}

impl<'c, C: Cells> Tree<'c, C> {
    /// Looks at the map whose keys take `key` bytes inline.
    fn at(cells: &'c mut C, place: Place, key: u32) -> Result<Self, C::Error> {
        let stride = key
            .checked_add(place.value)
            .and_then(|sum| sum.checked_add(LINKS));
        let stride = stride.ok_or(Malformed)?;
        let bytes = cells.read(place.slot, place.offset, 12)?;
        let head = Head {
            root: word(&bytes, 0)?,
            count: word(&bytes, 4)?,
            free: word(&bytes, 8)?,
        };
        let nodes = cells.child(place.slot, place.offset.checked_add(4).ok_or(Malformed)?)?;
        Ok(Self {
            cells,
            place,
            key,
            stride,
            nodes,
            head,
        })
    }

    /// Looks at the map for one key.
    fn for_key(cells: &'c mut C, place: Place, key: &[u8]) -> Result<Self, C::Error> {
        let inline = place.order.inline(key).ok_or(Malformed)?;
        Self::at(cells, place, inline)
    }

    fn node(&self, number: u32) -> Result<NodeAt, Malformed> {
        let offset = number
            .checked_sub(1)
            .and_then(|index| index.checked_mul(self.stride))
            .ok_or(Malformed)?;
        Ok(NodeAt {
            slot: self.nodes,
            offset,
            key: self.key,
        })
    }

    fn value_at(&self, number: u32) -> Result<u32, Malformed> {
        self.node(number)?
            .offset
            .checked_add(self.key)
            .ok_or(Malformed)
    }

    fn links_at(&self, number: u32) -> Result<u32, Malformed> {
        self.value_at(number)?
            .checked_add(self.place.value)
            .ok_or(Malformed)
    }

    fn links(&mut self, number: u32) -> Result<Links, C::Error> {
        let at = self.links_at(number)?;
        let bytes = self.cells.read(self.nodes, at, LINKS)?;
        Ok(Links::from_bytes(&bytes)?)
    }

    fn find(&mut self, key: &[u8]) -> Result<Found, C::Error> {
        let mut path = Vec::new();
        let mut node = self.head.root;
        while node != 0 {
            if path.len() >= DEEPEST {
                return Err(Malformed.into());
            }
            let at = self.node(node)?;
            let right = match self.place.order.compare(self.cells, at, key)? {
                Ordering::Equal => {
                    return Ok(Found {
                        node: Some(node),
                        path,
                    });
                }
                order => order.is_gt(),
            };
            path.push(Step { node, right });
            node = self.links(node)?.child(right);
        }
        Ok(Found { node: None, path })
    }

    /// A number to use, and what the head says when it is taken.
    fn vacant(&mut self) -> Result<(u32, Head), C::Error> {
        let mut head = self.head;
        if let Some(newest) = head.free.checked_sub(1) {
            let list = self.free_list()?;
            let at = newest.checked_mul(4).ok_or(Malformed)?;
            let index = word(&self.cells.read(list, at, 4)?, 0)?;
            head.free = newest;
            return Ok((index.checked_add(1).ok_or(Malformed)?, head));
        }
        head.count = head.count.checked_add(1).ok_or(Malformed)?;
        Ok((head.count, head))
    }

    fn free_list(&mut self) -> Result<B256, C::Error> {
        let at = self.place.offset.checked_add(8).ok_or(Malformed)?;
        self.cells.child(self.place.slot, at)
    }

    fn write_head(&mut self, head: Head) -> Result<(), C::Error> {
        let bytes = [head.root, head.count, head.free]
            .map(u32::to_le_bytes)
            .concat();
        self.cells.write(self.place.slot, self.place.offset, &bytes)
    }

    fn write_blob(&mut self, offset: u32, data: &[u8]) -> Result<(), C::Error> {
        write_blob(self.cells, self.nodes, offset, data)
    }

    fn write_value(&mut self, number: u32, form: Form, value: &[u8]) -> Result<(), C::Error> {
        let at = self.value_at(number)?;
        match form {
            Form::Inline if value.len() as u64 == u64::from(self.place.value) => {
                self.cells.write(self.nodes, at, value)
            }
            Form::Blob if self.place.value == BLOB => self.write_blob(at, value),
            Form::Skip => Ok(()),
            _ => Err(Malformed.into()),
        }
    }

    fn write_key(&mut self, number: u32, key: &[u8]) -> Result<(), C::Error> {
        let at = self.node(number)?.offset;
        if self.place.order.is_blob() {
            self.write_blob(at, key)
        } else {
            self.cells.write(self.nodes, at, key)
        }
    }

    fn read_value(&mut self, number: u32, form: Form) -> Result<Vec<u8>, C::Error> {
        let at = self.value_at(number)?;
        match form {
            Form::Inline => self.cells.read(self.nodes, at, self.place.value),
            Form::Blob => read_blob(self.cells, self.nodes, at),
            Form::Skip => Ok(Vec::new()),
        }
    }

    /// Adds the node of a new key; its value is written before anything points to it.
    fn add(
        &mut self,
        path: &[Step],
        key: &[u8],
        form: Form,
        value: &[u8],
    ) -> Result<u32, C::Error> {
        let (number, mut head) = self.vacant()?;
        self.write_key(number, key)?;
        self.write_value(number, form, value)?;
        let at = self.links_at(number)?;
        self.cells
            .write(self.nodes, at, &Links::default().to_bytes())?;
        let mut draft = Draft::default();
        head.root = draft.grow(self, path, number)?;
        draft.flush(self)?;
        self.write_head(head)?;
        Ok(number)
    }
}

/// Reads a blob: length inline, content in the child slot.
pub(crate) fn read_blob<C: Cells>(
    cells: &mut C,
    slot: B256,
    offset: u32,
) -> Result<Vec<u8>, C::Error> {
    let head = cells.read(slot, offset, BLOB)?;
    match word(&head, 0)? {
        0 => Ok(Vec::new()),
        len => {
            let content = cells.child(slot, offset)?;
            cells.read(content, 0, len)
        }
    }
}

/// Writes a blob: length inline, content in the child slot.
pub(crate) fn write_blob<C: Cells>(
    cells: &mut C,
    slot: B256,
    offset: u32,
    data: &[u8],
) -> Result<(), C::Error> {
    let len = u32::try_from(data.len()).map_err(|_| Malformed)?;
    cells.write(slot, offset, &len.to_le_bytes())?;
    if data.is_empty() {
        return Ok(());
    }
    let content = cells.child(slot, offset)?;
    cells.write(content, 0, data)
}

/// Number of the node of `key`, 0 if there is none.
pub(crate) fn find<C: Cells>(cells: &mut C, place: Place, key: &[u8]) -> Result<u32, C::Error> {
    let found = Tree::for_key(cells, place, key)?.find(key)?;
    Ok(found.node.unwrap_or_default())
}

/// The value of `key`.
pub(crate) fn get<C: Cells>(
    cells: &mut C,
    place: Place,
    key: &[u8],
    form: Form,
) -> Result<Option<Vec<u8>>, C::Error> {
    let mut tree = Tree::for_key(cells, place, key)?;
    match tree.find(key)?.node {
        Some(node) => Ok(Some(tree.read_value(node, form)?)),
        None => Ok(None),
    }
}

/// Sets the value of `key`.
pub(crate) fn put<C: Cells>(
    cells: &mut C,
    place: Place,
    key: &[u8],
    form: Form,
    value: &[u8],
) -> Result<(), C::Error> {
    let mut tree = Tree::for_key(cells, place, key)?;
    let found = tree.find(key)?;
    match found.node {
        Some(node) => tree.write_value(node, form, value),
        None => tree.add(&found.path, key, form, value).map(drop),
    }
}

/// Number of the node of `key`; an absent key gets one with a value of zeros.
pub(crate) fn insert<C: Cells>(cells: &mut C, place: Place, key: &[u8]) -> Result<u32, C::Error> {
    let mut tree = Tree::for_key(cells, place, key)?;
    let found = tree.find(key)?;
    match found.node {
        Some(node) => Ok(node),
        None => {
            let zeros = vec![0; place.value as usize];
            tree.add(&found.path, key, Form::Inline, &zeros)
        }
    }
}

/// Removes `key`; whether it was there.
pub(crate) fn remove<C: Cells>(cells: &mut C, place: Place, key: &[u8]) -> Result<bool, C::Error> {
    let mut tree = Tree::for_key(cells, place, key)?;
    let Found { node, mut path } = tree.find(key)?;
    let Some(node) = node else {
        return Ok(false);
    };
    let mut draft = Draft::default();
    let mut head = tree.head;
    head.root = draft.remove(&mut tree, &mut path, node)?;
    draft.flush(&mut tree)?;
    if node == head.count {
        head.count -= 1;
    } else {
        let list = tree.free_list()?;
        let at = head.free.checked_mul(4).ok_or(Malformed)?;
        let index = node.checked_sub(1).ok_or(Malformed)?;
        tree.cells.write(list, at, &index.to_le_bytes())?;
        head.free = head.free.checked_add(1).ok_or(Malformed)?;
    }
    tree.write_head(head)?;
    Ok(true)
}

/// Nodes in order of keys; whether there are more.
pub(crate) fn scan<C: Cells>(
    cells: &mut C,
    place: Place,
    scan: Scan<'_>,
) -> Result<(Vec<Entry>, bool), C::Error> {
    let mut tree = Tree::at(cells, place, scan.key)?;
    let mut stack = tree.start(scan)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut bytes = 0;
    while let Some(node) = stack.pop() {
        if entries.len() >= scan.limit || bytes >= SCAN_BYTES {
            return Ok((entries, true));
        }
        let at = tree.node(node)?;
        let key = if place.order.is_blob() {
            read_blob(tree.cells, at.slot, at.offset)?
        } else {
            tree.cells.read(at.slot, at.offset, at.key)?
        };
        let value = tree.read_value(node, scan.value)?;
        bytes += key.len() + value.len();
        entries.push((node, key, value));
        let next = tree.links(node)?.child(!scan.descending);
        tree.lean(next, scan.descending, &mut stack)?;
    }
    Ok((entries, false))
}

impl<C: Cells> Tree<'_, C> {
    /// Nodes still to return, the first one on top.
    fn start(&mut self, scan: Scan<'_>) -> Result<Vec<u32>, C::Error> {
        let mut stack = Vec::new();
        let mut node = self.head.root;
        let Some(from) = scan.from else {
            self.lean(node, scan.descending, &mut stack)?;
            return Ok(stack);
        };
        if self.place.order.inline(from) != Some(self.key) {
            return Err(Malformed.into());
        }
        let mut depth = 0;
        while node != 0 {
            depth += 1;
            if depth > DEEPEST {
                return Err(Malformed.into());
            }
            let at = self.node(node)?;
            let order = self.place.order.compare(self.cells, at, from)?;
            let before = if scan.descending {
                order.is_lt()
            } else {
                order.is_gt()
            };
            let skip = before || (scan.after && order.is_eq());
            if !skip {
                stack.push(node);
            }
            node = self.links(node)?.child(skip != scan.descending);
        }
        Ok(stack)
    }

    /// Pushes `node` and everything on its near side.
    fn lean(&mut self, mut node: u32, right: bool, stack: &mut Vec<u32>) -> Result<(), C::Error> {
        while node != 0 {
            if stack.len() >= DEEPEST {
                return Err(Malformed.into());
            }
            stack.push(node);
            node = self.links(node)?.child(right);
        }
        Ok(())
    }
}
