//! A secret scalar of ristretto255 in the forms that the paths want.

use curve25519_dalek::scalar::Scalar;
use zeroize::Zeroizing;

use crate::Error;

/// Signed digits of a scalar in base 16, lowest first, each in -8 ..= 8.
pub(crate) type Digits = [i8; 64];

/// Half of a scalar, because all paths encode doubles; wiped when dropped.
pub(crate) struct Factor {
    pub(crate) half: Zeroizing<Scalar>,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    pub(crate) digits: Zeroizing<Digits>,
}

impl Factor {
    /// Refuses zero and numbers that are not below the group order.
    pub(crate) fn new(scalar: &[u8; 32]) -> Result<Factor, Error> {
        let scalar: Option<Scalar> = Scalar::from_canonical_bytes(*scalar).into();
        let scalar = Zeroizing::new(scalar.filter(|scalar| *scalar != Scalar::ZERO).ok_or(Error::Scalar)?);
        let half = Zeroizing::new(*scalar * Scalar::from(2u8).invert());
        let digits = Zeroizing::new(digits(&Zeroizing::new(half.to_bytes())));
        Ok(Factor { half, digits })
    }
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
    fn zero_and_the_order_are_refused() {
        let mut order = (-Scalar::ONE).to_bytes();
        order[0] += 1;
        for scalar in [[0; 32], order, [0xff; 32]] {
            assert!(Factor::new(&scalar).is_err());
        }
    }
}
