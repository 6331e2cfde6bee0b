//! Correlated transfers from 128 base ones: q_j = t_j + r_j Δ (Ishai, Kilian, Nissim, Petrank, CRYPTO 2003).
//!
//! The receiver has bits r_j and blocks t_j, the sender Δ and q_j. One message, from the receiver. Against a malicious
//! receiver the parties add the check of Keller, Orsini and Scholl (2015/546) in GF(2^128), for which 256 transfers
//! more are made and thrown away.

use tacit_block::{Block, Stream, inner_product, transpose, word};
use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::{Error, WIDTH};

/// Transfers that hide the others in the check: 128 for the field, 128 for the bits.
const SPARE: usize = 256;
/// The receiver's answer to the check.
pub const CHECK_BYTES: usize = 32;

/// Bytes of the message for `count` transfers.
pub fn extension_bytes(count: usize, checked: bool) -> usize {
    total(count, checked) * WIDTH / 8
}

/// Transfers made: whole squares of 128.
fn total(count: usize, checked: bool) -> usize {
    count.next_multiple_of(WIDTH) + if checked { SPARE } else { 0 }
}

/// The side that has Δ.
pub struct CotSender {
    delta: Zeroizing<Block>,
    streams: Vec<Stream>,
    used: u128,
}

impl CotSender {
    /// From the keys that the bits of `delta` chose in base transfers.
    pub fn new(delta: &Block, keys: &[Block]) -> CotSender {
        assert_eq!(keys.len(), WIDTH);
        CotSender { delta: Zeroizing::new(*delta), streams: keys.iter().map(Stream::new).collect(), used: 0 }
    }

    /// Δ.
    pub fn delta(&self) -> &Block {
        &self.delta
    }

    /// q for `count` transfers; with the check, also those that the check consumes, at the end.
    pub fn extend(&mut self, count: usize, checked: bool, message: &[u8]) -> Result<Zeroizing<Vec<Block>>, Error> {
        let squares = total(count, checked) / WIDTH;
        let (message, []) = message.as_chunks::<16>() else { return Err(Error::Message) };
        if message.len() != squares * WIDTH {
            return Err(Error::Message);
        }
        let delta = word(&self.delta);
        let mut columns = Zeroizing::new(Vec::with_capacity(message.len()));
        for (bit, (stream, message)) in self.streams.iter().zip(message.chunks_exact(squares.max(1))).enumerate() {
            let chosen = (delta >> bit & 1).wrapping_neg();
            let own = Zeroizing::new(stream.blocks(self.used, squares));
            columns.extend(own.iter().zip(message).map(|(own, message)| word(own) ^ (chosen & word(message))));
        }
        self.used += squares as u128;
        Ok(rows(&columns, squares))
    }

    /// Compares the receiver's answer with what `extend` gave, under weights tossed after it. `q` loses the spare ones.
    pub fn check(&self, level: Level, q: &mut Vec<Block>, weights: &Block, answer: &[u8]) -> Result<(), Error> {
        let (answer, []) = answer.as_chunks::<16>() else { return Err(Error::Message) };
        let [x, t] = answer else { return Err(Error::Message) };
        let chi = Stream::new(weights).blocks(0, q.len());
        let folded = inner_product(level, &chi, q);
        let claimed = word(t) ^ tacit_block::multiply(word(x), word(&self.delta));
        q.truncate(q.len() - SPARE);
        if folded == claimed { Ok(()) } else { Err(Error::Check) }
    }

    /// Blocks of the keys' streams in another number space than `extend` uses: `count` for every base transfer.
    pub fn aside(&self, number: u128, count: usize) -> Zeroizing<Vec<Vec<Block>>> {
        Zeroizing::new(self.streams.iter().map(|stream| stream.blocks(ASIDE + number, count)).collect())
    }
}

/// Where the numbers of `aside` begin: far from those that `extend` counts.
const ASIDE: u128 = 1 << 100;

/// The side that chooses.
pub struct CotReceiver {
    streams: Vec<[Stream; 2]>,
    used: u128,
}

/// What the receiver has after an extension.
pub struct Received {
    /// t, one block a transfer.
    pub blocks: Zeroizing<Vec<Block>>,
    /// r, one bit a transfer, lowest first; the bits of `blocks` in the same order.
    choices: Zeroizing<Vec<Block>>,
}

impl CotReceiver {
    /// From both keys of base transfers.
    pub fn new(keys: &[[Block; 2]]) -> CotReceiver {
        assert_eq!(keys.len(), WIDTH);
        let streams = keys.iter().map(|[zero, one]| [Stream::new(zero), Stream::new(one)]).collect();
        CotReceiver { streams, used: 0 }
    }

