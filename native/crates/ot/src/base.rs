//! 128 random transfers of 16-byte keys: the endemic protocol of Masny and Rindal (2019/706) on ristretto255.
//!
//! One message each way, independent of each other. Secure against malicious parties if Diffie-Hellman is hard and the
//! hashes are random oracles: whoever deviates determines its own keys at most.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use rayon::prelude::*;
use sha2::{Digest, Sha512};
use subtle::{Choice, ConditionallySelectable};
use tacit_block::Block;
use zeroize::Zeroizing;

use crate::{Error, WIDTH};

/// The sender's message: one point.
pub const OFFER_BYTES: usize = 32;
/// The receiver's message: two points per transfer.
pub const ANSWER_BYTES: usize = WIDTH * 64;

/// Sends both keys of every transfer.
pub struct BaseSender {
    secret: Zeroizing<Scalar>,
    session: Block,
}

impl BaseSender {
    /// A sender for a session, and its message.
    pub fn new(session: &Block) -> Result<(BaseSender, [u8; OFFER_BYTES]), Error> {
        let secret = random_scalar()?;
        let offer = (&*secret * RISTRETTO_BASEPOINT_TABLE).compress().to_bytes();
        Ok((BaseSender { secret, session: *session }, offer))
    }

    /// Both keys of every transfer, from the receiver's message.
    pub fn finish(self, answer: &[u8]) -> Result<Zeroizing<Vec<[Block; 2]>>, Error> {
        let (pairs, []) = answer.as_chunks::<64>() else { return Err(Error::Message) };
        if pairs.len() != WIDTH {
            return Err(Error::Message);
        }
        let made = pairs.par_iter().enumerate().map(|(index, pair)| self.keys(index, pair));
        Ok(Zeroizing::new(made.collect::<Result<_, _>>()?))
    }

    /// Both keys of a transfer.
    fn keys(&self, index: usize, pair: &[u8; 64]) -> Result<[Block; 2], Error> {
        let mut both = [[0; 16]; 2];
        let (halves, _) = pair.as_chunks::<32>();
        for (choice, key) in both.iter_mut().enumerate() {
            let own = decode(&halves[choice])?;
            let point = own + self.hash(index, choice, &halves[1 - choice]);
            *key = key_of(&self.session, index, choice, pair, &(*self.secret * point));
        }
        Ok(both)
    }

    fn hash(&self, index: usize, choice: usize, other: &[u8; 32]) -> RistrettoPoint {
        to_group(&self.session, index, choice, other)
    }
}

/// Receives the chosen key of every transfer.
pub struct BaseReceiver {
    secrets: Zeroizing<Vec<Scalar>>,
    choices: Zeroizing<u128>,
    answer: Vec<u8>,
    session: Block,
}

impl BaseReceiver {
    /// A receiver that chooses by the bits of `choices`, lowest first; its message is `answer`.
    pub fn new(choices: u128, session: &Block) -> Result<BaseReceiver, Error> {
        let mut receiver = BaseReceiver {
            secrets: Zeroizing::new(Vec::with_capacity(WIDTH)),
            choices: Zeroizing::new(choices),
            answer: Vec::with_capacity(ANSWER_BYTES),
            session: *session,
        };
        let bits = (0..WIDTH).into_par_iter().map(|index| {
            let secret = random_scalar()?;
            let pair = blinded(session, index, receiver.bit(index), &secret)?;
            Ok((secret, pair))
        });
        for (secret, pair) in bits.collect::<Result<Vec<_>, Error>>()? {
            receiver.secrets.push(*secret);
            receiver.answer.extend_from_slice(pair.as_flattened());
        }
        Ok(receiver)
    }

    /// The message for the sender.
    pub fn answer(&self) -> &[u8] {
        &self.answer
    }

    /// The chosen keys, from the sender's message.
    pub fn finish(self, offer: &[u8]) -> Result<Zeroizing<Vec<Block>>, Error> {
        let offer: [u8; OFFER_BYTES] = offer.try_into().map_err(|_| Error::Message)?;
        let point = decode(&offer)?;
        // Many products of one point: a table of its multiples pays.
        let table = RistrettoBasepointTable::create(&point);
        let pairs = self.secrets.par_iter().zip(self.answer.as_chunks::<64>().0);
        let keys = pairs.enumerate().map(|(index, (secret, pair))| {
            let choice = usize::from(self.bit(index).unwrap_u8());
            key_of(&self.session, index, choice, pair, &(secret * &table))
        });
        Ok(Zeroizing::new(keys.collect()))
    }

