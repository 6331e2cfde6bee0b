//! Group operations over many points with one secret scalar: ristretto255 (RFC 9496, RFC 9380) and X25519 (RFC 7748);
//! the oblivious pseudorandom function over ristretto255 and its proofs (RFC 9497).
//!
//! Eight points at a time where the processor has AVX-512, otherwise one by one with curve25519-dalek. Everything that
//! touches the scalar runs in constant time; points and messages are public to this process.
#![deny(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod constants;
mod dispatch;
mod expand;
mod factor;
mod oprf;
mod portable;
mod proof;
mod ristretto;
#[cfg(target_arch = "x86_64")]
mod vector;
mod x25519;

use rayon::prelude::*;

pub use dispatch::backend;
pub use oprf::oprf_finalize;
pub use proof::{dleq_prove, dleq_verify};
pub use ristretto::{
    ristretto_div_each, ristretto_hash, ristretto_hash_mul, ristretto_hash_mul_each, ristretto_mul,
    ristretto_random_scalar, ristretto_random_scalars,
};
pub use x25519::{x25519_mul, x25519_random_scalar};

/// An encoded point.
pub type Encoding = [u8; 32];

/// What can be wrong with the arguments of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The point at this index does not decode, or is one the group operation refuses.
    Point(usize),
    /// The scalar is zero or not the canonical encoding of an integer below the group order.
    Scalar,
    /// The domain separation tag is empty.
    Tag,
}

/// Points handed to one task: enough to share an inversion, few enough for the second-level cache.
const TASK: usize = 256;

/// Cuts points and outputs into tasks for all threads; the work is told the number of its first point. The error is
/// that of the first bad point, whatever the order in which the threads meet them.
fn each_task(
    points: &[Encoding],
    out: &mut [Encoding],
    work: impl Fn(usize, &[Encoding], &mut [Encoding]) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    assert_eq!(points.len(), out.len());
    let task = |(index, (points, out))| match work(index * TASK, points, out) {
        Err(Error::Point(place)) => Err(Error::Point(index * TASK + place)),
        done => done,
    };
    let first = |left, right| match (left, right) {
        (Err(Error::Point(a)), Err(Error::Point(b))) => Err(Error::Point(a.min(b))),
        (left, right) => left.and(right),
    };
    points.par_chunks(TASK).zip(out.par_chunks_mut(TASK)).enumerate().map(task).reduce(|| Ok(()), first)
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
