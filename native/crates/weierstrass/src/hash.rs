//! Hashes to the two curves.

use hash2curve::GroupDigest;
use p256::NistP256;
use primeorder::elliptic_curve::Curve;
use primeorder::elliptic_curve::consts::U32;
use primeorder::{PrimeCurveParams, ProjectivePoint};
use sm2::Sm2;
use sm3::{Digest, Sm3};

use crate::{Error, on_curve};

/// A curve with 32-byte coordinates and a hash to it.
pub trait Suite: PrimeCurveParams + Curve<FieldBytesSize = U32> {
    /// A point whose logarithm nobody knows.
    fn hash(message: &[u8], dst: &[u8]) -> Result<ProjectivePoint<Self>, Error>;
}

impl Suite for NistP256 {
    /// P256_XMD:SHA-256_SSWU_RO_ (RFC 9380, section 8.2). Constant time. Refuses an empty tag.
    fn hash(message: &[u8], dst: &[u8]) -> Result<ProjectivePoint<Self>, Error> {
        NistP256::hash_from_bytes(&[message], &[dst]).map_err(|_| Error::Tag)
    }
}

impl Suite for Sm2 {
    /// Try and increment with SM3: the first x in h, h + 1, ... that lies on the curve, with h = SM3(dst || message)
    /// reduced modulo the prime, and the even y (Icart, Crypto 2009, section 1). The tag may be empty.
    ///
    /// Two tries are needed on average; always at least [`TRIES`] are made, because the number would tell who measures
    /// the time something about the message. One message in 2^TRIES takes longer.
    fn hash(message: &[u8], dst: &[u8]) -> Result<ProjectivePoint<Self>, Error> {
        let digest = Sm3::new().chain_update(dst).chain_update(message).finalize();
        let (mut x, mut found) = (reduced(digest.into()), None);
        for tries in 1.. {
            found = found.or(on_curve(x, 0));
            match found {
                Some(point) if tries >= TRIES => return Ok(point),
                _ => x = reduced(next(x)),
            }
        }
        unreachable!("half of all numbers are on the curve")
    }
}

/// How many numbers are tried for every message.
const TRIES: u32 = 16;

/// The prime of SM2's field (GB/T 32918.5), the highest byte first.
const SM2_PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// A number of 32 bytes modulo the prime, which it is at most twice.
fn reduced(x: [u8; 32]) -> [u8; 32] {
    if x < SM2_PRIME {
        return x;
    }
    let (mut out, mut borrow) = (x, false);
    for (out, prime) in out.iter_mut().zip(SM2_PRIME).rev() {
        let (less, first) = out.overflowing_sub(prime);
        let (less, second) = less.overflowing_sub(borrow.into());
        (*out, borrow) = (less, first | second);
    }
    out
}

/// x + 1, for x below the prime.
fn next(mut x: [u8; 32]) -> [u8; 32] {
    for byte in x.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_from_the_prime_on_wrap() {
        let mut below = SM2_PRIME;
        below[31] -= 1;
        assert_eq!(reduced(below), below);
        assert_eq!(next(below), SM2_PRIME);
        assert_eq!(reduced(SM2_PRIME), [0; 32]);
        assert_eq!(reduced(next(SM2_PRIME))[31], 1);
        let mut top = [0; 32]; // 2^256 - 1 - p = 2^224 + 2^96 - 2^64
        top[3] = 1;
        top[20..24].fill(0xff);
        assert_eq!(reduced([0xff; 32]), top);
    }
}
