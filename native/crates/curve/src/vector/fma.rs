//! Multiplication without IFMA.
//!
//! The widest integer multiplication of AVX-512 DQ takes 32-bit factors at full speed, but the floating-point units
//! multiply 53-bit ones exactly: a fused multiply-add with a large addend, rounded towards zero, gives the high part of
//! a product, a second one its low part (Emmart, Zheng, Weems 2018, "Faster Modular Exponentiation Using Double
//! Precision Floating Point Arithmetic on the GPU").

use std::arch::x86_64::*;

use super::field::{Fe, carry, fold};
use super::{Multiply, splat};

/// The floating-point multiplication.
#[derive(Clone, Copy)]
pub(super) struct Fma;

impl Multiply for Fma {
    #[inline(always)]
    fn mul(a: &Fe, b: &Fe) -> Fe {
        // SAFETY: this module is reached through `vector::run` only, which checks the processor.
        unsafe { mul(a, b) }
    }

    #[inline(always)]
    fn square(a: &Fe) -> Fe {
        // SAFETY: as above.
        unsafe { square(a) }
    }

    #[inline(always)]
    fn mul_small(a: &Fe, factor: u64) -> Fe {
        // SAFETY: as above.
        unsafe { mul_small(a, factor) }
    }
}

/// What `_mm512_*_round_pd` takes for "towards zero, no exceptions".
const TOWARDS_ZERO: i32 = _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC;

/// 2^103: the last mantissa bit of 2^103 + a b weighs 2^51, so rounding towards zero keeps ⌊a b / 2^51⌋. Factors are
/// reduced, so a b < 2^103.
const HIGH: u64 = (1023 + 103) << 52;
/// 2^103 + 2^52: what is left of 2^103 + 2^52 + a b below the kept part lies in 2^52 .. 2^52 + 2^51.
const BOTH: u64 = HIGH | 2;
/// 2^52, the exponent bits of a low part.
const LOW: u64 = (1023 + 52) << 52;

/// A column's start value, from which the exponent bits of `low` low and `high` high parts bring it to zero.
const fn start(low: u64, high: u64) -> u64 {
    0u64.wrapping_sub(low.wrapping_mul(LOW)).wrapping_sub(high.wrapping_mul(HIGH))
}

/// Limbs as floating-point numbers.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn floats(limbs: &[__m512i; 5]) -> [__m512d; 5] {
    limbs.map(|limb| _mm512_cvtepu64_pd(limb))
}

/// Adds a b mod 2^51 and ⌊a b / 2^51⌋, with their exponent bits, to columns `place` and `place + 1`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn add_product(columns: &mut [__m512i], place: usize, a: __m512d, b: __m512d) {
    let (base, both) = (_mm512_castsi512_pd(splat(HIGH)), _mm512_castsi512_pd(splat(BOTH)));
    let high = _mm512_fmadd_round_pd::<TOWARDS_ZERO>(a, b, base);
    let low = _mm512_fmadd_pd(a, b, _mm512_sub_pd(both, high));
    columns[place] = _mm512_add_epi64(columns[place], _mm512_castpd_si512(low));
    columns[place + 1] = _mm512_add_epi64(columns[place + 1], _mm512_castpd_si512(high));
}

/// Columns stay below 5 · 2^51 + 5 · 2^51.1 < 2^55.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul(a: &Fe, b: &Fe) -> Fe {
    const STARTS: [u64; 10] = [
        start(1, 0),
        start(2, 1),
        start(3, 2),
        start(4, 3),
        start(5, 4),
        start(4, 5),
        start(3, 4),
        start(2, 3),
        start(1, 2),
        start(0, 1),
    ];
    debug_assert!(a.is_reduced() && b.is_reduced());
    let mut columns = STARTS.map(|word| splat(word));
    let (a, b) = (floats(&a.0), floats(&b.0));
    for i in 0..5 {
        for j in 0..5 {
            add_product(&mut columns, i + j, a[i], b[j]);
        }
    }
    fold(&columns)
}

/// As `mul`; the products of different limbs are added once and doubled.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq")]
fn square(a: &Fe) -> Fe {
    const STARTS: [u64; 10] =
        [0, start(1, 0), start(1, 1), start(2, 1), start(2, 2), start(2, 2), start(1, 2), start(1, 1), start(0, 1), 0];
    const SQUARES: [u64; 2] = [start(1, 0), start(0, 1)];
    debug_assert!(a.is_reduced());
    let mut columns = STARTS.map(|word| splat(word));
    let a = floats(&a.0);
    for i in 0..5 {
        for j in i + 1..5 {
            add_product(&mut columns, i + j, a[i], a[j]);
        }
    }
    for (k, column) in columns.iter_mut().enumerate() {
        *column = _mm512_add_epi64(_mm512_add_epi64(*column, *column), splat(SQUARES[k % 2]));
    }
    for i in 0..5 {
        add_product(&mut columns, 2 * i, a[i], a[i]);
    }
    fold(&columns)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_small(a: &Fe, factor: u64) -> Fe {
    const STARTS: [u64; 6] = [start(1, 0), start(1, 1), start(1, 1), start(1, 1), start(1, 1), start(0, 1)];
    debug_assert!(a.is_reduced() && factor < 1 << 17);
    let mut columns = STARTS.map(|word| splat(word));
    let (a, factor) = (floats(&a.0), _mm512_cvtepu64_pd(splat(factor)));
    for (i, limb) in a.into_iter().enumerate() {
        add_product(&mut columns, i, limb, factor);
    }
    let [c0, c1, c2, c3, c4, c5] = columns;
    carry([_mm512_add_epi64(c0, _mm512_mul_epu32(c5, splat(19))), c1, c2, c3, c4])
}
