//! Sends a slice of points to the vector code of a level, or to the portable code.

use tacit_cpu::Level;

use crate::factor::Factor;
use crate::{Encoding, Error, portable};

#[cfg(target_arch = "x86_64")]
use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use crate::vector::{self, Kind, Task};

/// The vector code for a level, if it has one that passed its self-test on this processor.
#[cfg(target_arch = "x86_64")]
fn vectors(level: Level) -> Option<Kind> {
    static IFMA: OnceLock<bool> = OnceLock::new();
    static FMA: OnceLock<bool> = OnceLock::new();
    let (kind, sound) = match level {
        Level::Ifma => (Kind::Ifma, &IFMA),
        Level::Avx512 => (Kind::Fma, &FMA),
        _ => return None,
    };
    sound.get_or_init(|| agrees_with_portable(kind)).then_some(kind)
}

/// Every task of the vector code against curve25519-dalek, on 24 points: parties on different processors must get the
/// same points, and a wrong one would not be noticed, only make items look different.
#[cfg(target_arch = "x86_64")]
pub(crate) fn agrees_with_portable(kind: Kind) -> bool {
    const COUNT: usize = 24;
    let uniform: Vec<[u8; 64]> = (0..COUNT).map(|i| std::array::from_fn(|j| (i * 97 + j * 31 + i * j) as u8)).collect();
    let scalar: [u8; 32] = std::array::from_fn(|i| if i < 31 { (i * 57 + 11) as u8 } else { 7 });
    let Ok(factor) = Factor::new(&scalar) else { return false };
    let half = &factor.digits;
    let (mut fast, mut slow) = ([[0; 32]; COUNT], [[0; 32]; COUNT]);

    portable::map_mul(&uniform, &factor.half, &mut slow);
    let mapped = vector::run(kind, Task::MapMul { uniform: &uniform, half, out: &mut fast }).is_ok() && fast == slow;

    let points = slow;
    let multiplied = portable::mul(&points, &factor.half, &mut slow).is_ok()
        && vector::run(kind, Task::Mul { points: &points, half, out: &mut fast }).is_ok()
        && fast == slow;

    let mut clamped = scalar;
    clamped[0] &= 248;
    clamped[31] |= 64;
    let climbed = portable::ladder(&points, &clamped, &mut slow).is_ok()
        && vector::run(kind, Task::Ladder { points: &points, scalar: &clamped, out: &mut fast }).is_ok()
        && fast == slow;
    mapped && multiplied && climbed
}

/// The name of the group code that runs at `level` on this processor.
pub fn backend(level: Level) -> &'static str {
    #[cfg(target_arch = "x86_64")]
    match (level, vectors(level)) {
        (_, Some(Kind::Ifma)) => return "avx512-ifma",
        (_, Some(Kind::Fma)) => return "avx512-fma",
        (Level::Ifma | Level::Avx512, None) => return "dalek (the vector code failed its self-test)",
        _ => {}
    }
    let _ = level;
    "dalek"
}

/// Encodings of points from 64 uniform bytes each.
pub(crate) fn map(level: Level, uniform: &[[u8; 64]], out: &mut [Encoding]) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::Map { uniform, out });
    }
    let _ = level;
    portable::map(uniform, out);
    Ok(())
}

/// The same, times the factor.
pub(crate) fn map_mul(level: Level, uniform: &[[u8; 64]], factor: &Factor, out: &mut [Encoding]) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::MapMul { uniform, half: &factor.digits, out });
    }
    let _ = level;
    portable::map_mul(uniform, &factor.half, out);
    Ok(())
}

/// Points times the factor.
pub(crate) fn mul(level: Level, points: &[Encoding], factor: &Factor, out: &mut [Encoding]) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::Mul { points, half: &factor.digits, out });
    }
    let _ = level;
    portable::mul(points, &factor.half, out)
}

/// X25519 with a clamped scalar.
pub(crate) fn ladder(level: Level, points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::Ladder { points, scalar, out });
    }
    let _ = level;
    portable::ladder(points, scalar, out)
}
