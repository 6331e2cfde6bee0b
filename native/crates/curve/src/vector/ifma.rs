//! Multiplication with IFMA.

use std::arch::x86_64::*;

use super::field::{Fe, carry, fold};
use super::madd::{self, Madd};
use super::{Multiply, splat};

/// The integer multiplication.
#[derive(Clone, Copy)]
pub(super) struct Ifma;

impl Multiply for Ifma {
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

/// A vector whose processor has IFMA.
#[derive(Clone, Copy)]
struct Word(__m512i);

impl Madd for Word {
    #[inline(always)]
    fn zero() -> Self {
        // SAFETY: words live only in the functions below, which have the instructions.
        Word(unsafe { _mm512_setzero_si512() })
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: as above.
        Word(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn plus_low(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        Word(unsafe { _mm512_madd52lo_epu64(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn plus_high(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        Word(unsafe { _mm512_madd52hi_epu64(self.0, a.0, b.0) })
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn mul(a: &Fe, b: &Fe) -> Fe {
    debug_assert!(a.is_reduced() && b.is_reduced());
    fold(&madd::product(&a.0.map(Word), &b.0.map(Word)).map(|word| word.0))
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn square(a: &Fe) -> Fe {
    debug_assert!(a.is_reduced());
    fold(&madd::square(&a.0.map(Word)).map(|word| word.0))
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn mul_small(a: &Fe, factor: u64) -> Fe {
    debug_assert!(a.is_reduced() && factor < 1 << 17);
    let columns = madd::product_small(&a.0.map(Word), Word(splat(factor)));
    let [c0, c1, c2, c3, c4, c5] = columns.map(|word| word.0);
    carry([_mm512_add_epi64(c0, _mm512_mul_epu32(c5, splat(19))), c1, c2, c3, c4])
}
