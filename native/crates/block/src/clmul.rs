//! GF(2^128) by the carry-less multiplication of the processor. Called only where PCLMULQDQ is present.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use crate::Block;

/// Σ a_i b_i, reduced once at the end.
pub fn inner_product(a: &[Block], b: &[Block]) -> u128 {
    // SAFETY: the caller has found PCLMULQDQ.
    unsafe { inner_product_here(a, b) }
}

/// out_i += factor · x_i.
pub fn add_scaled(factor: &Block, x: &[Block], out: &mut [Block]) {
    // SAFETY: the caller has found PCLMULQDQ.
    unsafe { add_scaled_here(factor, x, out) }
}

/// out_i += Σ_l dense_l · x_i^(l+1).
pub fn add_dense(dense: &[Block], x: &[Block], out: &mut [Block]) {
    // SAFETY: the caller has found PCLMULQDQ.
    unsafe { add_dense_here(dense, x, out) }
}

#[target_feature(enable = "pclmulqdq,avx2")]
fn inner_product_here(a: &[Block], b: &[Block]) -> u128 {
    let mut sum = (_mm_setzero_si128(), _mm_setzero_si128());
    for (x, y) in a.iter().zip(b) {
        let (low, high) = wide(load(x), load(y));
        sum = (_mm_xor_si128(sum.0, low), _mm_xor_si128(sum.1, high));
    }
    u128::from_le_bytes(store(reduce(sum.0, sum.1)))
}

#[target_feature(enable = "pclmulqdq,avx2")]
fn add_scaled_here(factor: &Block, x: &[Block], out: &mut [Block]) {
    let factor = load(factor);
    for (x, out) in x.iter().zip(out) {
        let (low, high) = wide(load(x), factor);
        *out = store(_mm_xor_si128(load(out), reduce(low, high)));
    }
}

#[target_feature(enable = "pclmulqdq,avx2")]
fn add_dense_here(dense: &[Block], x: &[Block], out: &mut [Block]) {
    const LANES: usize = 4;
    let (x, rest) = x.as_chunks::<LANES>();
    let (out, out_rest) = out.as_chunks_mut::<LANES>();
    for (x, out) in x.iter().zip(out) {
        add_dense_lanes(dense, x, out);
    }
    for (x, out) in rest.iter().zip(out_rest) {
        add_dense_lanes(dense, &[*x], std::array::from_mut(out));
    }
}

/// Horner's scheme on several blocks in step.
#[target_feature(enable = "pclmulqdq,avx2")]
fn add_dense_lanes<const N: usize>(dense: &[Block], x: &[Block; N], out: &mut [Block; N]) {
    let mut points = [_mm_setzero_si128(); N];
    let mut sums = [_mm_setzero_si128(); N];
    for (point, x) in points.iter_mut().zip(x) {
        *point = load(x);
    }
    for factor in dense.iter().rev() {
        let factor = load(factor);
        for (sum, point) in sums.iter_mut().zip(&points) {
            let (low, high) = wide(_mm_xor_si128(*sum, factor), *point);
            *sum = reduce(low, high);
        }
    }
    for (out, sum) in out.iter_mut().zip(&sums) {
        *out = store(_mm_xor_si128(load(out), *sum));
    }
}

/// The product of degree up to 254: its low and high halves.
#[inline]
#[target_feature(enable = "pclmulqdq,avx2")]
fn wide(a: __m128i, b: __m128i) -> (__m128i, __m128i) {
    let low = _mm_clmulepi64_si128::<0x00>(a, b);
    let high = _mm_clmulepi64_si128::<0x11>(a, b);
    let middle = _mm_xor_si128(_mm_clmulepi64_si128::<0x01>(a, b), _mm_clmulepi64_si128::<0x10>(a, b));
    (_mm_xor_si128(low, _mm_slli_si128::<8>(middle)), _mm_xor_si128(high, _mm_srli_si128::<8>(middle)))
}

/// high · X^128 + low modulo the field polynomial, folding 64 bits at a time.
#[inline]
#[target_feature(enable = "pclmulqdq,avx2")]
fn reduce(low: __m128i, high: __m128i) -> __m128i {
    let modulus = _mm_set_epi64x(0, 0x87);
    let upper = _mm_clmulepi64_si128::<0x01>(high, modulus);
    let high = _mm_xor_si128(high, _mm_srli_si128::<8>(upper));
    let low = _mm_xor_si128(low, _mm_slli_si128::<8>(upper));
    _mm_xor_si128(low, _mm_clmulepi64_si128::<0x00>(high, modulus))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &Block) -> __m128i {
    let word = u128::from_le_bytes(*block);
    _mm_set_epi64x((word >> 64) as i64, word as i64)
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(value: __m128i) -> Block {
    let mut block = [0; 16];
    // SAFETY: a block has the 16 bytes that are written, and the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), value) };
    block
}
