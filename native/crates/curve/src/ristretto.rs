//! ristretto255 over many points.

use curve25519_dalek::scalar::Scalar;
use rayon::prelude::*;
use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::expand::Tag;
use crate::factor::Factor;
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
    each_uniform(messages, width, dst, out, |uniform, out| dispatch::map(level, uniform, out))
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
    each_uniform(messages, width, dst, out, |uniform, out| dispatch::map_mul(level, uniform, &factor, out))
}

/// Every point times `scalar`. Refuses what RFC 9496 does not decode, and the identity.
///
/// # Panics
/// When there is not one point per output.
pub fn ristretto_mul(level: Level, points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    let factor = Factor::new(scalar)?;
    each_task(points, out, |points, out| dispatch::mul(level, points, &factor, out))
}

/// Expands the messages of a task to 64 uniform bytes each and hands them over.
fn each_uniform(
    messages: &[u8],
    width: usize,
    dst: &[u8],
    out: &mut [Encoding],
    work: impl Fn(&[[u8; 64]], &mut [Encoding]) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    assert_eq!(messages.len(), width * out.len());
    let tag = Tag::new(dst)?;
    out.par_chunks_mut(TASK).enumerate().try_for_each(|(index, out)| {
        let message = |place: usize| &messages[(index * TASK + place) * width..][..width];
        let uniform: Vec<[u8; 64]> = (0..out.len()).map(|place| tag.expand(message(place))).collect();
        work(&uniform, out)
    })
}
