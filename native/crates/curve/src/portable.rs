//! The same tasks with curve25519-dalek, point by point, for processors without wide vectors.

use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::IsIdentity;

use crate::factor::Factors;
use crate::{Encoding, Error};

pub(crate) fn map(uniform: &[[u8; 64]], out: &mut [Encoding]) {
    for (uniform, out) in uniform.iter().zip(out) {
        *out = RistrettoPoint::from_uniform_bytes(uniform).compress().0;
    }
}

pub(crate) fn map_mul(uniform: &[[u8; 64]], factors: &Factors<'_>, out: &mut [Encoding]) {
    let product = |(index, uniform)| RistrettoPoint::from_uniform_bytes(uniform) * *factors.of(index).half;
    encode_doubles(uniform.iter().enumerate().map(product).collect(), out);
}

pub(crate) fn mul(points: &[Encoding], factors: &Factors<'_>, out: &mut [Encoding]) -> Result<(), Error> {
    let product = |(index, point): (usize, &Encoding)| {
        let point = CompressedRistretto(*point).decompress().filter(|point| !point.is_identity());
        point.map(|point| point * *factors.of(index).half).ok_or(Error::Point(index))
    };
    let products = points.iter().enumerate().map(product).collect::<Result<_, _>>()?;
    encode_doubles(products, out);
    Ok(())
}

pub(crate) fn ladder(points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    for (index, (point, out)) in points.iter().zip(out).enumerate() {
        *out = MontgomeryPoint(*point).mul_clamped(*scalar).0;
        if *out == [0; 32] {
            return Err(Error::Point(index));
        }
    }
    Ok(())
}

/// Encodings of twice the points, with one inversion for all.
fn encode_doubles(points: Vec<RistrettoPoint>, out: &mut [Encoding]) {
    for (encoding, out) in RistrettoPoint::double_and_compress_batch(&points).into_iter().zip(out) {
        *out = encoding.0;
    }
}