    fn bit(&self, index: usize) -> Choice {
        Choice::from((*self.choices >> index & 1) as u8)
    }
}

/// (r_0, r_1) with r_(1-b) random and r_b = aG − H(r_(1-b)).
fn blinded(session: &Block, index: usize, choice: Choice, secret: &Scalar) -> Result<[[u8; 32]; 2], Error> {
    let mut wide = [0; 64];
    getrandom::fill(&mut wide).map_err(|_| Error::Randomness)?;
    let other = RistrettoPoint::from_uniform_bytes(&wide).compress().to_bytes();
    // Both hashes are made and one is selected, so that time does not tell the choice.
    let hashes = [0, 1].map(|choice| to_group(session, index, choice, &other));
    let mask = RistrettoPoint::conditional_select(&hashes[0], &hashes[1], choice);
    let own = (secret * RISTRETTO_BASEPOINT_TABLE - mask).compress().to_bytes();
    let pick =
        |a: &[u8; 32], b: &[u8; 32], choice| std::array::from_fn(|at| u8::conditional_select(&a[at], &b[at], choice));
    Ok([pick(&own, &other, choice), pick(&other, &own, choice)])
}

fn random_scalar() -> Result<Zeroizing<Scalar>, Error> {
    let mut wide = Zeroizing::new([0; 64]);
    getrandom::fill(&mut *wide).map_err(|_| Error::Randomness)?;
    Ok(Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide)))
}

fn decode(bytes: &[u8; 32]) -> Result<RistrettoPoint, Error> {
    let point = CompressedRistretto(*bytes).decompress().ok_or(Error::Message)?;
    if point.is_identity() { Err(Error::Message) } else { Ok(point) }
}

/// The random oracle into the group, of its own for every session, transfer and choice.
fn to_group(session: &Block, index: usize, choice: usize, other: &[u8; 32]) -> RistrettoPoint {
    let digest = labelled(b"tacit/ot/base/group", session, index, choice).chain_update(other).finalize();
    RistrettoPoint::from_uniform_bytes(&digest.into())
}

/// The key of a transfer: bound to session, transfer, choice, the receiver's pair and the shared point.
fn key_of(session: &Block, index: usize, choice: usize, pair: &[u8; 64], shared: &RistrettoPoint) -> Block {
    let label = labelled(b"tacit/ot/base/key", session, index, choice);
    let digest: [u8; 64] = label.chain_update(pair).chain_update(shared.compress().as_bytes()).finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

fn labelled(label: &[u8], session: &Block, index: usize, choice: usize) -> Sha512 {
    Sha512::new().chain_update(label).chain_update(session).chain_update([index as u8, choice as u8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receiver_gets_the_chosen_keys() {
        let choices = 0x8000_0000_dead_beef_0123_4567_89ab_cdef_u128;
        let (sender, offer) = BaseSender::new(&[1; 16]).unwrap();
        let receiver = BaseReceiver::new(choices, &[1; 16]).unwrap();
        let both = sender.finish(receiver.answer()).unwrap();
        let chosen = receiver.finish(&offer).unwrap();
        for (index, (pair, key)) in both.iter().zip(chosen.iter()).enumerate() {
            let choice = (choices >> index & 1) as usize;
            assert_eq!(pair[choice], *key);
            assert_ne!(pair[1 - choice], *key);
        }
    }

    #[test]
    fn bad_messages_are_refused() {
        let (sender, _) = BaseSender::new(&[1; 16]).unwrap();
        let receiver = BaseReceiver::new(5, &[1; 16]).unwrap();
        assert_eq!(receiver.finish(&[0; 32]).unwrap_err(), Error::Message);
        assert_eq!(sender.finish(&[0; ANSWER_BYTES]).unwrap_err(), Error::Message);
        let (sender, _) = BaseSender::new(&[1; 16]).unwrap();
        assert_eq!(sender.finish(&[0; 64]).unwrap_err(), Error::Message);
    }
}
