//! The storage root of a contract: where its code, locks and upgraders live.
//!
//! # Not here
//! - The contract's own fields: their layout is the Python package's.

use crate::{package::Generation, stop::Stop, storage::indirect};
use venire_types::{Address, B256, limits::Limits, storage::PAGE};

/// First byte of the root slot of a v0.3 contract; older contracts leave it zero.
pub(crate) const MAJOR: u8 = 3;

/// Where a v0.3 root names the slot of its code, if that is not the usual one.
const REDIRECT: std::ops::Range<usize> = 5..37;

fn field(generation: Generation, old: u32) -> B256 {
    let shift = u32::from(generation == Generation::V03);
    indirect(B256::ZERO, old + shift)
}

/// Slot that holds a contract's code: `u32` little-endian length, then the bytes.
#[must_use]
pub fn code_slot(generation: Generation) -> B256 {
    field(generation, 1)
}

/// Reads a contract's code back from its storage; `None` when nothing is deployed.
///
/// `read` fills consecutive pages of a slot from a first page index, like
/// [`crate::Host::read_pages`] of one contract and view. Whatever a contract wrote where its code
/// has to be, no more than `limit` bytes are read.
pub fn code_from_pages(
    limit: u32,
    mut read: impl FnMut(B256, u32, &mut [[u8; PAGE]]),
) -> Option<Vec<u8>> {
    let mut root = [[0; PAGE]; 2];
    read(B256::ZERO, 0, &mut root);
    let root = root.concat();
    let slot = if root.first().is_some_and(|major| *major >= MAJOR) {
        let elsewhere = root
            .get(REDIRECT)
            .and_then(|slot| B256::try_from(slot).ok());
        let elsewhere = elsewhere.filter(|slot| *slot != B256::ZERO);
        elsewhere.unwrap_or_else(|| code_slot(Generation::V03))
    } else {
        code_slot(Generation::V02)
    };
    let mut first = [[0; PAGE]];
    read(slot, 0, &mut first);
    let [[a, b, c, d, ..]] = first;
    let len = u32::from_le_bytes([a, b, c, d]) as usize;
    if len == 0 || len > limit as usize {
        return None;
    }
    let mut pages = vec![[0; PAGE]; (len + 4).div_ceil(PAGE)];
    read(slot, 0, &mut pages);
    let mut bytes = pages.concat();
    bytes.drain(..4);
    bytes.truncate(len);
    Some(bytes)
}

/// The code as its slot holds it.
pub(crate) fn code_bytes(code: &[u8]) -> Vec<u8> {
    let len = u32::try_from(code.len()).unwrap_or(u32::MAX);
    [&len.to_le_bytes(), code].concat()
}

/// Which slots the current sender may not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Locks(Vec<B256>);

impl Locks {
    /// Nothing is locked: a deploy, or an upgrader's call.
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Is `slot` locked?
    pub(crate) fn hold(&self, slot: &B256) -> bool {
        self.0.contains(slot)
    }

    /// Reads the lists of committed state, as its root lays them out, whatever code runs; `read`
    /// returns bytes of a slot.
    ///
    /// # Errors
    /// A list that is longer than its limit ends the instance: a part of it would not protect.
    pub(crate) fn read<E: From<Stop>>(
        sender: Address,
        limits: &Limits,
        mut read: impl FnMut(B256, u32, usize) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let major = read(B256::ZERO, 0, 1)?;
        let generation = if major.first().is_some_and(|major| *major >= MAJOR) {
            Generation::V03
        } else {
            Generation::V02
        };
        let mut list = |slot: B256, size: usize, limit: u32, name: &str| -> Result<Vec<u8>, E> {
            let head = read(slot, 0, 4)?;
            let count = head.try_into().map_or(0, u32::from_le_bytes);
            if count > limit {
                let message = format!("the contract lists {count} {name}; at most {limit} fit");
                let code = format!("OOM {name}");
                return Err(Stop::machine(&code, "TooManyListed", message).into());
            }
            read(slot, 4, count as usize * size)
        };
        let upgraders = list(field(generation, 3), 20, limits.upgraders, "upgraders")?;
        if upgraders
            .chunks_exact(20)
            .any(|address| address == sender.as_slice())
        {
            return Ok(Self::NONE);
        }
        let locked = list(
            field(generation, 2),
            32,
            limits.locked_slots,
            "locked_slots",
        )?;
        Ok(Self(
            locked.chunks_exact(32).map(B256::from_slice).collect(),
        ))
    }
}

