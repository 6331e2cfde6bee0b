//! 128 columns w_b = v_b + Δ_b·u of any length: one side has the bits u and v, the other Δ and w.
//!
//! From trees of 2^k leaves over k base transfers each, 128/k blocks are sent for every 128 bits of u (Roy,
//! SoftSpokenOT, 2022/192: the repetition code over GF(2^k)); k = 1 is the extension of Ishai, Kilian, Nissim and
//! Petrank. Against a malicious sender of u, every column passes the same linear hash into GF(2^128), as there: the
//! hash of u and of all v_b is sent, and 128 random bits hide it. The weights come from hashing what was sent before.

use rayon::prelude::*;
use sha2::{Digest, Sha512};
use tacit_block::{Block, Stream, inner_product, word};
use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::leaves::{Leaves, setup_bytes};
use crate::{Error, WIDTH};

/// A secret vector. Wiped as a whole when it goes: element by element would take longer than its making.
#[derive(Default)]
struct Leaf(Vec<Block>);

impl Drop for Leaf {
    fn drop(&mut self) {
        self.0.as_flattened_mut().fill(0);
        std::hint::black_box(&self.0);
    }
}

/// Column after column.
pub type Columns = Zeroizing<Vec<Block>>;

/// Bytes of the message for columns of `count` blocks, over trees of `bits` transfers.
pub fn columns_bytes(bits: usize, count: usize, checked: bool) -> usize {
    let spare = usize::from(checked);
    16 * (WIDTH / bits * (count + spare) + spare * (WIDTH + 1))
}

/// The side that has Δ.
pub struct ColumnSender {
    delta: Zeroizing<Block>,
    context: Context,
    bits: usize,
    /// Of every tree all leaves, the missing one a dummy.
    streams: Vec<Stream>,
    used: u128,
}

/// The side that has u.
pub struct ColumnReceiver {
    context: Context,
    bits: usize,
    streams: Vec<Stream>,
    used: u128,
}

impl ColumnSender {
    /// From the keys that the bits of `delta` chose in base transfers, and the other side's setup.
    pub fn new(
        session: &Block,
        delta: &Block,
        keys: &[Block],
        bits: usize,
        setup: &[u8],
    ) -> Result<ColumnSender, Error> {
        let seeds = Leaves::new(session, bits).grow_around(word(delta), keys, setup)?;
        let streams = seeds.iter().map(Stream::new).collect();
        Ok(ColumnSender { delta: Zeroizing::new(*delta), context: context(session, setup), bits, streams, used: 0 })
    }

    /// Bytes of the setup.
    pub fn setup_bytes(bits: usize) -> usize {
        setup_bytes(bits)
    }

    /// Δ.
    pub fn delta(&self) -> &Block {
        &self.delta
    }

    /// w, 128 columns of `count` blocks.
    pub fn extend(&mut self, level: Level, count: usize, checked: bool, message: &[u8]) -> Result<Columns, Error> {
        let (blocks, []) = message.as_chunks::<16>() else { return Err(Error::Message) };
        if message.len() != columns_bytes(self.bits, count, checked) {
            return Err(Error::Message);
        }
        let length = count + usize::from(checked);
        let (sent, answer) = blocks.split_at(WIDTH / self.bits * length);
        let mut columns = Zeroizing::new(vec![[0; 16]; WIDTH * length]);
        let parts = columns.par_chunks_exact_mut((self.bits * length).max(1));
        parts.zip(self.streams.par_chunks_exact(1 << self.bits)).enumerate().for_each(|(tree, (columns, streams))| {
            let missing = (word(&self.delta) >> (tree * self.bits)) as usize & ((1 << self.bits) - 1);
            // Leaf number y ⊕ missing stands at y: the missing one first, where it counts in no column.
            let mut leaves: Vec<_> =
                (0..streams.len()).map(|at| Leaf(streams[at ^ missing].blocks(self.used, length))).collect();
            leaves[0].0.fill([0; 16]);
            for (bit, column) in columns.chunks_exact_mut(length.max(1)).enumerate() {
                column.copy_from_slice(&fold(&mut leaves));
                let chosen = ((missing >> bit & 1) as u128).wrapping_neg();
                for (own, sent) in column.iter_mut().zip(&sent[tree * length..]) {
                    *own = (word(own) ^ (chosen & word(sent))).to_le_bytes();
                }
            }
        });
        if checked {
            let weights = weights(&self.context, self.used, sent, count);
            self.check(level, &columns, &weights, answer)?;
            drop_last(&mut columns, length);
        }
        self.used += length as u128;
        Ok(columns)
    }

