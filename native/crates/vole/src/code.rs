//! The expand-convolute code, transposed: 2m noise values in, m outputs out. Public; linear over GF(2^128).
//!
//! The upper half passes twice through a recursive convolution over the 25 values before each: 24 random bits, and the
//! 25th together with the value itself times X, which makes the code one over the large field and not a binary one.
//! Both convolutions wrap around. Then each output is a value of the lower half plus `weight` convolved values.

use rayon::prelude::*;
use tacit_block::{Block, Stream, double};
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
    /// The same for vector instructions: 16 times four bits each, one byte for every group before, then the own group's.
    offsets: [Vec<Offsets>; 2],
    /// `weight` convolved values for every output.
    picks: Vec<u16>,
}

impl Code {
    /// The code with `outputs` outputs (a multiple of 4, from 64 to 2^16) under a public seed.
    pub fn new(outputs: usize, weight: usize, seed: &Block) -> Code {
        assert!(outputs.is_multiple_of(GROUP) && (64..=1 << 16).contains(&outputs));
        let stream = Stream::new(seed);
        let masks = |pass: u128| -> Vec<u32> {
            let words = words(&stream, pass << 64, outputs + WINDOW + 1);
            words.iter().enumerate().map(|(at, word)| (word & 0xff_ffff) << (at % GROUP)).collect()
        };
        let picks = || -> Vec<u16> {
            let words = words(&stream, 2 << 64, outputs * weight);
            let picks = words.par_chunks_exact(weight).flat_map_iter(|words| {
                words.iter().enumerate().map(|(number, word)| pick(*word, number, weight, outputs))
            });
            picks.collect()
        };
        let (masks, picks) = rayon::join(|| [0, 1].map(masks), picks);
        let offsets = masks.each_ref().map(|masks| masks.iter().map(|mask| offsets_of(*mask)).collect());
        Code { outputs, weight, masks, offsets, picks }
    }

    /// Outputs, and half the inputs.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Convolves the upper half of a noise vector.
    pub fn convolve<L: Lane>(&self, level: Level, values: &mut [L]) {
        assert_eq!(values.len(), self.outputs);
        for (masks, offsets) in self.masks.iter().zip(&self.offsets) {
            if !L::convolve(level, offsets, values) {
                through(masks, values);
            }
            wrap(masks, values);
        }
    }

    /// Adds to outputs, from number `first` on, their convolved values; they begin as values of the lower half.
    pub fn expand<L: Lane>(&self, level: Level, values: &[L], first: usize, outputs: &mut [L]) {
        assert_eq!(values.len(), self.outputs);
        let picks = &self.picks[first * self.weight..][..outputs.len() * self.weight];
        match self.weight {
            7 => L::expand(level, picks.as_chunks::<7>().0, values, outputs),
            21 => L::expand(level, picks.as_chunks::<21>().0, values, outputs),
            weight => L::expand(level, &picks.chunks_exact(weight).collect::<Vec<_>>(), values, outputs),
        }
    }
}

/// A mask in bytes.
pub type Offsets = [u8; 8];

fn offsets_of(mask: u32) -> Offsets {
    std::array::from_fn(|table| if table < TABLES { ((mask >> (GROUP * table) & 15) << 4) as u8 } else { 0 })
}

/// A value, or two that are convolved in step.
pub trait Lane: Copy + Default {
    /// The sum.
    fn add(self, other: Self) -> Self;
    /// X times this.
    fn double(self) -> Self;
    /// One convolution without the wrap, by vector instructions; false if there are none.
    fn convolve(level: Level, masks: &[Offsets], values: &mut [Self]) -> bool;
    /// Adds to every output the values that its picks name.
    fn expand<P: AsRef<[u16]>>(level: Level, picks: &[P], values: &[Self], outputs: &mut [Self]);
}

impl Lane for u128 {
    #[inline(always)]
    fn add(self, other: u128) -> u128 {
        self ^ other
    }

    #[inline(always)]
    fn double(self) -> u128 {
        double(self)
    }

