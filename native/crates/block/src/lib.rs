//! Blocks of 128 bits: arithmetic in GF(2^128), fixed-key AES hashes, keystreams, bit transposition.
//!
//! A block is 16 bytes, little-endian: bit i is the coefficient of X^i modulo X^128 + X^7 + X^2 + X + 1.
#![deny(unsafe_code)]

mod bits;
#[cfg(target_arch = "x86_64")]
mod cipher;
#[cfg(target_arch = "x86_64")]
mod clmul;
mod field;
mod hash;
mod stream;

pub use bits::transpose;
pub use field::{add_dense, add_scaled, double, inner_product, inverse, multiply, powers};
pub use hash::Hash;
pub use stream::Stream;

/// 128 bits.
pub type Block = [u8; 16];

/// The block as an integer, for arithmetic.
#[inline(always)]
pub fn word(block: &Block) -> u128 {
    u128::from_le_bytes(*block)
}

/// `a` ⊕ `b`.
#[inline(always)]
pub fn xor(a: &Block, b: &Block) -> Block {
    (word(a) ^ word(b)).to_le_bytes()
}
