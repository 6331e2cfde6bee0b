//! P-256 (SEC 2, RFC 9380) and SM2 (GB/T 32918.5) over many points with one secret scalar, for interconnection.
//!
//! The arithmetic is RustCrypto's `p256` and `sm2`: complete formulas and constant-time windows, so that the time taken
//! does not depend on the scalar. Points are public to this process and checked: compressed SEC 1 form (33 bytes), the
//! x-coordinate below the field's prime, on the curve. Both groups have prime order, so nothing else needs a check.
#![deny(unsafe_code)]

mod hash;

use primeorder::elliptic_curve::consts::U32;
use primeorder::elliptic_curve::ff::{Field, PrimeField};
use primeorder::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use primeorder::elliptic_curve::subtle::Choice;
use primeorder::elliptic_curve::{BatchNormalize, Curve, FieldBytes, Scalar};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};
use rayon::prelude::*;
use zeroize::Zeroizing;

pub use hash::Suite;
pub use p256::NistP256;
pub use sm2::Sm2;

/// A point in compressed form: 2 or 3, whether y is even or odd, then x with the highest byte first (SEC 1, 2.3.3).
pub type Encoding = [u8; 33];

/// What can be wrong with the arguments of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The point at this index does not decode, or is the identity.
    Point(usize),
    /// The scalar is zero or not below the group order.
    Scalar,
    /// The domain separation tag is empty.
    Tag,
}

/// Points handed to one task: enough to share an inversion.
const TASK: usize = 64;

/// A scalar from the operating system's randomness, nonzero, uniform; the highest byte first.
pub fn random_scalar<C: Suite>() -> Result<Zeroizing<[u8; 32]>, getrandom::Error> {
    loop {
        let mut bytes = Zeroizing::new([0u8; 32]);
        getrandom::fill(bytes.as_mut())?;
        if read::<C>(&bytes).is_ok() {
            return Ok(bytes);
        }
    }
}

/// The hash to the curve of every row of `messages` (rows of `width` bytes), times `scalar`.
///
/// # Panics
/// When `messages` has not one row per output.
pub fn hash_mul<C: Suite>(
    messages: &[u8],
    width: usize,
    dst: &[u8],
    scalar: &[u8; 32],
    out: &mut [Encoding],
) -> Result<(), Error> {
    assert_eq!(messages.len(), width * out.len());
    let scalar = read::<C>(scalar)?;
    each_task(out, |first, out| {
        let message = |index: usize| &messages[(first + index) * width..][..width];
        multiply::<C>(out, &scalar, |index| C::hash(message(index), dst))
    })
}

/// Every point times `scalar`. Refuses everything that is not the compressed form of a point, and the identity.
///
/// # Panics
/// When there is not one point per output.
pub fn mul<C: Suite>(points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    assert_eq!(points.len(), out.len());
    let scalar = read::<C>(scalar)?;
    each_task(out, |first, out| {
        multiply::<C>(out, &scalar, |index| decode::<C>(&points[first + index]).ok_or(Error::Point(first + index)))
    })
}

/// Cuts the outputs into tasks for all threads; the work is told the number of its first point. The error is that of
/// the first bad point, whatever the order in which the threads meet them.
fn each_task(
    out: &mut [Encoding],
    work: impl Fn(usize, &mut [Encoding]) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let first = |left, right| match (left, right) {
        (Err(Error::Point(a)), Err(Error::Point(b))) => Err(Error::Point(a.min(b))),
        (left, right) => left.and(right),
    };
    out.par_chunks_mut(TASK).enumerate().map(|(index, out)| work(index * TASK, out)).reduce(|| Ok(()), first)
}

/// The points times the scalar, with one inversion for all.
fn multiply<C: Suite>(
    out: &mut [Encoding],
    scalar: &Scalar<C>,
    point: impl Fn(usize) -> Result<ProjectivePoint<C>, Error>,
) -> Result<(), Error> {
    let products = (0..out.len()).map(|index| Ok(point(index)? * scalar)).collect::<Result<Vec<_>, _>>()?;
    for (out, product) in out.iter_mut().zip(ProjectivePoint::batch_normalize(&products[..])) {
        *out = encode(&product);
    }
    Ok(())
}

/// A scalar that is below the group order and not zero.
fn read<C: Suite>(scalar: &[u8; 32]) -> Result<Zeroizing<Scalar<C>>, Error> {
    let repr = Zeroizing::new(FieldBytes::<C>::from(*scalar));
    let scalar: Option<Scalar<C>> = Scalar::<C>::from_repr(*repr).into();
    scalar.filter(|scalar| !bool::from(scalar.is_zero())).map(Zeroizing::new).ok_or(Error::Scalar)
}

/// SEC 1, 2.3.4, for the compressed form alone.
fn decode<C: Suite>(encoding: &Encoding) -> Option<ProjectivePoint<C>> {
    let (tag, x) = encoding.split_first_chunk::<1>()?;
    if !matches!(tag, [2 | 3]) {
        return None;
    }
    on_curve::<C>(x.try_into().ok()?, tag[0] & 1)
}

/// The point with this x, if there is one and x is below the prime.
fn on_curve<C: Suite>(x: [u8; 32], y_is_odd: u8) -> Option<ProjectivePoint<C>> {
    let point: Option<AffinePoint<C>> =
        AffinePoint::decompress(&FieldBytes::<C>::from(x), Choice::from(y_is_odd)).into();
    point.map(ProjectivePoint::from)
}

/// SEC 1, 2.3.3, compressed.
fn encode<C: PrimeCurveParams + Curve<FieldBytesSize = U32>>(point: &AffinePoint<C>) -> Encoding {
    let mut out = [0; 33];
    out[0] = 2 + point.y_is_odd().unwrap_u8();
    out[1..].copy_from_slice(&point.x());
    out
}

#[cfg(test)]
mod tests;
