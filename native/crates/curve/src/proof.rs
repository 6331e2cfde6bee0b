//! Proofs that two discrete logarithms are equal, for many points at once (RFC 9497, section 2.2), in ristretto255:
//! a server shows that it raised every point to the key whose public half is known (Chaum and Pedersen 1992).

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as GENERATOR;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use rayon::prelude::*;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::expand::Tag;
use crate::factor::read;
use crate::{Encoding, Error, TASK};

/// Proofs number their points with two bytes.
const MOST: usize = 1 << 16;

/// GenerateProof(k, G, k G, blinded, evaluated) with the random scalar of `nonce`: c and s, 64 bytes. Lengths: at most
/// 2^16 points, as many of each kind.
///
/// # Panics
/// When there are too many points or the two counts differ.
pub fn dleq_prove(
    context: &[u8],
    secret: &[u8; 32],
    nonce: &[u8; 32],
    blinded: &[Encoding],
    evaluated: &[Encoding],
) -> Result<[u8; 64], Error> {
    let (secret, nonce) = (read(secret)?, read(nonce)?);
    let public = (GENERATOR * *secret).compress().0;
    let weights = weights(context, &public, blinded, evaluated)?;
    let sum = combine(&weights, &decode(blinded)?);
    let product = sum * *secret;
    let marks = [sum, product, GENERATOR * *nonce, sum * *nonce];
    let challenge = challenge(context, &public, &marks)?;
    let response = Zeroizing::new(*nonce - challenge * *secret);
    let mut out = [0; 64];
    out[..32].copy_from_slice(challenge.as_bytes());
    out[32..].copy_from_slice(response.as_bytes());
    Ok(out)
}

/// VerifyProof: whether `evaluated` is the same multiple of `blinded`, point by point, as `public` is of the generator.
/// An error has the index of a point that does not decode; a public key that does not is [`Error::Scalar`].
///
/// # Panics
/// As [`dleq_prove`].
pub fn dleq_verify(
    context: &[u8],
    public: &Encoding,
    blinded: &[Encoding],
    evaluated: &[Encoding],
    proof: &[u8; 64],
) -> Result<bool, Error> {
    let key = decode(&[*public]).map_err(|_| Error::Scalar)?[0];
    let (left, right) = proof.split_at(32);
    let scalar = |bytes: &[u8]| -> Option<Scalar> { Scalar::from_canonical_bytes(bytes.try_into().ok()?).into() };
    let (Some(claimed), Some(response)) = (scalar(left), scalar(right)) else { return Ok(false) };
    let weights = weights(context, public, blinded, evaluated)?;
    let (sum, product) = (combine(&weights, &decode(blinded)?), combine(&weights, &decode(evaluated)?));
    let marks = [sum, product, GENERATOR * response + key * claimed, sum * response + product * claimed];
    Ok(challenge(context, public, &marks)? == claimed)
}

/// The scalars d_i of ComputeComposites.
fn weights(
    context: &[u8],
    public: &Encoding,
    blinded: &[Encoding],
    evaluated: &[Encoding],
) -> Result<Vec<Scalar>, Error> {
    assert!(blinded.len() <= MOST && blinded.len() == evaluated.len());
    let name = [b"Seed-", context].concat();
    let seed = Sha512::new().chain_update(framed(public)).chain_update(framed(&name)).finalize();
    let seed = framed(&seed);
    let tag = scalar_tag(context)?;
    let pairs = blinded.par_iter().zip(evaluated).enumerate().with_min_len(TASK);
    Ok(pairs
        .map(|(index, (from, to))| {
            let number = (index as u16).to_be_bytes();
            hash_to_scalar(&tag, &[&seed, &number, &framed(from), &framed(to), b"Composite"])
        })
        .collect())
}

/// The challenge of the transcript. Marks: M, Z, t2, t3.
fn challenge(context: &[u8], public: &Encoding, marks: &[RistrettoPoint; 4]) -> Result<Scalar, Error> {
    let marks = marks.map(|mark| framed(&mark.compress().0));
    let [sum, product, first, second] = &marks;
    let tag = scalar_tag(context)?;
    Ok(hash_to_scalar(&tag, &[&framed(public), sum, product, first, second, b"Challenge"]))
}

fn scalar_tag(context: &[u8]) -> Result<Tag, Error> {
    Tag::new(&[b"HashToScalar-", context].concat())
}

/// HashToScalar (RFC 9497, section 4.1).
fn hash_to_scalar(tag: &Tag, parts: &[&[u8]]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&tag.expand(&parts.concat()))
}

/// Two bytes of length, then the bytes.
fn framed(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes(), bytes].concat()
}

/// The sum of the points, each times its public weight.
fn combine(weights: &[Scalar], points: &[RistrettoPoint]) -> RistrettoPoint {
    let parts = weights.par_chunks(4 * TASK).zip(points.par_chunks(4 * TASK));
    parts.map(|(weights, points)| RistrettoPoint::vartime_multiscalar_mul(weights, points)).sum()
}

/// Points, none of them the identity.
fn decode(points: &[Encoding]) -> Result<Vec<RistrettoPoint>, Error> {
    let decoded: Vec<_> = points.par_iter().with_min_len(TASK).map(decode_one).collect();
    decoded.into_iter().enumerate().map(|(index, point)| point.ok_or(Error::Point(index))).collect()
}

fn decode_one(point: &Encoding) -> Option<RistrettoPoint> {
    CompressedRistretto(*point).decompress().filter(|point| !point.is_identity())
}