    /// Compares the hash of every column with what the other side says it is.
    fn check(&self, level: Level, columns: &[Block], weights: &[Block], answer: &[Block]) -> Result<(), Error> {
        let mut different = 0;
        for (bit, column) in columns.chunks_exact(weights.len()).enumerate() {
            let chosen = (word(&self.delta) >> bit & 1).wrapping_neg();
            let claimed = word(&answer[1 + bit]) ^ (chosen & word(&answer[0]));
            different |= claimed ^ inner_product(level, weights, column);
        }
        if different == 0 { Ok(()) } else { Err(Error::Check) }
    }
}

impl ColumnReceiver {
    /// From both keys of base transfers; also the setup for the other side.
    pub fn new(session: &Block, keys: &[[Block; 2]], bits: usize) -> (ColumnReceiver, Vec<u8>) {
        let (seeds, setup) = Leaves::new(session, bits).grow(keys);
        let streams = seeds.iter().map(Stream::new).collect();
        (ColumnReceiver { context: context(session, &setup), bits, streams, used: 0 }, setup)
    }

    /// v, 128 columns as long as `u`, and the message for the other side.
    pub fn extend(&mut self, level: Level, u: &[Block], checked: bool) -> Result<(Columns, Vec<u8>), Error> {
        let mut u = Zeroizing::new(u.to_vec());
        if checked {
            let mut spare = [0; 16];
            getrandom::fill(&mut spare).map_err(|_| Error::Randomness)?;
            u.push(spare);
        }
        let length = u.len();
        let mut message = vec![[0; 16]; WIDTH / self.bits * length];
        let mut columns = Zeroizing::new(vec![[0; 16]; WIDTH * length]);
        let parts = columns.par_chunks_exact_mut((self.bits * length).max(1));
        let parts = parts.zip(message.par_chunks_exact_mut(length.max(1)));
        parts.zip(self.streams.par_chunks_exact(1 << self.bits)).for_each(|((columns, message), streams)| {
            let blocks = |stream: &Stream| Leaf(stream.blocks(self.used, length));
            let mut leaves: Vec<_> = streams.iter().map(blocks).collect();
            for column in columns.chunks_exact_mut(length.max(1)) {
                column.copy_from_slice(&fold(&mut leaves));
            }
            message.copy_from_slice(&leaves[0].0);
            add(message, &u);
        });
        if checked {
            let weights = weights(&self.context, self.used, &message, length - 1);
            let hash = |column: &[Block]| inner_product(level, &weights, column).to_le_bytes();
            message.push(hash(&u));
            message.extend(columns.chunks_exact(length).map(hash));
            drop_last(&mut columns, length);
        }
        self.used += length as u128;
        Ok((columns, message.into_flattened()))
    }
}

/// Σ of the leaves with odd numbers; pairs of leaves become their sums.
fn fold(leaves: &mut Vec<Leaf>) -> Vec<Block> {
    let mut odd = vec![[0; 16]; leaves[0].0.len()];
    let mut halved = Vec::with_capacity(leaves.len() / 2);
    for pair in leaves.chunks_exact_mut(2) {
        let high = std::mem::take(&mut pair[1]);
        add(&mut odd, &high.0);
        add(&mut pair[0].0, &high.0);
        halved.push(std::mem::take(&mut pair[0]));
    }
    *leaves = halved;
    odd
}

/// sum ← sum ⊕ term, byte by byte, which compilers make vectors of.
fn add(sum: &mut [Block], term: &[Block]) {
    sum.as_flattened_mut().iter_mut().zip(term.as_flattened()).for_each(|(sum, term)| *sum ^= term);
}

/// Session and setup, hashed. A side that could choose leaves when it knows the weights would look for leaves under
/// which different u have one hash: 2^64 steps, two lists of them against each other.
type Context = [u8; 64];

fn context(session: &Block, setup: &[u8]) -> Context {
    crate::digest(b"tacit/ot/setup", &[session, setup])
}

