//! Sends a slice of points to the vector code of a level, or to the portable code.

use sha2::{Digest, Sha512};
use tacit_cpu::Level;

use crate::expand::Tag;
use crate::factor::{Factor, Factors};
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
    let factors = || Factors::Shared(&factor);
    let (mut fast, mut slow) = ([[0; 32]; COUNT], [[0; 32]; COUNT]);

    portable::map_mul(&uniform, &factors(), &mut slow);
    let mapped = vector::run(kind, Task::MapMul { uniform: &uniform, factors: factors(), out: &mut fast }).is_ok()
        && fast == slow;

    let points = slow;
    let multiplied = portable::mul(&points, &factors(), &mut slow).is_ok()
        && vector::run(kind, Task::Mul { points: &points, factors: factors(), out: &mut fast }).is_ok()
        && fast == slow;

    let scalars: [[u8; 32]; COUNT] =
        std::array::from_fn(|i| std::array::from_fn(|j| if j < 31 { (i * j + 1) as u8 } else { 3 }));
    let Ok(many) = Factor::each(&scalars) else { return false };
    let each = || Factors::Each(&many);
    let divided = portable::mul(&points, &each(), &mut slow).is_ok()
        && vector::run(kind, Task::Mul { points: &points, factors: each(), out: &mut fast }).is_ok()
        && fast == slow;
    portable::map_mul(&uniform, &each(), &mut slow);
    let blinded =
        vector::run(kind, Task::MapMul { uniform: &uniform, factors: each(), out: &mut fast }).is_ok() && fast == slow;
    portable::map(&uniform, &mut slow);
    let drawn = vector::run(kind, Task::Map { uniform: &uniform, out: &mut fast }).is_ok() && fast == slow;

    let mut clamped = scalar;
    clamped[0] &= 248;
    clamped[31] |= 64;
    let climbed = portable::ladder(&points, &clamped, &mut slow).is_ok()
        && vector::run(kind, Task::Ladder { points: &points, scalar: &clamped, out: &mut fast }).is_ok()
        && fast == slow;
    mapped && multiplied && divided && blinded && drawn && climbed && hashes_agree()
}

/// The vector code's hashes against the portable ones.
#[cfg(target_arch = "x86_64")]
fn hashes_agree() -> bool {
    let Ok(tag) = Tag::new(b"tacit self-test") else { return false };
    let messages: [u8; 11 * 20] = std::array::from_fn(|i| (i * 151 + 3) as u8);
    let mut rows = [[0; 64]; 11];
    vector::expand(&messages, 20, &tag.prime, &mut rows);
    let expanded = messages.chunks(20).zip(&rows).all(|(message, row)| tag.expand(message) == *row);
    // Messages of one block and of two.
    expanded
        && [20usize, 111, 112, 200].iter().all(|length| {
            let message = |row: usize| &messages[row..row + length];
            vector::hash(*length, &|row, out| out.copy_from_slice(message(row)), &mut rows);
            (0..11).all(|row| rows[row][..] == Sha512::digest(message(row))[..])
        })
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

/// 64 uniform bytes for every row of `messages` (rows of `width` bytes).
pub(crate) fn expand(level: Level, messages: &[u8], width: usize, tag: &Tag, out: &mut [[u8; 64]]) {
    #[cfg(target_arch = "x86_64")]
    if vectors(level).is_some() {
        return vector::expand(messages, width, &tag.prime, out);
    }
    let _ = level;
    for (index, out) in out.iter_mut().enumerate() {
        *out = tag.expand(&messages[index * width..][..width]);
    }
}

/// SHA-512 of messages of `length` bytes, which `write` puts into zeros.
pub(crate) fn hash(level: Level, length: usize, write: &dyn Fn(usize, &mut [u8]), out: &mut [[u8; 64]]) {
    #[cfg(target_arch = "x86_64")]
    if vectors(level).is_some() {
        return vector::hash(length, write, out);
    }
    let _ = level;
    for (index, out) in out.iter_mut().enumerate() {
        let mut message = vec![0; length];
        write(index, &mut message);
        *out = Sha512::digest(&message).into();
    }
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

/// The same, times the factors.
pub(crate) fn map_mul(
    level: Level,
    uniform: &[[u8; 64]],
    factors: Factors<'_>,
    out: &mut [Encoding],
) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::MapMul { uniform, factors, out });
    }
    let _ = level;
    portable::map_mul(uniform, &factors, out);
    Ok(())
}

/// Points times the factors.
pub(crate) fn mul(level: Level, points: &[Encoding], factors: Factors<'_>, out: &mut [Encoding]) -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kind) = vectors(level) {
        return vector::run(kind, Task::Mul { points, factors, out });
    }
    let _ = level;
    portable::mul(points, &factors, out)
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
