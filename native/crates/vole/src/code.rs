//! The expand-convolute code, transposed: 2m noise values in, m outputs out. Public; linear over GF(2^128).
//!
//! The upper half passes twice through a recursive convolution over the 25 values before each: 24 random bits, and the
//! 25th together with the value itself times X, which makes the code one over the large field and not a binary one.
//! Both convolutions wrap around. Then each output is a value of the lower half plus `weight` convolved values.

use tacit_block::{Block, Stream, double, word};
use tacit_cpu::Level;

#[cfg(target_arch = "x86_64")]
use crate::simd;

/// Values before one that enter it by a random bit.
pub(crate) const WINDOW: usize = 24;
/// Values that share a table of all their sums.
pub(crate) const GROUP: usize = 4;
/// Tables that a window touches: it begins anywhere in a group.
pub(crate) const TABLES: usize = WINDOW / GROUP + 1;

/// One code.
pub struct Code {
    outputs: usize,
    weight: usize,
    /// For both passes and every value, bits of the 28 values from six groups before on; the wrapped ones follow.
    masks: [Vec<u32>; 2],
    /// `weight` convolved values for every output.
    picks: Vec<u16>,
}

impl Code {
    /// The code with `outputs` outputs (a multiple of 4, from 64 to 2^16) under a public seed.
    pub fn new(outputs: usize, weight: usize, seed: &Block) -> Code {
        assert!(outputs.is_multiple_of(GROUP) && (64..=1 << 16).contains(&outputs));
        let stream = Stream::new(seed);
        let masks = [0u128, 1].map(|pass| {
            let words = words(&stream, pass << 64, outputs + WINDOW + 1);
            words.iter().enumerate().map(|(at, word)| (word & 0xff_ffff) << (at % GROUP)).collect()
        });
        let words = words(&stream, 2 << 64, outputs * weight);
        let picks = words.iter().enumerate().map(|(at, word)| pick(*word, at % weight, weight, outputs)).collect();
        Code { outputs, weight, masks, picks }
    }

    /// Outputs, and half the inputs.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Convolves the upper half of a noise vector.
    pub fn convolve(&self, level: Level, values: &mut [u128]) {
        assert_eq!(values.len(), self.outputs);
        for masks in &self.masks {
            match level >= Level::Avx2 {
                #[cfg(target_arch = "x86_64")]
                true => simd::one(masks, [values]),
                _ => through(masks, values),
            }
            wrap(masks, values);
        }
    }

    /// Convolves the upper halves of two noise vectors in step.
    pub fn convolve_both(&self, level: Level, values: [&mut [u128]; 2]) {
        assert!(values.iter().all(|values| values.len() == self.outputs));
        let [a, c] = values;
        for masks in &self.masks {
            match level >= Level::Avx2 {
                #[cfg(target_arch = "x86_64")]
                true => simd::two(masks, [a, c]),
                _ => [&mut *a, &mut *c].into_iter().for_each(|values| through(masks, values)),
            }
            wrap(masks, a);
            wrap(masks, c);
        }
    }

    /// Adds to each value of the lower half its convolved ones.
    pub fn expand(&self, values: &[u128], lower: &mut [Block]) {
        assert!(values.len() == self.outputs && lower.len() == self.outputs);
        match self.weight {
            7 => expand_by(self.picks.as_chunks::<7>().0, values, lower),
            21 => expand_by(self.picks.as_chunks::<21>().0, values, lower),
            weight => expand_by(&self.picks.chunks_exact(weight).collect::<Vec<_>>(), values, lower),
        }
    }
}

#[inline(always)]
fn expand_by<P: AsRef<[u16]>>(picks: &[P], values: &[u128], lower: &mut [Block]) {
    for (picks, lower) in picks.iter().zip(lower) {
        let sum = picks.as_ref().iter().fold(word(lower), |sum, pick| sum ^ values[*pick as usize]);
        *lower = sum.to_le_bytes();
    }
}

