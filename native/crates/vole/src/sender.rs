//! The side with Δ: it has B.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::{Block, Hash, add_scaled, double, multiply, word};
use tacit_cpu::Level;
use tacit_ot::{ColumnSender, Error, WIDTH, extend_sender};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::fold::Fold;
use crate::memory::{Scratch, Scratches};
use crate::parameters::{Parameters, TREE_BITS};
use crate::salts::Salts;
use crate::tree::Doubling;

/// Bytes of the receiver's challenge: seed of the weights, masked sum of A.
pub const CHALLENGE_BYTES: usize = 32;
/// Bytes of the sender's answer to it.
pub const PROOF_BYTES: usize = 32;

/// Δ, and what further blocks need.
pub struct VoleSender {
    parameters: &'static Parameters,
    session: Block,
    code: Arc<Code>,
    columns: ColumnSender,
    trees: Trees,
    level: Level,
    malicious: bool,
    /// B of base correlations not yet used, oldest first.
    pool: Zeroizing<Vec<Block>>,
    /// Trees grown so far.
    grown: u128,
    unproven: VecDeque<Kept>,
    proven: u64,
    scratches: Scratches<u128>,
}

/// Outputs of a step that are not given out: new base correlations, and one that masks the check.
type Kept = Zeroizing<Vec<Block>>;

/// What the trees of one block grow from.
struct Seeds<'a> {
    /// Number of the first tree in the step.
    first: usize,
    q: &'a [Block],
    masks: [Zeroizing<Vec<Block>>; 2],
    base: &'a [Block],
    salts: &'a Salts,
}

/// What growing trees needs besides secrets.
pub(crate) struct Trees {
    pub doubling: Doubling,
    pub hash: Hash,
}

impl Trees {
    pub fn new(level: Level, session: &Block) -> Trees {
        let hash = Hash::new(&(word(session) ^ 3 << 120).to_le_bytes());
        Trees { doubling: Doubling::new(level, session), hash }
    }
}

impl VoleSender {
    /// From Δ, the keys that its bits chose in base transfers, and the receiver's first message, which holds base
    /// correlations for `first` blocks.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        level: Level,
        parameters: &'static Parameters,
        session: &Block,
        delta: &Block,
        keys: &[Block],
        start: &[u8],
        first: usize,
        malicious: bool,
    ) -> Result<VoleSender, Error> {
        if start.len() != parameters.start_bytes(first, malicious) {
            return Err(Error::Message);
        }
        let (setup, start) = start.split_at(ColumnSender::setup_bytes(TREE_BITS));
        let mut columns = ColumnSender::new(session, delta, keys, TREE_BITS, setup)?;
        let pool = combine(&columns.extend(level, first * parameters.noise, malicious, start)?);
        Ok(VoleSender {
            parameters,
            session: *session,
            code: parameters.code(),
            columns,
            trees: Trees::new(level, session),
            level,
            malicious,
            pool,
            grown: 0,
            unproven: VecDeque::new(),
            proven: 0,
            scratches: Scratches::default(),
        })
    }

    /// Δ.
    pub fn delta(&self) -> &Block {
        self.columns.delta()
    }

    /// Whether the steps are checked.
    pub fn is_malicious(&self) -> bool {
        self.malicious
    }

    /// Outputs of a step with `blocks` blocks, if it is the next one.
    pub fn length(&self, blocks: usize) -> Result<usize, Error> {
        if !(1..=self.parameters.allowed(self.pool.len())).contains(&blocks) {
            return Err(Error::Count);
        }
        Ok(blocks * self.parameters.outputs - self.kept(blocks))
    }

    fn kept(&self, blocks: usize) -> usize {
        self.parameters.kept(blocks, self.pool.len()) + usize::from(self.malicious)
    }

    /// The next `blocks` blocks, from the receiver's message: writes B to `out`, of `length` rows, and returns the reply.
    /// Against a malicious peer B must not be used before `prove`.
    pub fn extend(&mut self, blocks: usize, message: &[u8], out: &mut [Block]) -> Result<Vec<u8>, Error> {
        let set = self.parameters;
        if out.len() != self.length(blocks)? {
            return Err(Error::Count);
        }
        let q = extend_sender(&mut self.columns, self.level, set.transfers(blocks), self.malicious, message)?;
        let trees = blocks * set.noise;
        let mut reply = vec![[0; 16]; set.reply_bytes(blocks) / 16];
        let (seed, replies) = reply.split_at_mut(1);
        getrandom::fill(&mut seed[0]).map_err(|_| Error::Randomness)?;
        let salts = Salts::new(self.level, &seed[0], trees);
        let parts = out.par_chunks_mut(set.outputs).zip(replies.par_chunks_exact_mut(set.noise * set.reply_width()));
        let kept: Vec<Kept> = parts
            .enumerate()
            .map(|(block, (out, reply))| self.block(&self.seeds(block, &q, &salts), reply, out))
            .collect();
        let mut kept: Kept = Zeroizing::new(kept.iter().flat_map(|kept| kept.iter()).copied().collect());
        self.pool.drain(..trees);
        self.pool.extend_from_slice(&kept[..kept.len() - usize::from(self.malicious)]);
        self.grown += trees as u128;
        if self.malicious {
            self.unproven.push_back(std::mem::take(&mut kept));
        }
        Ok(reply.into_flattened())
    }

    /// The answer to the receiver's challenge for the oldest step without one, whose outputs were `b`.
    pub fn prove(&mut self, challenge: &[u8], b: &[Block]) -> Result<[u8; PROOF_BYTES], Error> {
        let ([seed, masked], []) = challenge.as_chunks::<16>() else { return Err(Error::Message) };
        let kept = self.unproven.pop_front().ok_or(Error::Count)?;
        let [sum] = folded(self.level, seed, [(b, &kept)]);
        self.proven += 1;
        Ok(proof(&self.session, self.proven, challenge, sum ^ multiply(word(masked), word(self.delta()))))
    }

    /// out + Δ·x, row by row.
    pub fn correct(&self, x: &[Block], out: &mut [Block]) {
        out.par_chunks_mut(1 << 14)
            .zip(x.par_chunks(1 << 14))
            .for_each(|(out, x)| add_scaled(self.level, self.delta(), x, out));
    }

    fn seeds<'a>(&'a self, block: usize, q: &'a [Block], salts: &'a Salts) -> Seeds<'a> {
        let set = self.parameters;
        let first = block * set.noise;
        let q = &q[block * set.transfers(1)..][..set.transfers(1)];
        let masks = [0, word(self.delta())].map(|offset| {
            let last = q.iter().skip(set.depth() - 1).step_by(set.depth());
            let mut masks: Zeroizing<Vec<Block>> =
                Zeroizing::new(last.map(|q| (word(q) ^ offset).to_le_bytes()).collect());
            self.trees.hash.tweaked(self.grown + first as u128, 1, &mut masks);
            masks
        });
        Seeds { first, q, masks, base: &self.pool[first..first + set.noise], salts }
    }

    /// One block: grows trees, writes what the receiver needs to grow them but for a leaf, compresses the leaves into
    /// `out` and what is returned.
    fn block(&self, seeds: &Seeds<'_>, reply: &mut [Block], out: &mut [Block]) -> Kept {
        let (leaves, half) = (self.parameters.leaves(), self.parameters.noise / 2);
        let mut scratch = self.scratches.take(self.parameters.outputs, leaves);
        let Scratch { values, leaves: tree, outputs } = &mut *scratch;
        for (number, values) in values.chunks_exact_mut(leaves).enumerate() {
            self.tree(seeds, half + number, reply, tree);
            values.iter_mut().zip(tree.iter()).for_each(|(value, leaf)| *value = word(leaf));
        }
        self.code.convolve(self.level, values);
        let mut kept = Kept::default();
        for number in 0..half {
            self.tree(seeds, number, reply, tree);
            outputs.iter_mut().zip(tree.iter()).for_each(|(output, leaf)| *output = word(leaf));
            self.code.expand(self.level, values, number * leaves, outputs);
            place(number * leaves, outputs.iter().map(|output| output.to_le_bytes()), out, &mut kept);
        }
        kept
    }

    /// Grows one tree, and writes its part of the reply.
    fn tree(&self, seeds: &Seeds<'_>, number: usize, reply: &mut [Block], leaves: &mut [Block]) {
        let (depth, width) = (self.parameters.depth(), self.parameters.reply_width());
        let q = &seeds.q[number * depth..][..depth];
        let root = (word(&q[0]) ^ seeds.salts.root(seeds.first + number)).to_le_bytes();
        let mut sums = [0; 32];
        let sums = &mut sums[..depth - 2];
        let last = self.trees.doubling.grow(&root, self.delta(), leaves, sums);
        let reply = &mut reply[number * width..][..width];
        for ((reply, sum), q) in reply.iter_mut().zip(sums).zip(&q[1..]) {
            *reply = (*sum ^ word(q)).to_le_bytes();
        }
        for side in 0..2 {
            reply[depth - 2 + side] = (last[side] ^ word(&seeds.masks[side][number])).to_le_bytes();
        }
        let base = seeds.salts.scale(seeds.first + number, &seeds.base[number]);
        reply[depth] = (last[0] ^ last[1] ^ base).to_le_bytes();
    }
}

