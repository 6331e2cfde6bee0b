//! 512-bit vectors: `vpmullq` multiplies eight words at once.
#![allow(unsafe_code)] // Vector instructions; every block says why it is sound.

use std::arch::x86_64::*;

use crate::Lanes;

pub(crate) struct Avx512;

impl Lanes for Avx512 {
    const PANEL: usize = 16;
    const ROWS: usize = 8;

    fn tile(tile: &[u64], rows: usize, panel: &[u64], sums: &mut [u64]) {
        assert!((1..=8).contains(&rows) && tile.len() / 8 == panel.len() / 16);
        // SAFETY: `dispatch!` comes here only where the level is supported.
        unsafe {
            match rows {
                1 => tile_rows::<1>(tile, panel, sums),
                2 => tile_rows::<2>(tile, panel, sums),
                3 => tile_rows::<3>(tile, panel, sums),
                4 => tile_rows::<4>(tile, panel, sums),
                5 => tile_rows::<5>(tile, panel, sums),
                6 => tile_rows::<6>(tile, panel, sums),
                7 => tile_rows::<7>(tile, panel, sums),
                _ => tile_rows::<8>(tile, panel, sums),
            }
        }
    }

    fn matvec(a: &[u64], v: &[u64], out: &mut [u64]) {
        assert_eq!(a.len(), v.len() * out.len());
        // SAFETY: as above.
        unsafe { matvec(a, v, out) }
    }

    fn matvec_t(a: &[u64], v: &[u64], out: &mut [u64]) {
        assert_eq!(a.len(), v.len() * out.len());
        let stride = out.len();
        for (block, out) in out.chunks_mut(64).enumerate() {
            // SAFETY: as above; each row has `stride` words, the block lies inside it.
            unsafe {
                match out.len().div_ceil(8) {
                    1 => matvec_t::<1>(&a[block * 64..], stride, v, out),
                    2 => matvec_t::<2>(&a[block * 64..], stride, v, out),
                    3 => matvec_t::<3>(&a[block * 64..], stride, v, out),
                    4 => matvec_t::<4>(&a[block * 64..], stride, v, out),
                    5 => matvec_t::<5>(&a[block * 64..], stride, v, out),
                    6 => matvec_t::<6>(&a[block * 64..], stride, v, out),
                    7 => matvec_t::<7>(&a[block * 64..], stride, v, out),
                    _ => matvec_t::<8>(&a[block * 64..], stride, v, out),
                }
            }
        }
    }
}

/// The mask of the last `count % 8` (or all 8) lanes.
fn tail(count: usize) -> __mmask8 {
    0xff >> ((8 - count % 8) % 8)
}

#[target_feature(enable = "avx512f,avx512dq")]
fn tile_rows<const ROWS: usize>(tile: &[u64], panel: &[u64], sums: &mut [u64]) {
    let (mut low, mut high) = ([_mm512_setzero_si512(); ROWS], [_mm512_setzero_si512(); ROWS]);
    for (factors, line) in tile.as_chunks::<8>().0.iter().zip(panel.as_chunks::<16>().0) {
        // SAFETY: a line has 16 words.
        let (left, right) =
            unsafe { (_mm512_loadu_epi64(line.as_ptr().cast()), _mm512_loadu_epi64(line.as_ptr().add(8).cast())) };
        for row in 0..ROWS {
            let factor = _mm512_set1_epi64(factors[row] as i64);
            low[row] = _mm512_add_epi64(low[row], _mm512_mullo_epi64(left, factor));
            high[row] = _mm512_add_epi64(high[row], _mm512_mullo_epi64(right, factor));
        }
    }
    for (row, sums) in sums.as_chunks_mut::<16>().0.iter_mut().enumerate().take(ROWS) {
        // SAFETY: a row of sums has 16 words.
        unsafe {
            let place: *mut i64 = sums.as_mut_ptr().cast();
            _mm512_storeu_epi64(place, _mm512_add_epi64(_mm512_loadu_epi64(place), low[row]));
            let place = place.add(8);
            _mm512_storeu_epi64(place, _mm512_add_epi64(_mm512_loadu_epi64(place), high[row]));
        }
    }
}

#[target_feature(enable = "avx512f,avx512dq")]
unsafe fn matvec(a: &[u64], v: &[u64], out: &mut [u64]) {
    let (whole, mask) = ((v.len() - 1) / 8, tail(v.len()));
    for (out, row) in out.iter_mut().zip(a.chunks_exact(v.len())) {
        let (row, v): (*const i64, *const i64) = (row.as_ptr().cast(), v.as_ptr().cast());
        // SAFETY: `whole` full vectors and one masked one cover exactly `v.len()` words of each.
        unsafe {
            let (row_end, v_end) = (row.add(whole * 8), v.add(whole * 8));
            let mut sum =
                _mm512_mullo_epi64(_mm512_maskz_loadu_epi64(mask, row_end), _mm512_maskz_loadu_epi64(mask, v_end));
            for i in 0..whole {
                let product = _mm512_mullo_epi64(_mm512_loadu_epi64(row.add(i * 8)), _mm512_loadu_epi64(v.add(i * 8)));
                sum = _mm512_add_epi64(sum, product);
            }
            *out = _mm512_reduce_add_epi64(sum) as u64;
        }
    }
}

/// `a` starts at the block's first column; `out` has between 8 (VECTORS - 1) + 1 and 8 VECTORS words.
#[target_feature(enable = "avx512f,avx512dq")]
unsafe fn matvec_t<const VECTORS: usize>(a: &[u64], stride: usize, v: &[u64], out: &mut [u64]) {
    let mask = tail(out.len());
    let mut sums = [_mm512_setzero_si512(); VECTORS];
    for (row, factor) in v.iter().enumerate() {
        let factor = _mm512_set1_epi64(*factor as i64);
        // SAFETY: the block's `out.len()` words lie inside every row; the last vector is masked.
        unsafe {
            let line: *const i64 = a.as_ptr().add(row * stride).cast();
            for (i, sum) in sums.iter_mut().enumerate() {
                let mask = if i + 1 == VECTORS { mask } else { 0xff };
                let words = _mm512_maskz_loadu_epi64(mask, line.add(i * 8));
                *sum = _mm512_add_epi64(*sum, _mm512_mullo_epi64(words, factor));
            }
        }
    }
    for (i, sum) in sums.iter().enumerate() {
        let mask = if i + 1 == VECTORS { mask } else { 0xff };
        // SAFETY: as above.
        unsafe {
            let place: *mut i64 = out.as_mut_ptr().add(i * 8).cast();
            _mm512_mask_storeu_epi64(place, mask, _mm512_add_epi64(_mm512_maskz_loadu_epi64(mask, place), *sum));
        }
    }
}
