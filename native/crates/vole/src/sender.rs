//! The side with Δ: it has B.

use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::{Block, Hash, Stream, add_scaled, double, word};
use tacit_cpu::Level;
use tacit_ot::{CotSender, Error, WIDTH};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::parameters::Parameters;
use crate::tree::Doubling;

/// Δ, and what further blocks need.
pub struct VoleSender {
    parameters: &'static Parameters,
    code: Arc<Code>,
    transfers: CotSender,
    trees: Trees,
    level: Level,
    /// B of base correlations not yet used.
    pool: Zeroizing<Vec<Block>>,
    used: u128,
}

/// What a step gives.
pub struct Extended {
    /// The message for the receiver.
    pub reply: Vec<u8>,
    /// B.
    pub outputs: Vec<Block>,
}

/// What one block of the sender grows from: a root, the transfers and a base correlation for every tree.
struct Seeds<'a> {
    roots: Zeroizing<Vec<Block>>,
    q: &'a [Block],
    /// Number of the first transfer.
    tweak: u128,
    base: &'a [Block],
}

/// Memory of one thread: leaves of the upper half, and the values that they become.
pub(crate) struct Scratch<const N: usize> {
    pub upper: Vec<Block>,
    pub values: [Vec<u128>; N],
}

impl<const N: usize> Default for Scratch<N> {
    fn default() -> Self {
        Scratch { upper: Vec::new(), values: std::array::from_fn(|_| Vec::new()) }
    }
}

impl<const N: usize> Drop for Scratch<N> {
    fn drop(&mut self) {
        // Whole-slice fills: wiping element by element would cost as much as the work. The compiler cannot drop them.
        self.upper.fill([0; 16]);
        self.values.iter_mut().for_each(|values| values.fill(0));
        std::hint::black_box((&self.upper, &self.values));
    }
}

/// What growing trees needs besides secrets.
pub(crate) struct Trees {
    pub doubling: Doubling,
    pub hash: Hash,
}

impl Trees {
    pub fn new(session: &Block) -> Trees {
        Trees { doubling: Doubling::new(session), hash: Hash::new(&(word(session) ^ 3 << 120).to_le_bytes()) }
    }
}

impl VoleSender {
    /// From Δ, the keys that its bits chose in base transfers, and the receiver's first message.
    pub fn new(
        level: Level,
        parameters: &'static Parameters,
        session: &Block,
        delta: &Block,
        keys: &[Block],
        start: &[u8],
    ) -> Result<VoleSender, Error> {
        let transfers = CotSender::new(delta, keys);
        let (start, []) = start.as_chunks::<16>() else { return Err(Error::Message) };
        if start.len() != WIDTH * parameters.noise {
            return Err(Error::Message);
        }
        let pool = first_correlations(&transfers, start, parameters.noise);
        let code = parameters.code();
        Ok(VoleSender { parameters, code, transfers, trees: Trees::new(session), level, pool, used: 0 })
    }

    /// Δ.
    pub fn delta(&self) -> &Block {
        self.transfers.delta()
    }

    /// The next `blocks` blocks, from the receiver's message.
    pub fn extend(&mut self, blocks: usize, message: &[u8]) -> Result<Extended, Error> {
        let set = self.parameters;
        if !set.allowed(blocks, self.pool.len()) {
            return Err(Error::Count);
        }
        let q = self.transfers.extend(set.transfers(blocks), false, message)?;
        let kept = self.pool.len() - blocks * set.noise;
        let base = Zeroizing::new(self.pool.split_off(kept));
        let mut seed = Zeroizing::new([0; 16]);
        getrandom::fill(&mut *seed).map_err(|_| Error::Randomness)?;
        let roots = Stream::new(&seed);
        let mut reply = vec![[0; 16]; set.reply_bytes(blocks) / 16];
        let mut outputs = vec![[0; 16]; blocks * set.outputs];
        let parts = outputs.par_chunks_exact_mut(set.outputs).zip(reply.par_chunks_exact_mut(set.reply_bytes(1) / 16));
        parts.enumerate().for_each_init(Scratch::default, |scratch, (block, (out, reply))| {
            let first = block * set.transfers(1);
            let seeds = Seeds {
                roots: Zeroizing::new(roots.blocks((block * set.noise) as u128, set.noise)),
                q: &q[first..first + set.transfers(1)],
                tweak: self.used + first as u128,
                base: &base[block * set.noise..][..set.noise],
            };
            self.block(&seeds, reply, out, scratch);
        });
        self.used += set.transfers(blocks) as u128;
        let kept = outputs.len() - (set.reserve() - self.pool.len());
        self.pool.extend(outputs.drain(kept..));
        Ok(Extended { reply: reply.into_flattened(), outputs })
    }