/// Puts rows, the first of which is number `first` of the block, into `out` as far as it reaches, the others into `kept`.
pub(crate) fn place(first: usize, rows: impl ExactSizeIterator<Item = Block>, out: &mut [Block], kept: &mut Kept) {
    let mut rows = rows;
    let inside = out.len().saturating_sub(first).min(rows.len());
    if inside > 0 {
        out[first..first + inside].iter_mut().zip(&mut rows).for_each(|(out, row)| *out = row);
    }
    kept.extend(rows);
}

/// Σ X^bit · column: a base correlation per block of the columns (Gilboa).
pub(crate) fn combine(columns: &[Block]) -> Zeroizing<Vec<Block>> {
    let count = columns.len() / WIDTH;
    let mut sums = Zeroizing::new(vec![0; count]);
    for column in columns.chunks_exact(count.max(1)).rev() {
        sums.iter_mut().zip(column).for_each(|(sum, term)| *sum = double(*sum) ^ word(term));
    }
    Zeroizing::new(sums.iter().map(|sum| sum.to_le_bytes()).collect())
}

/// Sums of outputs and kept rows under the weights of a challenge's seed; the last kept row counts once.
pub(crate) fn folded<const N: usize>(level: Level, seed: &Block, rows: [(&[Block], &[Block]); N]) -> [u128; N] {
    let weights = Fold::new(level, seed);
    let given = weights.sum(0, rows.map(|(given, _)| given));
    let kept = weights.sum(1, rows.map(|(_, kept)| &kept[..kept.len() - 1]));
    std::array::from_fn(|at| given[at] ^ kept[at] ^ rows[at].1.last().map_or(0, word))
}

/// What shows that both sides have the same sum, without showing it.
pub(crate) fn proof(session: &Block, step: u64, challenge: &[u8], sum: u128) -> [u8; PROOF_BYTES] {
    let parts: [&[u8]; 4] = [session, &step.to_le_bytes(), challenge, &sum.to_le_bytes()];
    let digest = tacit_ot::digest(b"tacit/vole/proof", &parts);
    std::array::from_fn(|at| digest[at])
}
