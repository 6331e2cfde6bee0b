//! 256-bit vectors: a 64-bit product from three 32-bit ones, x y = x₀y₀ + 2³² (x₀y₁ + x₁y₀).
#![allow(unsafe_code)] // Vector instructions; every block says why it is sound.

use std::arch::x86_64::*;

use crate::Lanes;

pub(crate) struct Avx2;

impl Lanes for Avx2 {
    const PANEL: usize = 8;
    const ROWS: usize = 2;

    fn tile(tile: &[u64], rows: usize, panel: &[u64], sums: &mut [u64]) {
        assert!((1..=2).contains(&rows) && tile.len() / 2 == panel.len() / 8);
        // SAFETY: `dispatch!` comes here only where the level is supported.
        unsafe {
            match rows {
                1 => tile_rows::<1>(tile, panel, sums),
                _ => tile_rows::<2>(tile, panel, sums),
            }
        }
    }

    fn matvec(a: &[u64], v: &[u64], out: &mut [u64]) {
        assert_eq!(a.len(), v.len() * out.len());
        // SAFETY: the level is supported.
        unsafe { matvec(a, v, out) }
    }

    fn matvec_t(a: &[u64], v: &[u64], out: &mut [u64]) {
        assert_eq!(a.len(), v.len() * out.len());
        // SAFETY: the level is supported.
        unsafe { matvec_t(a, v, out) }
    }
}

/// The low 64 bits of four products.
#[inline]
#[target_feature(enable = "avx2")]
fn multiply(x: __m256i, y: __m256i) -> __m256i {
    let cross = _mm256_add_epi64(
        _mm256_mul_epu32(_mm256_srli_epi64::<32>(x), y),
        _mm256_mul_epu32(x, _mm256_srli_epi64::<32>(y)),
    );
    _mm256_add_epi64(_mm256_mul_epu32(x, y), _mm256_slli_epi64::<32>(cross))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u64; 4]) -> __m256i {
    // SAFETY: four words are 32 bytes.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u64; 4], value: __m256i) {
    // SAFETY: four words are 32 bytes.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), value) }
}

#[target_feature(enable = "avx2")]
fn tile_rows<const ROWS: usize>(tile: &[u64], panel: &[u64], sums: &mut [u64]) {
    let zero = _mm256_setzero_si256();
    let (mut straight, mut cross) = ([[zero; 2]; ROWS], [[zero; 2]; ROWS]);
    for (factors, line) in tile.as_chunks::<2>().0.iter().zip(panel.as_chunks::<8>().0) {
        for (half, words) in line.as_chunks::<4>().0.iter().enumerate() {
            let low = load(words);
            let high = _mm256_srli_epi64::<32>(low);
            for row in 0..ROWS {
                let factor = _mm256_set1_epi64x(factors[row] as i64);
                let factor_high = _mm256_srli_epi64::<32>(factor);
                straight[row][half] = _mm256_add_epi64(straight[row][half], _mm256_mul_epu32(low, factor));
                let mixed = _mm256_add_epi64(_mm256_mul_epu32(high, factor), _mm256_mul_epu32(low, factor_high));
                cross[row][half] = _mm256_add_epi64(cross[row][half], mixed);
            }
        }
    }
    for (row, sums) in sums.as_chunks_mut::<8>().0.iter_mut().enumerate().take(ROWS) {
        for (half, place) in sums.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let sum = _mm256_add_epi64(straight[row][half], _mm256_slli_epi64::<32>(cross[row][half]));
            store(place, _mm256_add_epi64(load(place), sum));
        }
    }
}

#[target_feature(enable = "avx2")]
unsafe fn matvec(a: &[u64], v: &[u64], out: &mut [u64]) {
    let (v_whole, v_rest) = v.as_chunks::<4>();
    for (out, row) in out.iter_mut().zip(a.chunks_exact(v.len())) {
        let (row_whole, row_rest) = row.as_chunks::<4>();
        let mut sum = _mm256_setzero_si256();
        for (x, y) in row_whole.iter().zip(v_whole) {
            sum = _mm256_add_epi64(sum, multiply(load(x), load(y)));
        }
        let mut lanes = [0u64; 4];
        store(&mut lanes, sum);
        let rest = row_rest.iter().zip(v_rest).map(|(x, y)| x.wrapping_mul(*y));
        *out = lanes.into_iter().chain(rest).fold(0, u64::wrapping_add);
    }
}

#[target_feature(enable = "avx2")]
unsafe fn matvec_t(a: &[u64], v: &[u64], out: &mut [u64]) {
    for (factor, row) in v.iter().zip(a.chunks_exact(out.len())) {
        let (row_whole, row_rest) = row.as_chunks::<4>();
        let (out_whole, out_rest) = out.as_chunks_mut::<4>();
        let lanes = _mm256_set1_epi64x(*factor as i64);
        for (out, words) in out_whole.iter_mut().zip(row_whole) {
            store(out, _mm256_add_epi64(load(out), multiply(load(words), lanes)));
        }
        for (out, word) in out_rest.iter_mut().zip(row_rest) {
            *out = out.wrapping_add(factor.wrapping_mul(*word));
        }
    }
}