    /// t for the transfers that choose by `choices` (bytes of 0 and 1), and the message for the sender. What rounding
    /// and the check add chooses at random.
    pub fn extend(&mut self, choices: &[u8], checked: bool) -> Result<(Received, Vec<u8>), Error> {
        let squares = total(choices.len(), checked) / WIDTH;
        let choices = packed(choices, squares)?;
        let mut message = Vec::with_capacity(squares * WIDTH * 16);
        let mut columns = Zeroizing::new(Vec::with_capacity(squares * WIDTH));
        for [zero, one] in &self.streams {
            let zero = Zeroizing::new(zero.blocks(self.used, squares));
            let one = Zeroizing::new(one.blocks(self.used, squares));
            columns.extend(zero.iter().map(word));
            for ((zero, one), choices) in zero.iter().zip(one.iter()).zip(choices.iter()) {
                message.extend_from_slice(&(word(zero) ^ word(one) ^ word(choices)).to_le_bytes());
            }
        }
        self.used += squares as u128;
        Ok((Received { blocks: rows(&columns, squares), choices }, message))
    }

    /// The answer to the check under `weights`. `received` loses the spare transfers.
    pub fn check(&self, level: Level, received: &mut Received, weights: &Block) -> [u8; CHECK_BYTES] {
        let chi = Stream::new(weights).blocks(0, received.blocks.len());
        let t = inner_product(level, &chi, &received.blocks);
        let chosen = |at: usize| (word(&received.choices[at / WIDTH]) >> (at % WIDTH) & 1).wrapping_neg();
        let x = chi.iter().enumerate().fold(0, |sum, (at, chi)| sum ^ (word(chi) & chosen(at)));
        let kept = received.blocks.len() - SPARE;
        received.blocks.truncate(kept);
        let mut answer = [0; CHECK_BYTES];
        answer[..16].copy_from_slice(&x.to_le_bytes());
        answer[16..].copy_from_slice(&t.to_le_bytes());
        answer
    }

    /// Both streams of every base transfer, in the number space of `CotSender::aside`.
    pub fn aside(&self, number: u128, count: usize) -> Zeroizing<Vec<[Vec<Block>; 2]>> {
        let both = |pair: &[Stream; 2]| [0, 1].map(|choice| pair[choice].blocks(ASIDE + number, count));
        Zeroizing::new(self.streams.iter().map(both).collect())
    }
}

/// Bits into blocks, the rest random.
fn packed(choices: &[u8], squares: usize) -> Result<Zeroizing<Vec<Block>>, Error> {
    let mut out = Zeroizing::new(vec![[0; 16]; squares]);
    getrandom::fill(out.as_flattened_mut()).map_err(|_| Error::Randomness)?;
    for (at, choice) in choices.iter().enumerate() {
        let byte = &mut out[at / WIDTH][at % WIDTH / 8];
        *byte = (*byte & !(1 << (at % 8))) | (choice & 1) << (at % 8);
    }
    Ok(out)
}

/// The rows of a matrix of 128 columns, each of which has `squares` words.
fn rows(columns: &[u128], squares: usize) -> Zeroizing<Vec<Block>> {
    let mut out = Zeroizing::new(Vec::with_capacity(columns.len()));
    let mut square = Zeroizing::new([0u128; WIDTH]);
    for at in 0..squares {
        square.iter_mut().zip(columns.iter().skip(at).step_by(squares.max(1))).for_each(|(to, from)| *to = *from);
        transpose(&mut square);
        out.extend(square.iter().map(|row| row.to_le_bytes()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (CotSender, CotReceiver) {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
        let delta = 0xdead_beef_0000_ffff_0123_4567_89ab_cdef_u128;
        let chosen: Vec<Block> = keys.iter().enumerate().map(|(bit, pair)| pair[(delta >> bit & 1) as usize]).collect();
        (CotSender::new(&delta.to_le_bytes(), &chosen), CotReceiver::new(&keys))
    }

    #[test]
    fn the_correlation_holds_again_and_again() {
        let (mut sender, mut receiver) = pair();
        for count in [1, 128, 300] {
            let choices: Vec<u8> = (0..count).map(|at| (at * at / 3 % 2) as u8).collect();
            let (received, message) = receiver.extend(&choices, false).unwrap();
            assert_eq!(message.len(), extension_bytes(count, false));
            let q = sender.extend(count, false, &message).unwrap();
            for ((q, t), choice) in q.iter().zip(received.blocks.iter()).zip(&choices) {
                let difference = if *choice == 1 { word(sender.delta()) } else { 0 };
                assert_eq!(word(q) ^ word(t), difference);
            }
        }
    }

    #[test]
    fn the_check_passes_the_honest_and_stops_the_others() {
        let (mut sender, mut receiver) = pair();
        for honest in [true, false] {
            let (mut received, mut message) = receiver.extend(&[1; 500], true).unwrap();
            message[7] ^= u8::from(!honest);
            message[100_000 % extension_bytes(500, true)] ^= u8::from(!honest);
            let mut q = sender.extend(500, true, &message).unwrap();
            let answer = receiver.check(Level::Scalar, &mut received, &[9; 16]);
            let checked = sender.check(tacit_cpu::best(), &mut q, &[9; 16], &answer);
            assert_eq!(checked, if honest { Ok(()) } else { Err(Error::Check) });
            assert_eq!((q.len(), received.blocks.len()), (512, 512));
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let (mut sender, _) = pair();
        assert!(sender.extend(128, false, &[0; 100]).is_err());
    }
}
