//! A disk that keeps only what was synced, tears the write it dies in, and can be told to die at
//! the n-th operation.

use proptest::prelude::Rng;
use proptest::test_runner::TestRng;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use venire_store::Backend;

/// How everything stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The process ends; the page cache lives on.
    Process,
    /// The machine loses power; unsynced writes survive in part.
    Power,
}

#[derive(Clone)]
struct Write {
    offset: usize,
    data: Vec<u8>,
}

#[derive(Default)]
struct File {
    /// What a power cut leaves for certain.
    durable: Vec<u8>,
    /// What the process reads.
    live: Vec<u8>,
    /// Writes since the last sync, and length changes as writes of nothing.
    pending: Vec<Result<Write, usize>>,
}

impl File {
    fn write(&mut self, offset: usize, data: &[u8]) {
        put(&mut self.live, offset, data);
        self.pending.push(Ok(Write {
            offset,
            data: data.to_vec(),
        }));
    }

    fn sync(&mut self) {
        self.durable = self.live.clone();
        self.pending.clear();
    }
}

fn put(file: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(data);
}

struct World {
    files: BTreeMap<String, File>,
    rng: TestRng,
    /// Operations left before the disk dies.
    left: Option<u64>,
    /// Which process the disk belongs to; writes of an earlier one are refused.
    epoch: u64,
}

/// A handle to the disk, shared by the test and the store.
#[derive(Clone)]
pub(crate) struct Disk {
    world: Arc<Mutex<World>>,
    epoch: u64,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disk(epoch {})", self.epoch)
    }
}

const TABLES: &str = "tables";

impl Disk {
    pub(crate) fn new(rng: TestRng) -> Self {
        let world = World {
            files: BTreeMap::new(),
            rng,
            left: None,
            epoch: 0,
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            epoch: 0,
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The disk dies in its n-th operation from now.
    pub(crate) fn die_after(&self, operations: u64) {
        self.world().left = Some(operations);
    }

    /// Everything stops; the handle for the next process.
    pub(crate) fn stop(&self, stop: Stop) -> Self {
        let mut world = self.world();
        let World {
            files,
            rng,
            left,
            epoch,
        } = &mut *world;
        *left = None;
        *epoch += 1;
        if stop == Stop::Power {
            for (name, file) in files {
                file.live = after_power_cut(name, file, rng);
                file.sync();
            }
        }
        Self {
            world: Arc::clone(&self.world),
            epoch: *epoch,
        }
    }

    /// Changes a file behind the store's back.
    pub(crate) fn tamper(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut world = self.world();
        let file = world.files.entry(name.to_owned()).or_default();
        change(&mut file.live);
        file.sync();
    }

    /// Runs one operation unless the disk is dead; `torn` is what happens when it dies in it.
    fn run<T>(
        &self,
        torn: impl FnOnce(&mut World),
        whole: impl FnOnce(&mut World) -> T,
    ) -> io::Result<T> {
        let mut world = self.world();
        let dead = || Err(io::Error::other("the disk is dead"));
        if world.epoch != self.epoch {
            return dead();
        }
        match &mut world.left {
            Some(0) => return dead(),
            Some(left) => {
                *left -= 1;
                if *left == 0 {
                    torn(&mut world);
                    return dead();
                }
            }
            None => {}
        }
        Ok(whole(&mut world))
    }
}

/// An appended file keeps a prefix of what was not synced, cut anywhere; the tables keep any
/// subset of the writes, because nothing orders them.
fn after_power_cut(name: &str, file: &File, rng: &mut TestRng) -> Vec<u8> {
    let mut out = file.durable.clone();
    let keep = below(rng, file.pending.len() + 1);
    for (index, change) in file.pending.iter().enumerate() {
        let kept = if name == TABLES {
            below(rng, 2) == 0
        } else {
            index < keep
        };
        match change {
            Err(length) if kept => out.resize(*length, 0),
            Ok(write) if kept => put(&mut out, write.offset, &write.data),
            Ok(write) if name == TABLES || index == keep => {
                let cut = below(rng, write.data.len() + 1);
                put(&mut out, write.offset, &write.data[..cut]);
            }
            _ => {}
        }
    }
    // A file system may have grown the file before the data arrived.
    if name != TABLES && keep < file.pending.len() && below(rng, 3) == 0 {
        let zeros = below(rng, 200);
        out.resize(out.len() + zeros, 0);
    }
    out
}

fn below(rng: &mut TestRng, limit: usize) -> usize {
    usize::try_from(rng.next_u64()).unwrap() % limit
}

impl Backend for Disk {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.run(
            |_| {},
            |world| world.files.get(name).map(|file| file.live.clone()),
        )
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let add = |world: &mut World, cut: usize| {
            let file = world
                .files
                .get_mut(name)
                .expect("only existing files are appended to");
            let end = file.live.len();
            file.write(end, &bytes[..cut]);
        };
        self.run(
            |world| {
                let cut = below(&mut world.rng, bytes.len() + 1);
                add(world, cut);
            },
            |world| add(world, bytes.len()),
        )
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let sync = |world: &mut World| world.files.entry(name.to_owned()).or_default().sync();
        self.run(
            |world| {
                if below(&mut world.rng, 2) == 0 {
                    sync(world);
                }
            },
            sync,
        )
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let swap = |world: &mut World| {
            let file = world.files.entry(name.to_owned()).or_default();
            file.live = bytes.to_vec();
            file.sync();
        };
        self.run(
            |world| {
                if below(&mut world.rng, 2) == 0 {
                    swap(world);
                }
            },
            swap,
        )
    }

    fn tables(&mut self) -> io::Result<Box<dyn redb::StorageBackend>> {
        self.run(|_| {}, |_| {})?;
        Ok(Box::new(self.clone()))
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.run(
            |_| {},
            |world| world.files.entry(TABLES.to_owned()).or_default().live.len() as u64,
        )
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        self.run(
            |_| {},
            |world| {
                let live = &world.files[TABLES].live;
                let bytes = live
                    .get(start..start + out.len())
                    .ok_or(io::ErrorKind::UnexpectedEof)?;
                out.copy_from_slice(bytes);
                Ok(())
            },
        )?
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let length = usize::try_from(len).unwrap();
        self.run(
            |_| {},
            |world| {
                let file = world.files.entry(TABLES.to_owned()).or_default();
                file.live.resize(length, 0);
                file.pending.push(Err(length));
            },
        )
    }

    fn sync_data(&self) -> io::Result<()> {
        self.run(
            |_| {},
            |world| world.files.entry(TABLES.to_owned()).or_default().sync(),
        )
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        let write = |world: &mut World, cut: usize| {
            let file = world.files.entry(TABLES.to_owned()).or_default();
            file.write(offset, &data[..cut]);
        };
        self.run(
            |world| {
                let cut = below(&mut world.rng, data.len() + 1);
                write(world, cut);
            },
            |world| write(world, data.len()),
        )
    }
}
