//! GF(2^128) with X^128 + X^7 + X^2 + X + 1. Time depends on lengths only, never on values.

use tacit_cpu::Level;

use crate::{Block, word};

/// X^7 + X^2 + X + 1: what X^128 is congruent to.
const MODULUS: u128 = 0x87;

/// `a` times X.
#[inline(always)]
pub fn double(a: u128) -> u128 {
    (a << 1) ^ ((a >> 127).wrapping_neg() & MODULUS)
}

/// `a` times `b`, portable.
pub fn multiply(a: u128, b: u128) -> u128 {
    let (mut product, mut a) = (0, a);
    for bit in 0..128 {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = double(a);
    }
    product
}

/// 1 / `a`, and 0 for 0: a^(2^128 - 2).
pub fn inverse(a: u128) -> u128 {
    let (mut out, mut square) = (1, a);
    for _ in 0..127 {
        square = multiply(square, square);
        out = multiply(out, square);
    }
    out
}

/// Σ a_i b_i.
pub fn inner_product(level: Level, a: &[Block], b: &[Block]) -> u128 {
    assert_eq!(a.len(), b.len());
    match carryless(level) {
        #[cfg(target_arch = "x86_64")]
        true => crate::clmul::inner_product(level, a, b),
        _ => a.iter().zip(b).fold(0, |sum, (x, y)| sum ^ multiply(word(x), word(y))),
    }
}

/// out_i += factor · x_i.
pub fn add_scaled(level: Level, factor: &Block, x: &[Block], out: &mut [Block]) {
    assert_eq!(x.len(), out.len());
    match carryless(level) {
        #[cfg(target_arch = "x86_64")]
        true => crate::clmul::add_scaled(level, factor, x, out),
        _ => x.iter().zip(out).for_each(|(x, out)| {
            *out = (word(out) ^ multiply(word(factor), word(x))).to_le_bytes();
        }),
    }
}

/// out_i += Σ_l dense_l · x_i^(l+1): the dense columns of a key-value store.
pub fn add_dense(level: Level, dense: &[Block], x: &[Block], out: &mut [Block]) {
    assert_eq!(x.len(), out.len());
    match carryless(level) {
        #[cfg(target_arch = "x86_64")]
        true => crate::clmul::add_dense(level, dense, x, out),
        _ => x.iter().zip(out).for_each(|(x, out)| {
            let sum = dense.iter().rev().fold(0, |sum, factor| multiply(sum ^ word(factor), word(x)));
            *out = (word(out) ^ sum).to_le_bytes();
        }),
    }
}

/// x, x^2, …, x^count.
pub fn powers(x: u128, count: usize) -> Vec<u128> {
    std::iter::successors(Some(x), |power| Some(multiply(*power, x))).take(count).collect()
}

/// Whether the carry-less multiplication of the processor is used.
fn carryless(level: Level) -> bool {
    #[cfg(target_arch = "x86_64")]
    return level >= Level::Avx2 && is_x86_feature_detected!("pclmulqdq");
    #[cfg(not(target_arch = "x86_64"))]
    return level > Level::Ifma;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;

    fn blocks(key: u8, count: usize) -> Vec<Block> {
        let mut out: Vec<Block> = (0..count as u128).map(u128::to_le_bytes).collect();
        Hash::new(&[key; 16]).permute(&mut out);
        out
    }

    #[test]
    fn the_field_is_a_field() {
        let all = blocks(1, 30);
        for three in all.as_chunks::<3>().0 {
            let [a, b, c] = three.map(|block| word(&block));
            assert_eq!(multiply(a, b), multiply(b, a));
            assert_eq!(multiply(a, multiply(b, c)), multiply(multiply(a, b), c));
            assert_eq!(multiply(a, b ^ c), multiply(a, b) ^ multiply(a, c));
            assert_eq!(multiply(a, inverse(a)), 1);
            assert_eq!(multiply(a, 2), double(a));
        }
        assert_eq!(inverse(0), 0);
        assert_eq!(multiply(1 << 127, 2), MODULUS);
    }

    #[test]
    fn every_level_agrees() {
        for count in [0, 1, 2, 3, 7, 8, 9, 33] {
            let (x, y, dense) = (blocks(2, count), blocks(3, count), blocks(4, 3));
            let mut found = Vec::new();
            for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
                let (mut scaled, mut densely) = (y.clone(), y.clone());
                add_scaled(level, &dense[0], &x, &mut scaled);
                add_dense(level, &dense, &x, &mut densely);
                found.push((inner_product(level, &x, &y), scaled, densely));
            }
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
        }
    }
}
