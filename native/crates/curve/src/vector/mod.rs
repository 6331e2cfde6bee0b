//! Eight points at a time on AVX-512: one 64-bit lane per point, five vectors per field element.
//!
//! Everything here runs on AVX-512 F and DQ. Only the multiplication of field elements, where the time goes, comes in
//! two kinds: with IFMA, and without.
#![allow(unsafe_code)] // Vector instructions; every block says why it is sound.
#![allow(clippy::needless_range_loop)] // Limbs of several arrays are indexed alike.

mod batch;
mod edwards;
mod field;
mod fma;
mod ifma;
mod madd;
mod sha512;

use std::arch::x86_64::*;

use crate::Error;

pub(crate) use batch::Task;
use field::Fe;

/// Lanes of a vector.
const LANES: usize = 8;

/// Multiplication of reduced field elements (every limb below 2^51 + 2^13), to reduced ones.
trait Multiply: Copy {
    fn mul(a: &Fe, b: &Fe) -> Fe;
    fn square(a: &Fe) -> Fe;
    /// Times a number below 2^17.
    fn mul_small(a: &Fe, factor: u64) -> Fe;
}

/// Which multiplication to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Floating-point fused multiply-add.
    Fma,
    /// 52-bit integer multiply-add.
    Ifma,
    /// As `Ifma`, with its two instructions done in plain integers.
    #[cfg(test)]
    Emulated,
}

/// Runs a task.
///
/// # Panics
/// When the processor lacks the instructions.
pub(crate) fn run(kind: Kind, task: Task<'_>) -> Result<(), Error> {
    assert!(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"));
    assert!(kind != Kind::Ifma || is_x86_feature_detected!("avx512ifma"));
    // SAFETY: the processor has what the chosen kind needs.
    unsafe {
        match kind {
            Kind::Fma => batch::run::<fma::Fma>(task),
            Kind::Ifma => batch::run::<ifma::Ifma>(task),
            #[cfg(test)]
            Kind::Emulated => batch::run::<madd::Emulated>(task),
        }
    }
}

/// `expand::Tag::expand` of rows of `width` bytes.
///
/// # Panics
/// When the processor lacks the instructions.
pub(crate) fn expand(messages: &[u8], width: usize, prime: &[u8], out: &mut [[u8; 64]]) {
    assert!(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"));
    // SAFETY: the processor has what is needed.
    unsafe { sha512::expand(messages, width, prime, out) }
}

/// SHA-512 of messages of `length` bytes, which `write` puts into zeros.
///
/// # Panics
/// When the processor lacks the instructions.
pub(crate) fn hash(length: usize, write: &dyn Fn(usize, &mut [u8]), out: &mut [[u8; 64]]) {
    assert!(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"));
    // SAFETY: the processor has what is needed.
    unsafe { sha512::hash(length, write, out) }
}

/// The same word in every lane.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn splat(word: u64) -> __m512i {
    _mm512_set1_epi64(word as i64)
}

/// One word per lane.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn load(words: &[u64; LANES]) -> __m512i {
    // SAFETY: eight words are 64 bytes.
    unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) }
}

/// The words of the lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn store(lanes: __m512i) -> [u64; LANES] {
    let mut out = [0; LANES];
    // SAFETY: eight words are 64 bytes.
    unsafe { _mm512_storeu_epi64(out.as_mut_ptr().cast(), lanes) };
    out
}