/// One convolution, without the wrap.
fn through(masks: &[u32], values: &mut [u128]) {
    // Ring of tables: entry b of a table is the sum of the group's values whose bit is set in b.
    let mut tables = [[0u128; 1 << GROUP]; 8];
    for group in 0..values.len() / GROUP {
        for place in 0..GROUP {
            let at = GROUP * group + place;
            let before = at.checked_sub(WINDOW + 1).map_or(0, |before| values[before]);
            let mut value = double(values[at] ^ before);
            for table in 0..TABLES {
                let bits = masks[at] >> (GROUP * table) & 15;
                value ^= tables[(group + 2 + table) % 8][bits as usize];
            }
            values[at] = value;
            let table = &mut tables[group % 8];
            for bits in 0..1 << place {
                table[bits | 1 << place] = table[bits] ^ value;
            }
        }
    }
}

/// The last values of a convolution come round into the first ones.
fn wrap(masks: &[u32], values: &mut [u128]) {
    let count = values.len();
    for at in 0..=WINDOW {
        let mut value = double(values[at] ^ values[count + at - WINDOW - 1]);
        let first = count + at - at % GROUP - WINDOW;
        for bit in (0..32).filter(|bit| masks[count + at] >> bit & 1 == 1 && first + bit < count) {
            value ^= values[first + bit];
        }
        values[at] = value;
    }
}

/// 32-bit numbers of a stream.
fn words(stream: &Stream, first: u128, count: usize) -> Vec<u32> {
    let blocks = stream.blocks(first, count.div_ceil(4));
    blocks.as_flattened().as_chunks::<4>().0[..count].iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

/// The larger half of an output's picks falls one into each of as many equal parts, the others anywhere.
fn pick(word: u32, number: usize, weight: usize, outputs: usize) -> u16 {
    let parts = weight - weight / 2;
    let (start, range) = if number < parts { (number * (outputs / parts), outputs / parts) } else { (0, outputs) };
    (start as u64 + ((u64::from(word) * range as u64) >> 32)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The convolution value by value, without tables.
    fn plain(masks: &[u32], values: &mut [u128]) {
        let count = values.len();
        for (at, mask) in masks.iter().enumerate() {
            let here = at % count;
            let reach = |distance: usize| at.checked_sub(distance).filter(|from| *from < count);
            let mut value = double(values[here] ^ reach(WINDOW + 1).map_or(0, |from| values[from]));
            for distance in 1..=WINDOW {
                let bit = mask >> (at % GROUP + WINDOW - distance) & 1;
                value ^= reach(distance).filter(|_| bit == 1).map_or(0, |from| values[from]);
            }
            values[here] = value;
        }
    }

    #[test]
    fn tables_do_not_change_the_convolution() {
        let code = Code::new(100, 7, &[1; 16]);
        let first: Vec<u128> = (0..100u128).map(|at| at.pow(9) << 40 | 1).collect();
        let second: Vec<u128> = (0..100u128).map(|at| !at.pow(11)).collect();
        let (mut plain_first, mut plain_second) = (first.clone(), second.clone());
        for masks in &code.masks {
            plain(masks, &mut plain_first);
            plain(masks, &mut plain_second);
        }
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            let (mut single, mut a, mut c) = (first.clone(), first.clone(), second.clone());
            code.convolve(level, &mut single);
            code.convolve_both(level, [&mut a, &mut c]);
            assert!(single == plain_first && a == plain_first && c == plain_second);
        }
    }

    #[test]
    fn picks_are_where_they_should_be() {
        let code = Code::new(4000, 7, &[2; 16]);
        for picks in code.picks.chunks_exact(7) {
            assert!(picks[..4].iter().enumerate().all(|(part, pick)| *pick as usize / 1000 == part));
            assert!(picks.iter().all(|pick| *pick < 4000));
        }
    }
}
