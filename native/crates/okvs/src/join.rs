//! Which tags of two lists of bins are equal.

use rayon::prelude::*;

use crate::tags::tag;

/// Tags looked up at a time.
const BATCH: usize = 32;
/// No such tag.
const FREE: u32 = u32::MAX;

/// Own tags, in bins that begin at `offsets`.
#[derive(Clone, Copy)]
pub struct Matcher<'a> {
    /// All tags.
    pub own: &'a [u8],
    /// Ascending, one more than bins.
    pub offsets: &'a [usize],
    /// Bytes of a tag, 4 to 16.
    pub width: usize,
}

/// The tags of the peer's list that are among one's own.
#[derive(Default)]
pub struct Found {
    /// Own number of each.
    pub own: Vec<u32>,
    /// The place of each in the peer's list, ascending.
    pub places: Vec<u32>,
    /// A bit for every place of the list, lowest first: whether it was found.
    pub bitmap: Vec<u8>,
}

impl Matcher<'_> {
    /// Equal tags of the same bin, in the order of the peer's list, whose bins have `per_bin` tags each. Of equal own
    /// tags the first is found.
    pub fn find(self, peer: &[u8], per_bin: usize) -> Found {
        let bins = 0..self.offsets.len() - 1;
        let found: Vec<(Vec<u32>, Vec<u32>)> = bins
            .into_par_iter()
            .map_init(Table::default, |table, bin| self.find_bin(table, bin, peer, per_bin))
            .collect();
        let mut out = Found::default();
        for (own, places) in &found {
            out.own.extend_from_slice(own);
            out.places.extend_from_slice(places);
        }
        out.bitmap = vec![0; ((self.offsets.len() - 1) * per_bin).div_ceil(8)];
        for place in &out.places {
            out.bitmap[*place as usize / 8] |= 1 << (place % 8);
        }
        out
    }

    fn find_bin(self, table: &mut Table, bin: usize, peer: &[u8], per_bin: usize) -> (Vec<u32>, Vec<u32>) {
        let (first, width) = (self.offsets[bin], self.width);
        let own = &self.own[first * width..self.offsets[bin + 1] * width];
        table.fill(own, width);
        let start = bin * per_bin;
        let peer = &peer[start * width..][..per_bin * width];
        let (mut numbers, mut places) = (std::mem::take(&mut table.numbers_found), std::mem::take(&mut table.places));
        numbers.resize(per_bin.max(numbers.len()), 0);
        places.resize(per_bin.max(places.len()), 0);
        let (mut count, mut found) = (0, [FREE; BATCH]);
        for batch in (0..per_bin).step_by(BATCH) {
            let found = &mut found[..BATCH.min(per_bin - batch)];
            table.look_up_batch(own, peer, width, batch, found);
            for (place, number) in (start + batch..).zip(found.iter()) {
                numbers[count] = (first as u32).wrapping_add(*number);
                places[count] = place as u32;
                count += usize::from(*number != FREE);
            }
        }
        let out = (numbers[..count].to_vec(), places[..count].to_vec());
        (table.numbers_found, table.places) = (numbers, places);
        out
    }
}

/// Pairs (own number, peer's number) of equal tags: `Matcher::find`, as pairs.
pub fn join(own: &[u8], offsets: &[usize], peer: &[u8], peer_bin: usize, width: usize) -> Vec<(u32, u32)> {
    let found = Matcher { own, offsets, width }.find(peer, peer_bin);
    found.own.into_iter().zip(found.places).collect()
}

/// A tag as a number.
#[inline(always)]
fn word(tags: &[u8], width: usize, number: usize) -> u128 {
    u128::from_le_bytes(tag(tags, width, number)) & (u128::MAX >> (128 - 8 * width))
}

/// Own tags of a bin: slots of a mark, made from the tag, above a number of `number_bits`. The slot without a tag has
/// the number that is one too high.
#[derive(Default)]
struct Table {
    slots: Vec<u32>,
    bits: u32,
    number_bits: u32,
    free: u32,
    /// Memory for what is found, used for bin after bin.
    numbers_found: Vec<u32>,
    places: Vec<u32>,
}

impl Table {
    fn fill(&mut self, own: &[u8], width: usize) {
        let count = own.len() / width;
        self.bits = (5 * count / 2).next_power_of_two().trailing_zeros().max(2);
        self.number_bits = (count + 1).next_power_of_two().trailing_zeros();
        self.free = count as u32;
        self.slots.clear();
        self.slots.resize(1 << self.bits, self.free);
        let mut starts = [(0, 0); BATCH];
        for batch in (0..count).step_by(BATCH) {
            let starts = &mut starts[..BATCH.min(count - batch)];
            for (number, start) in (batch..).zip(starts.iter_mut()) {
                *start = self.start(word(own, width, number));
            }
            for (number, (start, mark)) in (batch..).zip(starts.iter()) {
                let mut slot = *start;
                while self.slots[slot] & self.numbers() != self.free {
                    slot = (slot + 1) & (self.slots.len() - 1);
                }
                self.slots[slot] = mark << self.number_bits | number as u32;
            }
        }
    }

    #[inline(always)]
    fn numbers(&self) -> u32 {
        (1 << self.number_bits) - 1
    }

    /// Where the search for a tag begins, and its mark, of which the lowest bits are kept.
    #[inline(always)]
    fn start(&self, tag: u128) -> (usize, u32) {
        let mixed = (tag as u64 ^ (tag >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> (64 - self.bits)) as usize, (mixed >> 16) as u32)
    }

    /// The first own number with the tag of every place from `batch` on. One step for all places after another, so that
    /// the processor waits for several parts of memory at once.
    fn look_up_batch(&self, own: &[u8], peer: &[u8], width: usize, batch: usize, found: &mut [u32]) {
        let Some(last) = self.free.checked_sub(1) else { return found.fill(FREE) };
        let (mut slots, mut marks, mut entries, mut wanted) = ([0; BATCH], [0; BATCH], [0; BATCH], [0; BATCH]);
        for at in 0..found.len() {
            wanted[at] = word(peer, width, batch + at);
            (slots[at], marks[at]) = self.start(wanted[at]);
        }
        for at in 0..found.len() {
            entries[at] = self.slots[slots[at]];
        }
        let mut equal = [false; BATCH];
        for at in 0..found.len() {
            let number = (entries[at] & self.numbers()).min(last);
            equal[at] = word(own, width, number as usize) == wanted[at];
        }
        for at in 0..found.len() {
            let number = entries[at] & self.numbers();
            found[at] = if number == self.free {
                FREE
            } else if equal[at] {
                number
            } else {
                let next = (slots[at] + 1) & (self.slots.len() - 1);
                self.look_up(own, width, wanted[at], next, marks[at])
            };
        }
    }

    /// The same for one tag, from a slot on.
    fn look_up(&self, own: &[u8], width: usize, wanted: u128, mut slot: usize, mark: u32) -> u32 {
        let mark = mark << self.number_bits;
        loop {
            let entry = self.slots[slot];
            let number = entry & self.numbers();
            if number == self.free {
                return FREE;
            }
            if entry - number == mark && word(own, width, number as usize) == wanted {
                return number;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}
