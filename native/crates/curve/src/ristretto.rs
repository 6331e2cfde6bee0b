//! ristretto255 over many points.

use curve25519_dalek::scalar::Scalar;
use rayon::prelude::*;
use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::expand::Tag;
use crate::factor::{Factor, Factors};
use crate::{Encoding, Error, TASK, dispatch, each_task};

/// A scalar from the operating system's randomness: nonzero, canonical.
pub fn ristretto_random_scalar() -> Result<Zeroizing<[u8; 32]>, getrandom::Error> {
    loop {
        let mut wide = Zeroizing::new([0u8; 64]);
        getrandom::fill(wide.as_mut())?;
        let scalar = Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide));
        if *scalar != Scalar::ZERO {
            return Ok(Zeroizing::new(scalar.to_bytes()));
        }
    }
}

/// Scalars as [`ristretto_random_scalar`] draws them.
pub fn ristretto_random_scalars(count: usize) -> Result<Zeroizing<Vec<[u8; 32]>>, getrandom::Error> {
    let mut scalars = Zeroizing::new(vec![[0; 32]; count]);
    for scalar in scalars.iter_mut() {
        *scalar = *ristretto_random_scalar()?;
    }
    Ok(scalars)
}

/// hash_to_ristretto255 (RFC 9380, appendix B) of every row of `messages` (rows of `width` bytes).
///
/// # Panics
/// When `messages` has not one row per output.
pub fn ristretto_hash(
    level: Level,
    messages: &[u8],
    width: usize,
    dst: &[u8],
    out: &mut [Encoding],
) -> Result<(), Error> {
    each_uniform(level, (messages, width), dst, out, |_, uniform, out| dispatch::map(level, uniform, out))
}

/// As [`ristretto_hash`], then times `scalar`.
///
/// # Panics
/// When `messages` has not one row per output.
pub fn ristretto_hash_mul(
    level: Level,
    messages: &[u8],
    width: usize,
    dst: &[u8],
    scalar: &[u8; 32],
    out: &mut [Encoding],
) -> Result<(), Error> {
    let factor = Factor::new(scalar)?;
    each_uniform(level, (messages, width), dst, out, |_, uniform, out| {
        dispatch::map_mul(level, uniform, Factors::Shared(&factor), out)
    })
}

/// As [`ristretto_hash`], then every point times its own scalar: the blinding of an oblivious function.
///
/// # Panics
/// When there is not one row of `messages` and one scalar per output.
pub fn ristretto_hash_mul_each(
    level: Level,
    messages: &[u8],
    width: usize,
    dst: &[u8],
    scalars: &[[u8; 32]],
    out: &mut [Encoding],
) -> Result<(), Error> {
    assert_eq!(scalars.len(), out.len());
    let factors = Factor::each(scalars)?;
    each_uniform(level, (messages, width), dst, out, |first, uniform, out| {
        dispatch::map_mul(level, uniform, Factors::Each(&factors[first..][..out.len()]), out)
    })
}

/// Every point times `scalar`. Refuses what RFC 9496 does not decode, and the identity.
///
/// # Panics
/// When there is not one point per output.
pub fn ristretto_mul(level: Level, points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    let factor = Factor::new(scalar)?;
    each_task(points, out, |_, points, out| dispatch::mul(level, points, Factors::Shared(&factor), out))
}

/// Every point divided by its own scalar: what takes the blinding off. Refuses points as [`ristretto_mul`] does.
///
/// # Panics
/// When there is not one point and one scalar per output.
pub fn ristretto_div_each(
    level: Level,
    points: &[Encoding],
    scalars: &[[u8; 32]],
    out: &mut [Encoding],
) -> Result<(), Error> {
    assert_eq!(scalars.len(), out.len());
    let factors = Factor::inverses(scalars)?;
    each_task(points, out, |first, points, out| {
        dispatch::mul(level, points, Factors::Each(&factors[first..][..out.len()]), out)
    })
}

/// Expands the messages of a task to 64 uniform bytes each and hands them over, with the number of the first one.
fn each_uniform(
    level: Level,
    (messages, width): (&[u8], usize),
    dst: &[u8],
    out: &mut [Encoding],
    work: impl Fn(usize, &[[u8; 64]], &mut [Encoding]) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    assert_eq!(messages.len(), width * out.len());
    let tag = Tag::new(dst)?;
    out.par_chunks_mut(TASK).enumerate().try_for_each(|(index, out)| {
        let mut uniform = [[0; 64]; TASK];
        let uniform = &mut uniform[..out.len()];
        dispatch::expand(level, &messages[index * TASK * width..][..width * out.len()], width, &tag, uniform);
        work(index * TASK, uniform, out)
    })
}