    /// B + Δ·x: what turns C = A·Δ + B into a correlation with A + x.
    pub fn corrected(&self, x: &[Block], b: &[Block]) -> Vec<Block> {
        let mut out = b.to_vec();
        out.par_chunks_mut(1 << 14)
            .zip(x.par_chunks(1 << 14))
            .for_each(|(out, x)| add_scaled(self.level, self.delta(), x, out));
        out
    }

    /// One block: grows the trees, writes what the receiver needs to grow them but for a leaf, compresses the leaves.
    fn block(
        &self,
        seeds: &Seeds<'_>,
        reply: &mut [Block],
        out: &mut [Block],
        Scratch { upper, values: [values] }: &mut Scratch<1>,
    ) {
        let (leaves, depth) = (self.parameters.leaves(), self.parameters.depth());
        upper.resize(out.len(), [0; 16]);
        let (mut sums, mut masks) = (vec![[0; 2]; depth], vec![[[0; 16]; 2]; depth]);
        let trees = out.chunks_exact_mut(leaves).chain(upper.chunks_exact_mut(leaves));
        let replies = reply.chunks_exact_mut(2 * depth + 1);
        for (tree, (leaves, reply)) in trees.zip(replies).enumerate() {
            let total = self.trees.doubling.grow(&seeds.roots[tree], leaves, &mut sums);
            let at = tree * depth;
            self.masks(&seeds.q[at..at + depth], seeds.tweak + at as u128, &mut masks);
            for (level, (sums, masks)) in sums.iter().zip(&masks).enumerate() {
                reply[2 * level] = (sums[0] ^ word(&masks[0])).to_le_bytes();
                reply[2 * level + 1] = (sums[1] ^ word(&masks[1])).to_le_bytes();
            }
            reply[2 * depth] = (total ^ word(&seeds.base[tree])).to_le_bytes();
        }
        values.clear();
        values.extend(upper.iter().map(word));
        self.code.convolve(self.level, values);
        self.code.expand(values, out);
    }

    /// Masks of both sides of every level: the receiver has the one whose side it chose.
    fn masks(&self, q: &[Block], tweak: u128, masks: &mut [[Block; 2]]) {
        for side in 0..2 {
            let offset = if side == 1 { word(self.delta()) } else { 0 };
            let mut hashed: Vec<Block> = q.iter().map(|q| (word(q) ^ offset).to_le_bytes()).collect();
            self.trees.hash.tweaked(tweak, 1, &mut hashed);
            masks.iter_mut().zip(hashed).for_each(|(masks, hashed)| masks[side] = hashed);
        }
    }
}

/// B of the first base correlations (Gilboa): of every base transfer's stream, corrected where Δ has a one, times X^bit.
fn first_correlations(transfers: &CotSender, start: &[Block], noise: usize) -> Zeroizing<Vec<Block>> {
    let delta = word(transfers.delta());
    let streams = transfers.aside(0, noise);
    let sum = |at: usize| {
        let term = |bit: usize| {
            let chosen = (delta >> bit & 1).wrapping_neg();
            word(&streams[bit][at]) ^ (chosen & word(&start[bit * noise + at]))
        };
        (0..WIDTH).rev().fold(0, |sum, bit| double(sum) ^ term(bit)).to_le_bytes()
    };
    Zeroizing::new((0..noise).map(sum).collect())
}
