//! A secret scalar of ristretto255 in the forms that the paths want.

use curve25519_dalek::scalar::Scalar;
use zeroize::Zeroizing;

use crate::Error;

/// Signed digits of a scalar in base 16, lowest first, each in -8 ..= 8.
pub(crate) type Digits = [i8; 64];

/// Digits of eight scalars side by side, in two's complement: one scalar per lane of a vector.
pub(crate) type LaneDigits = [[u64; 8]; 64];

/// 1/2 modulo the group order.
const HALF: [u8; 32] = [
    0xf7, 0xe9, 0x7a, 0x2e, 0x8d, 0x31, 0x09, 0x2c, 0x6b, 0xce, 0x7b, 0x51, 0xef, 0x7c, 0x6f, 0x0a, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 8,
];

/// What points are multiplied by: all by one scalar, or each by its own. Wiped when dropped.
pub(crate) enum Factors<'a> {
    /// One scalar for all points.
    Shared(&'a Factor),
    /// A scalar for every point, in their order.
    Each(&'a [Factor]),
}

impl Factors<'_> {
    /// The factor of the point at `index`.
    pub(crate) fn of(&self, index: usize) -> &Factor {
        match self {
            Factors::Shared(factor) => factor,
            Factors::Each(factors) => &factors[index],
        }
    }

    /// The digits for the vector of points that starts at `index`; lanes past the last point get those of its factor.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    pub(crate) fn lanes(&self, index: usize, out: &mut LaneDigits) {
        for lane in 0..8 {
            let factor = match self {
                Factors::Shared(factor) => factor,
                Factors::Each(factors) => &factors[(index + lane).min(factors.len() - 1)],
            };
            for (out, digit) in out.iter_mut().zip(factor.digits.iter()) {
                out[lane] = i64::from(*digit) as u64;
            }
        }
    }
}

/// Half of a scalar, because all paths encode doubles; wiped when dropped.
pub(crate) struct Factor {
    pub(crate) half: Zeroizing<Scalar>,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    pub(crate) digits: Zeroizing<Digits>,
}

impl Factor {
    /// Refuses zero and numbers that are not below the group order.
    pub(crate) fn new(scalar: &[u8; 32]) -> Result<Factor, Error> {
        Ok(Factor::of(&*read(scalar)?))
    }

    /// As `new`, for many.
    pub(crate) fn each(scalars: &[[u8; 32]]) -> Result<Vec<Factor>, Error> {
        let mut factors = Vec::with_capacity(scalars.len()); // a vector that grew would leave copies behind
        for scalar in scalars {
            factors.push(Factor::new(scalar)?);
        }
        Ok(factors)
    }

    /// The factors that undo those of `each`.
    pub(crate) fn inverses(scalars: &[[u8; 32]]) -> Result<Vec<Factor>, Error> {
        let mut inverses = Zeroizing::new(Vec::with_capacity(scalars.len()));
        for scalar in scalars {
            inverses.push(*read(scalar)?);
        }
        Scalar::invert_batch_alloc(&mut inverses);
        Ok(inverses.iter().map(Factor::of).collect())
    }

    fn of(scalar: &Scalar) -> Factor {
        let half = Zeroizing::new(*scalar * Scalar::from_bytes_mod_order(HALF));
        let digits = Zeroizing::new(digits(&Zeroizing::new(half.to_bytes())));
        Factor { half, digits }
    }
}

/// A scalar that is canonical and not zero.
pub(crate) fn read(scalar: &[u8; 32]) -> Result<Zeroizing<Scalar>, Error> {
    let scalar: Option<Scalar> = Scalar::from_canonical_bytes(*scalar).into();
    scalar.filter(|scalar| *scalar != Scalar::ZERO).map(Zeroizing::new).ok_or(Error::Scalar)
}

/// The digits of a scalar below 2^253, in constant time.
pub(crate) fn digits(scalar: &[u8; 32]) -> Digits {
    let mut out = [0i8; 64];
    for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(scalar) {
        *pair = [(byte & 15) as i8, (byte >> 4) as i8];
    }
    for place in 0..63 {
        let carry = (out[place] + 8) >> 4;
        out[place] -= carry << 4;
        out[place + 1] += carry;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_for_the_scalar() {
        for seed in 1..40u64 {
            let scalar = -(Scalar::from(seed).invert());
            let total = digits(&scalar.to_bytes()).iter().rev().fold(Scalar::ZERO, |total, digit| {
                assert!((-8..=8).contains(digit));
                let size = Scalar::from(digit.unsigned_abs());
                total * Scalar::from(16u8) + if *digit < 0 { -size } else { size }
            });
            assert_eq!(total, scalar);
        }
    }

    #[test]
    fn half_is_half() {
        assert_eq!(Scalar::from_bytes_mod_order(HALF) * Scalar::from(2u8), Scalar::ONE);
    }

    #[test]
    fn zero_and_the_order_are_refused() {
        let mut order = (-Scalar::ONE).to_bytes();
        order[0] += 1;
        for scalar in [[0; 32], order, [0xff; 32]] {
            assert!(Factor::new(&scalar).is_err());
        }
    }
}
