//! X25519 over many u-coordinates.

use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::{Encoding, Error, dispatch, each_task};

/// A clamped scalar from the operating system's randomness.
pub fn x25519_random_scalar() -> Result<Zeroizing<[u8; 32]>, getrandom::Error> {
    let mut scalar = Zeroizing::new([0u8; 32]);
    getrandom::fill(scalar.as_mut())?;
    Ok(clamped(&scalar))
}

/// X25519(scalar, u) of every u-coordinate. Refuses points of low order, whose product is zero.
///
/// # Panics
/// When there is not one point per output.
pub fn x25519_mul(level: Level, points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    let scalar = clamped(scalar);
    each_task(points, out, |_, points, out| dispatch::ladder(level, points, &scalar, out))
}

fn clamped(scalar: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut scalar = Zeroizing::new(*scalar);
    scalar[0] &= 248;
    scalar[31] = scalar[31] & 127 | 64;
    scalar
}
