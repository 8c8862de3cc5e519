//! The checkpoint: state, blocks and tip in redb, changed in one transaction.
//!
//! # Invariants
//! - The three tables always describe the same height.
//!
//! # Not here
//! - When to checkpoint (`commit`), what to do with the log afterwards (`commit`, `recover`).

use crate::layout::{Input, Kind, Tip};
use crate::read::Block;
use crate::state::State;
use imbl::OrdMap;
use redb::{
    Builder, Database, Error, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition,
    TableError,
};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use venire_types::B256;

/// Key to value.
const STATE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("state");
/// Height to kind (1 byte), root after it (32 bytes), block.
const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
/// One row, `tip`: height (8 bytes, little-endian), root (32 bytes).
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const TIP: &str = "tip";

/// Bytes of table pages kept in memory: state is in the live map, only old blocks are read.
const CACHE_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(crate) struct Tables(Database);

impl Tables {
    pub(crate) fn open(backend: Box<dyn StorageBackend>) -> Result<Self, Error> {
        let database = Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(Boxed(backend))?;
        Ok(Self(database))
    }

    /// The last checkpoint: its tip and the whole state.
    pub(crate) fn load(&self) -> Result<(Option<Tip>, State), Error> {
        let read = self.0.begin_read()?;
        let meta = match read.open_table(META) {
            Ok(meta) => meta,
            Err(TableError::TableDoesNotExist(_)) => return Ok((None, State::default())),
            Err(error) => return Err(error.into()),
        };
        let tip = meta
            .get(TIP)?
            .and_then(|row| decode_tip(row.value()))
            .ok_or_else(corrupted)?;
        let mut state = State::default();
        for row in read.open_table(STATE)?.iter()? {
            let (key, value) = row?;
            state.insert(key.value(), value.value());
        }
        Ok((Some(tip), state))
    }

    /// Folds everything since the last checkpoint into the tables.
    /// Rule ST-4.
    pub(crate) fn fold(
        &self,
        tip: Tip,
        state: &State,
        changed: &BTreeSet<Vec<u8>>,
        blocks: &OrdMap<u64, Block>,
    ) -> Result<(), Error> {
        let mut write = self.0.begin_write()?;
        // The allocator state is saved with the commit, so opening after a crash is quick.
        write.set_quick_repair(true);
        {
            let mut table = write.open_table(STATE)?;
            for key in changed {
                match state.get(key) {
                    Some(value) => drop(table.insert(key.as_slice(), value)?),
                    None => drop(table.remove(key.as_slice())?),
                }
            }
            let mut table = write.open_table(BLOCKS)?;
            for (height, block) in blocks {
                table.insert(height, encode_block(block).as_slice())?;
            }
            let mut row = tip.height.to_le_bytes().to_vec();
            row.extend_from_slice(tip.root.as_slice());
            write.open_table(META)?.insert(TIP, row.as_slice())?;
        }
        Ok(write.commit()?)
    }

    pub(crate) fn block(&self, height: u64) -> Result<Option<Block>, Error> {
        let read = self.0.begin_read()?;
        let table = match read.open_table(BLOCKS) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(row) = table.get(height)? else {
            return Ok(None);
        };
        decode_block(row.value()).map(Some).ok_or_else(corrupted)
    }
}

fn corrupted() -> Error {
    Error::Corrupted("a row of the checkpoint tables has the wrong shape".to_owned())
}

fn decode_tip(row: &[u8]) -> Option<Tip> {
    let mut input = Input(row);
    let tip = Tip {
        height: u64::from_le_bytes(input.array()?),
        root: B256::from(input.array()?),
    };
    input.0.is_empty().then_some(tip)
}

fn encode_block(block: &Block) -> Vec<u8> {
    let mut out = vec![block.kind.byte()];
    out.extend_from_slice(block.root.as_slice());
    out.extend_from_slice(&block.bytes);
    out
}

fn decode_block(row: &[u8]) -> Option<Block> {
    let mut input = Input(row);
    let [kind] = input.array()?;
    let (kind, root) = (Kind::from_byte(kind)?, B256::from(input.array()?));
    Some(Block {
        kind,
        root,
        bytes: Arc::from(input.0),
    })
}

/// Lets redb use a backend behind a pointer.
#[derive(Debug)]
struct Boxed(Box<dyn StorageBackend>);

impl StorageBackend for Boxed {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}
