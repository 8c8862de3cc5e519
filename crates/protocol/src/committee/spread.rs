//! Draws members so that every model family has its share of the seats, and nobody another chance
//! for what it declares (`ROUND-38`).
//!
//! # Invariants
//! - A validator is drawn with the chance that its weight gives it, whatever families are declared.
//! - A family has its share of the seats, rounded up or down.
//!
//! # Not here
//! - When the rule applies (`Lot::sparing`).

use crate::record::Validator;
use alloc::{collections::BTreeMap, vec::Vec};
use venire_types::{U256, family::Family};

/// Random numbers, one after the other.
pub(super) struct Numbers<F> {
    draw: F,
    counter: u32,
    /// Of the last draw, what [`Numbers::short`] has not handed out.
    spare: Vec<u64>,
}

impl<F: Fn(u32) -> U256> Numbers<F> {
    pub(super) const fn new(draw: F) -> Self {
        Self {
            draw,
            counter: 0,
            spare: Vec::new(),
        }
    }

    fn next(&mut self) -> U256 {
        let number = (self.draw)(self.counter);
        self.counter = self.counter.saturating_add(1);
        number
    }

    fn short(&mut self) -> u64 {
        if self.spare.is_empty() {
            self.spare = self.next().as_limbs().to_vec();
        }
        self.spare.pop().unwrap_or_default()
    }
}

/// Whether more than one family could be drawn from.
pub(super) fn has_families(pools: [&[&Validator]; 2]) -> bool {
    let mut families = pools.into_iter().flatten().map(|member| &member.family);
    let first = families.next();
    families.any(|family| Some(family) != first)
}

/// Draws up to `wanted` of the pool.
///
/// Whoever weighs as much as a seat sits. The others are laid along a line, in a random order but
/// family by family, each as long as its weight; the line is as long as the seats that are left,
/// and one mark is set in every seat's length of it, all at the same random distance from the
/// start. Whoever is marked sits.
pub(super) fn spread<'a, F: Fn(u32) -> U256>(
    mut pool: Vec<&'a Validator>,
    wanted: u32,
    numbers: &mut Numbers<F>,
) -> Vec<&'a Validator> {
    let mut drawn = Vec::new();
    let (seats, seat) = loop {
        let sitting = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
        let seats = U256::from(wanted.saturating_sub(sitting));
        let total = pool.iter().fold(U256::ZERO, |total, member| {
            total.saturating_add(member.weight)
        });
        if seats.is_zero() || total.is_zero() {
            return drawn;
        }
        let (sure, others): (Vec<_>, Vec<_>) = pool
            .into_iter()
            .partition(|member| member.weight.saturating_mul(seats) >= total);
        pool = others;
        if sure.is_empty() {
            break (seats, total);
        }
        drawn.extend(sure);
    };
    shuffle(&mut pool, numbers);
    let mut mark = numbers.next().checked_rem(seat).unwrap_or_default();
    let mut end = U256::ZERO;
    for member in by_family(pool) {
        // Nobody is as long as a seat, so nobody has two marks.
        end = end.saturating_add(member.weight.saturating_mul(seats));
        if mark < end {
            drawn.push(member);
            mark = mark.saturating_add(seat);
        }
    }
    drawn
}

fn shuffle<F: Fn(u32) -> U256>(line: &mut [&Validator], numbers: &mut Numbers<F>) {
    for last in (1..line.len()).rev() {
        let among = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        let place = numbers.short().checked_rem(among).unwrap_or_default();
        line.swap(last, usize::try_from(place).unwrap_or(last));
    }
}

/// The same line with the members of a family side by side, where the first of them was.
fn by_family(mut line: Vec<&Validator>) -> Vec<&Validator> {
    let mut places: BTreeMap<&Family, usize> = BTreeMap::new();
    for (place, member) in line.iter().enumerate() {
        places.entry(&member.family).or_insert(place);
    }
    line.sort_by_cached_key(|member| places.get(&member.family).copied());
    line
}

#[cfg(test)]
mod tests;