    fn convolve(level: Level, masks: &[Offsets], values: &mut [u128]) -> bool {
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx2 {
            simd::convolve_one(masks, values);
        }
        cfg!(target_arch = "x86_64") && level >= Level::Avx2
    }

    fn expand<P: AsRef<[u16]>>(level: Level, picks: &[P], values: &[u128], outputs: &mut [u128]) {
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx2 {
            return simd::expand_one(picks, values, outputs);
        }
        expand(picks, values, outputs);
        let _ = level;
    }
}

/// Two values side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct Pair(pub [u128; 2]);

impl Lane for Pair {
    #[inline(always)]
    fn add(self, other: Pair) -> Pair {
        Pair([self.0[0] ^ other.0[0], self.0[1] ^ other.0[1]])
    }

    #[inline(always)]
    fn double(self) -> Pair {
        Pair(self.0.map(double))
    }

    fn convolve(level: Level, masks: &[Offsets], values: &mut [Pair]) -> bool {
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx2 {
            simd::convolve_two(masks, values);
        }
        cfg!(target_arch = "x86_64") && level >= Level::Avx2
    }

    fn expand<P: AsRef<[u16]>>(level: Level, picks: &[P], values: &[Pair], outputs: &mut [Pair]) {
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx2 {
            return simd::expand_two(picks, values, outputs);
        }
        expand(picks, values, outputs);
        let _ = level;
    }
}

fn expand<L: Lane, P: AsRef<[u16]>>(picks: &[P], values: &[L], outputs: &mut [L]) {
    for (picks, output) in picks.iter().zip(outputs) {
        *output = picks.as_ref().iter().fold(*output, |sum, pick| sum.add(values[usize::from(*pick)]));
    }
}

/// One convolution, without the wrap.
fn through<L: Lane>(masks: &[u32], values: &mut [L]) {
    // Ring of tables: entry b of a table is the sum of the group's values whose bit is set in b.
    let mut tables = [[L::default(); 1 << GROUP]; 8];
    for group in 0..values.len() / GROUP {
        for place in 0..GROUP {
            let at = GROUP * group + place;
            let before = at.checked_sub(WINDOW + 1).map_or(L::default(), |before| values[before]);
            let mut value = values[at].add(before).double();
            for table in 0..TABLES {
                let bits = masks[at] >> (GROUP * table) & 15;
                value = value.add(tables[(group + 2 + table) % 8][bits as usize]);
            }
            values[at] = value;
            let table = &mut tables[group % 8];
            for bits in 0..1 << place {
                table[bits | 1 << place] = table[bits].add(value);
            }
        }
    }
}

/// The last values of a convolution come round into the first ones.
fn wrap<L: Lane>(masks: &[u32], values: &mut [L]) {
    let count = values.len();
    for at in 0..=WINDOW {
        let mut value = values[at].add(values[count + at - WINDOW - 1]).double();
        let first = count + at - at % GROUP - WINDOW;
        for bit in (0..32).filter(|bit| masks[count + at] >> bit & 1 == 1 && first + bit < count) {
            value = value.add(values[first + bit]);
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
        let pairs: Vec<Pair> = first.iter().zip(&second).map(|(a, b)| Pair([*a, *b])).collect();
        let mut outputs = Vec::new();
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            let (mut single, mut both) = (first.clone(), pairs.clone());
            code.convolve(level, &mut single);
            code.convolve(level, &mut both);
            assert_eq!(single, plain_first);
            assert!(both.iter().zip(&plain_first).zip(&plain_second).all(|((both, a), b)| both.0 == [*a, *b]));
            let (mut one, mut two) = (vec![7u128; 90], vec![Pair([7, 9]); 90]);
            code.expand(level, &single, 10, &mut one);
            code.expand(level, &both, 10, &mut two);
            assert!(one.iter().zip(&two).all(|(one, two)| *one == two.0[0]));
            outputs.push(two);
        }
        assert!(outputs.windows(2).all(|pair| pair[0] == pair[1]));
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
