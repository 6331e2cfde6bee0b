//! One coarse bin: keys into its fine bins, repeats removed.

use std::io;

use tacit_block::{Block, word};

use crate::memory::Piece;
use crate::runs::{Run, bin};
use crate::spill::Spill;

/// A free slot of the table.
const FREE: u32 = u32::MAX;

/// What became of a coarse bin.
pub struct Done {
    /// Keys that are left in each fine bin.
    pub counts: Vec<u32>,
    /// Keys that are left.
    pub distinct: usize,
    /// (row of the repeat, row that stays), if wanted.
    pub repeats: Vec<(u32, u32)>,
}

/// How to cut: fine bins are the top `fine` bits of a key, and this coarse bin has 2^`within` of them.
#[derive(Clone, Copy)]
pub struct Cut {
    /// Bits of the number of fine bins.
    pub fine: u32,
    /// Bits of the number of fine bins in a coarse one.
    pub within: u32,
    /// Whether repeats are reported.
    pub repeats: bool,
}

/// Sorts a run into `keys` and `rows`, which have its length; what is left comes first. Parts of the run are given
/// back as they are used up.
pub fn sort(run: Run, file: Option<&Spill>, cut: Cut, keys: &mut [Block], rows: &mut [u32]) -> io::Result<Done> {
    let counts = count(&run, file, cut)?;
    let mut next = Vec::with_capacity(counts.len());
    let mut total = 0;
    for count in &counts {
        next.push(total);
        total += *count as usize;
    }
    assert!(total == keys.len() && total == rows.len());
    let mut scatter = |from: &[Block], numbers: &[u32]| {
        for (key, row) in from.iter().zip(numbers) {
            let place = &mut next[fine(key, cut)];
            keys[*place] = *key;
            rows[*place] = *row;
            *place += 1;
        }
    };
    for extent in &run.extents {
        stored(file)?.read(extent, &mut scatter)?;
        stored(file)?.release(extent);
    }
    run.pieces.into_iter().for_each(|piece: Piece| scatter(piece.keys(), piece.rows()));
    Ok(compact(counts, cut, keys, rows))
}

fn count(run: &Run, file: Option<&Spill>, cut: Cut) -> io::Result<Vec<u32>> {
    let mut counts = vec![0u32; 1 << cut.within];
    let mut add = |keys: &[Block], _: &[u32]| keys.iter().for_each(|key| counts[fine(key, cut)] += 1);
    if cut.within == 0 {
        return Ok(vec![run.count as u32]);
    }
    for extent in &run.extents {
        stored(file)?.read(extent, &mut add)?;
    }
    run.pieces.iter().for_each(|piece| add(piece.keys(), piece.rows()));
    Ok(counts)
}

fn stored(file: Option<&Spill>) -> io::Result<&Spill> {
    file.ok_or_else(|| io::Error::other("keys were written to no file"))
}

/// The fine bin within its coarse one.
#[inline(always)]
fn fine(key: &Block, cut: Cut) -> usize {
    bin(key, cut.fine) & ((1 << cut.within) - 1)
}

/// Removes repeats bin by bin and closes the holes.
fn compact(mut counts: Vec<u32>, cut: Cut, keys: &mut [Block], rows: &mut [u32]) -> Done {
    let (mut finder, mut repeats) = (Finder::default(), Vec::new());
    let (mut from, mut to) = (0, 0);
    for count in &mut counts {
        let end = from + *count as usize;
        let (here, numbers) = (&mut keys[from..end], &mut rows[from..end]);
        finder.find(here);
        if cut.repeats {
            repeats.extend(finder.found.iter().map(|(at, first)| (numbers[*at as usize], numbers[*first as usize])));
        }
        let left = remove(&finder.found, here, numbers);
        if to < from {
            keys.copy_within(from..from + left, to);
            rows.copy_within(from..from + left, to);
        }
        (from, to) = (end, to + left);
        *count = left as u32;
    }
    Done { counts, distinct: to, repeats }
}

/// Closes the holes of repeats, which ascend; how many keys are left.
fn remove(repeats: &[(u32, u32)], keys: &mut [Block], rows: &mut [u32]) -> usize {
    let Some(&(first, _)) = repeats.first() else { return keys.len() };
    let (mut to, mut gone) = (first as usize, repeats.iter().peekable());
    for at in first as usize..keys.len() {
        if gone.next_if(|(repeat, _)| *repeat as usize == at).is_none() {
            (keys[to], rows[to]) = (keys[at], rows[at]);
            to += 1;
        }
    }
    to
}

/// Finds repeats in a bin. Most keys meet a free slot of a sparse table, without a branch; the others are compared.
#[derive(Default)]
struct Finder {
    slots: Vec<u32>,
    suspects: Vec<u32>,
    seconds: Vec<u32>,
    /// (place of a repeat, place of the first such key), ascending.
    found: Vec<(u32, u32)>,
}

impl Finder {
    fn find(&mut self, keys: &[Block]) {
        let slots = (4 * keys.len()).next_power_of_two();
        self.slots.clear();
        self.slots.resize(slots, FREE);
        self.suspects.resize(keys.len().max(self.suspects.len()), 0);
        let mut count = 0;
        for (at, key) in (0u32..).zip(keys) {
            let slot = &mut self.slots[word(key) as usize & (slots - 1)];
            self.suspects[count] = at;
            count += usize::from(*slot != FREE);
            *slot = if *slot == FREE { at } else { *slot };
        }
        self.compare(keys, slots, count);
    }

    /// Which of the suspects repeat the first key of their slot, or an earlier suspect.
    fn compare(&mut self, keys: &[Block], slots: usize, count: usize) {
        let size = (2 * count).next_power_of_two();
        self.seconds.clear();
        self.seconds.resize(size, FREE);
        self.found.clear();
        for &at in &self.suspects[..count] {
            let key = &keys[at as usize];
            let first = self.slots[word(key) as usize & (slots - 1)];
            if keys[first as usize] == *key {
                self.found.push((at, first));
                continue;
            }
            let mut slot = (word(key) >> 32) as usize & (size - 1);
            while self.seconds[slot] != FREE && keys[self.seconds[slot] as usize] != *key {
                slot = (slot + 1) & (size - 1);
            }
            if self.seconds[slot] == FREE {
                self.seconds[slot] = at;
            } else {
                self.found.push((at, self.seconds[slot]));
            }
        }
    }
}