/// Weights of the hash: random ones for `count` blocks, and one for the block that hides them.
fn weights(context: &Context, number: u128, sent: &[Block], count: usize) -> Vec<Block> {
    let digest = Sha512::new().chain_update(b"tacit/ot/weights").chain_update(context);
    let digest = digest.chain_update(number.to_le_bytes()).chain_update(sent.as_flattened()).finalize();
    let mut weights = Stream::new(&std::array::from_fn(|at| digest[at])).blocks(0, count);
    weights.push(1u128.to_le_bytes());
    weights
}

/// Takes the last block from every column of `length` blocks.
fn drop_last(columns: &mut Columns, length: usize) {
    let kept: Vec<Block> = columns.chunks_exact(length).flat_map(|column| &column[..length - 1]).copied().collect();
    *columns = Zeroizing::new(kept);
}

#[cfg(test)]
mod tests {
    use tacit_block::xor;

    use super::*;
    use crate::extend::{extend_receiver, extend_sender};

    const DELTA: u128 = 0xdead_beef_0000_ffff_0123_4567_89ab_cdef;

    /// A receiver's message whose tree `tree` has other bits of u than the rest, with the best answer to the check under a
    /// guess of the four bits of Δ there.
    fn deviating(receiver: &mut ColumnReceiver, tree: usize, guess: u128) -> Vec<u8> {
        let u = [[5; 16], [6; 16], [7; 16]];
        let (columns, honest) = receiver.extend(Level::Scalar, &u, false).unwrap();
        let mut sent = honest.as_chunks::<16>().0.to_vec();
        let error = [[0; 16], [9; 16], [0; 16]];
        sent[3 * tree..].iter_mut().zip(&error).for_each(|(sent, error)| *sent = xor(sent, error));
        let weights = weights(&receiver.context, 0, &sent, 2);
        let hash = |column: &[Block]| inner_product(Level::Scalar, &weights, column);
        let mut message = sent;
        message.push(hash(&u).to_le_bytes());
        for (bit, column) in columns.chunks_exact(3).enumerate() {
            let guessed = bit / 4 == tree && guess >> (bit % 4) & 1 == 1;
            message.push((hash(column) ^ if guessed { hash(&error) } else { 0 }).to_le_bytes());
        }
        message.into_flattened()
    }

    #[test]
    fn who_deviates_in_a_tree_has_to_guess_delta_there() {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
        let chosen: Vec<Block> = keys.iter().enumerate().map(|(bit, pair)| pair[(DELTA >> bit & 1) as usize]).collect();
        for (tree, guess) in [(0, 0xf), (1, 0xe), (3, 0xc), (0, 0xe), (0, 0), (30, 3), (31, 0xd), (31, 0xc)] {
            let (mut receiver, setup) = ColumnReceiver::new(&[1; 16], &keys, 4);
            let mut sender = ColumnSender::new(&[1; 16], &DELTA.to_le_bytes(), &chosen, 4, &setup).unwrap();
            let message = deviating(&mut receiver, tree, guess);
            let passed = sender.extend(Level::Scalar, 2, true, &message).is_ok();
            assert_eq!(passed, DELTA >> (4 * tree) & 15 == guess);
        }
    }

    #[test]
    fn weights_are_not_known_before_the_trees() {
        let under = |first: u8| {
            let mut keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
            keys[9][1] = [first; 16];
            weights(&ColumnReceiver::new(&[1; 16], &keys, 4).0.context, 0, &[], 2)
        };
        assert_eq!(under(1), under(1));
        assert_ne!(under(1), under(2));
    }

    #[test]
    fn messages_have_the_stated_length() {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
        let (mut receiver, setup) = ColumnReceiver::new(&[1; 16], &keys, 2);
        assert_eq!(setup.len(), ColumnSender::setup_bytes(2));
        let (_, message) = extend_receiver(&mut receiver, Level::Scalar, &[1; 5], true).unwrap();
        assert_eq!(message.len(), columns_bytes(2, 1, true));
        let chosen: Vec<Block> = keys.iter().map(|pair| pair[0]).collect();
        let mut sender = ColumnSender::new(&[1; 16], &[0; 16], &chosen, 2, &setup).unwrap();
        assert!(extend_sender(&mut sender, Level::Scalar, 5, true, &message).is_ok());
    }
}
