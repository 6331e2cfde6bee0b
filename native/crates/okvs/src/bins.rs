//! Keys into bins by their top bits.

use tacit_block::{Block, word};

/// Keys in the order of their bins.
pub struct Partition {
    /// The keys, bin after bin, within a bin in their old order.
    pub keys: Vec<Block>,
    /// Old number of each key.
    pub order: Vec<u32>,
    /// Where bins begin, and the end.
    pub offsets: Vec<usize>,
}

/// Smallest capacity that a bin out of `bins` exceeds for `keys` random keys with probability 2^-`bits` at most, over
/// all bins together (Chernoff's bound in its entropy form).
pub fn bin_capacity(keys: usize, bins: usize, bits: f64) -> usize {
    let (n, p) = (keys as f64, 1.0 / bins as f64);
    let enough = bits + (bins as f64).log2();
    let exceeds = |load: f64| {
        let share = load / n;
        let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - p)).log2() } else { 0.0 };
        n * (share * (share / p).log2() + rest)
    };
    let (mut low, mut high) = ((n * p).ceil() as usize, keys);
    while low < high {
        let middle = low + (high - low) / 2;
        if exceeds((middle + 1) as f64) >= enough {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The bin of a key: its top 64 bits, scaled.
#[inline(always)]
fn bin(key: &Block, bins: usize) -> usize {
    let top = (word(key) >> 64) as u64;
    ((u128::from(top) * bins as u128) >> 64) as usize
}

/// Sorts keys into bins. Keys are expected to be hashes; at most 2^32 of them.
pub fn partition(keys: &[Block], bins: usize) -> Partition {
    let mut offsets = vec![0usize; bins + 1];
    for key in keys {
        offsets[bin(key, bins) + 1] += 1;
    }
    for at in 0..bins {
        offsets[at + 1] += offsets[at];
    }
    let mut next = offsets.clone();
    let (mut sorted, mut order) = (vec![[0; 16]; keys.len()], vec![0; keys.len()]);
    for (number, key) in (0u32..).zip(keys) {
        let place = &mut next[bin(key, bins)];
        sorted[*place] = *key;
        order[*place] = number;
        *place += 1;
    }
    Partition { keys: sorted, order, offsets }
}
