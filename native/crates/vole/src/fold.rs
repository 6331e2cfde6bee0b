//! Σ χ_j x_j in GF(2^128) with random weights χ_j, for the check of a malicious sender.
#![allow(unsafe_code)]

use rayon::prelude::*;
use tacit_block::{Block, Stream, inner_product, multiply, word};
use tacit_cpu::Level;

/// Rows to a task. All tasks have the same weights, times a factor of their own: sums of different rows are equal with
/// probability 2^-127, and the weights stay in the cache.
const TASK: usize = 1 << 11;
/// Where the numbers of factors begin.
const FACTORS: u128 = 1 << 64;

/// Weights from a seed.
pub struct Fold {
    level: Level,
    stream: Stream,
    weights: Vec<Block>,
}

impl Fold {
    /// The weights of `seed`.
    pub fn new(level: Level, seed: &Block) -> Fold {
        let stream = Stream::new(seed);
        let weights = stream.blocks(0, TASK);
        Fold { level, stream, weights }
    }

    /// The sums of vectors of equal length under the same weights; those of another `number` are independent.
    pub fn sum<const N: usize>(&self, number: u128, rows: [&[Block]; N]) -> [u128; N] {
        let factors = self.stream.blocks(FACTORS + (number << 32), rows[0].len().div_ceil(TASK));
        let task = |(number, factor): (usize, &Block)| {
            let rows = rows.map(|rows| &rows[number * TASK..rows.len().min((number + 1) * TASK)]);
            rows.map(|rows| multiply(word(factor), self.task(rows)))
        };
        let sums = factors.par_iter().enumerate().map(task);
        sums.reduce(|| [0; N], |a, b| std::array::from_fn(|at| a[at] ^ b[at]))
    }

    /// The sum of a task's rows, without its factor.
    fn task(&self, rows: &[Block]) -> u128 {
        #[cfg(target_arch = "x86_64")]
        if self.level >= Level::Avx2 && is_x86_feature_detected!("pclmulqdq") {
            // SAFETY: PCLMULQDQ has been found.
            let [low, middle, high] = unsafe { products(&self.weights, rows) };
            return low ^ multiply(middle, 1 << 64) ^ multiply(high, 0x87);
        }
        inner_product(self.level, &self.weights[..rows.len()], rows)
    }
}

/// The sum of products, not reduced: what counts once, X^64 times and X^128 times.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "pclmulqdq,avx2")]
fn products(weights: &[Block], rows: &[Block]) -> [u128; 3] {
    use std::arch::x86_64::*;
    // SAFETY: a block has the 16 bytes that are read, and the load needs no alignment.
    let load = |block: &Block| unsafe { _mm_loadu_si128(block.as_ptr().cast()) };
    let mut sums = [_mm_setzero_si128(); 3];
    for (weight, row) in weights.iter().zip(rows) {
        let (weight, row) = (load(weight), load(row));
        sums[0] = _mm_xor_si128(sums[0], _mm_clmulepi64_si128::<0x00>(row, weight));
        let middle =
            _mm_xor_si128(_mm_clmulepi64_si128::<0x01>(row, weight), _mm_clmulepi64_si128::<0x10>(row, weight));
        sums[1] = _mm_xor_si128(sums[1], middle);
        sums[2] = _mm_xor_si128(sums[2], _mm_clmulepi64_si128::<0x11>(row, weight));
    }
    sums.map(|sum| {
        let mut out = [0; 16];
        // SAFETY: a block has the 16 bytes that are written, and the store needs no alignment.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sum) };
        u128::from_le_bytes(out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_what_they_should_be_on_every_level() {
        for count in [0, 1, 2, TASK, 2 * TASK + 3] {
            let stream = Stream::new(&[1; 16]);
            let rows = Stream::new(&[2; 16]).blocks(0, count);
            let (weights, factors) = (stream.blocks(0, TASK), stream.blocks(FACTORS + (3 << 32), 3));
            let term =
                |at: usize| multiply(multiply(word(&factors[at / TASK]), word(&weights[at % TASK])), word(&rows[at]));
            let expected = (0..count).fold(0, |sum, at| sum ^ term(at));
            for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
                assert_eq!(Fold::new(level, &[1; 16]).sum(3, [&rows, &rows]), [expected; 2]);
            }
        }
    }
}