/// Address of a contract deployed with a non-zero salt.
#[must_use]
pub fn salted_address(deployer: Address, salt: venire_types::U256, chain_id: u64) -> Address {
    let mut bytes = vec![1];
    bytes.extend_from_slice(deployer.as_slice());
    bytes.extend_from_slice(&salt.to_be_bytes::<32>());
    bytes.extend_from_slice(&venire_types::U256::from(chain_id).to_be_bytes::<32>());
    let hash = venire_types::keccak256(bytes);
    Address::from_slice(hash.get(..20).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::U256;

    #[test]
    fn slots_are_the_documented_ones() {
        let code = "e1ae23412792df6b6a98fb7c9839701fb8b02b6fc7ed022810f78346494685e7";
        assert_eq!(code_slot(Generation::V02).to_string(), format!("0x{code}"));
        let code = "ba005630745acf3014aaf162e9933040302ca0bef3f56fe2d73c0a08f82c610b";
        assert_eq!(code_slot(Generation::V03).to_string(), format!("0x{code}"));
    }

    #[test]
    fn salted_addresses_are_the_documented_ones() {
        let deployer = "0x03FB09251eC05ee9Ca36c98644070B89111D4b3F"
            .parse()
            .expect("address");
        assert_eq!(
            salted_address(deployer, U256::from(127), 255).to_string(),
            "0x31a38fac42349DC16a84A22FbBACCBb6E238B7F9",
        );
        let deployer = "0x0100000000000000000000000000000000000000"
            .parse()
            .expect("address");
        assert_eq!(
            salted_address(deployer, U256::from(1), 0).to_string(),
            "0xf539Cb83f077Cd01BDd1a4E002866dCC0D15D633",
        );
    }

    #[test]
    fn locks_are_where_the_root_has_them() {
        let locked = |major: u8, sender: Address| {
            let at = u32::from(major == MAJOR);
            Locks::read(sender, &Limits::DEFAULT, |slot, offset, len| {
                // Lists of one item each, which consists of one byte.
                let item = match slot {
                    B256::ZERO => return Ok::<_, Stop>(vec![major; len]),
                    slot if slot == indirect(B256::ZERO, 2 + at) => 7,
                    slot if slot == indirect(B256::ZERO, 3 + at) => 9,
                    _ => return Ok(vec![0; len]),
                };
                Ok(if offset == 0 {
                    1_u32.to_le_bytes().to_vec()
                } else {
                    vec![item; len]
                })
            })
            .expect("lists")
        };
        for major in [0, MAJOR] {
            let others = locked(major, Address::ZERO);
            assert_eq!(others, Locks(vec![B256::repeat_byte(7)]), "{major}");
            assert_eq!(locked(major, Address::repeat_byte(9)), Locks::NONE);
        }
    }

    #[test]
    fn code_comes_back_from_pages() {
        let code: Vec<u8> = (0..100).collect();
        let stored = code_bytes(&code);
        let read = |slot: B256, first: u32, out: &mut [[u8; PAGE]]| {
            for (index, page) in out.iter_mut().enumerate() {
                let at = (first as usize + index) * PAGE;
                if slot == code_slot(Generation::V02) && at < stored.len() {
                    let part = &stored[at..stored.len().min(at + PAGE)];
                    page[..part.len()].copy_from_slice(part);
                }
            }
        };
        assert_eq!(code_from_pages(100, read), Some(code.clone()));
        assert_eq!(code_from_pages(99, read), None);
        let redirected = |slot: B256, first: u32, out: &mut [[u8; PAGE]]| {
            if slot == B256::ZERO {
                out[0][0] = MAJOR;
                out[0][5..].fill(7);
                out[1][..5].fill(7);
            } else if slot == B256::repeat_byte(7) {
                read(code_slot(Generation::V02), first, out);
            }
        };
        assert_eq!(code_from_pages(100, redirected), Some(code));
        assert_eq!(code_from_pages(100, |_, _, _: &mut [[u8; PAGE]]| ()), None);
    }
}
