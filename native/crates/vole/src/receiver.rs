//! The side without Δ: it has A and C.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::{Block, word};
use tacit_cpu::Level;
use tacit_ot::{ColumnReceiver, Error, extend_receiver};
use zeroize::Zeroizing;

use crate::code::{Code, Pair};
use crate::memory::{Scratch, Scratches};
use crate::parameters::{Parameters, TREE_BITS};
use crate::salts::Salts;
use crate::sender::{CHALLENGE_BYTES, PROOF_BYTES, Trees, combine, folded, place, proof};

/// What further blocks need.
pub struct VoleReceiver {
    parameters: &'static Parameters,
    session: Block,
    code: Arc<Code>,
    columns: ColumnReceiver,
    trees: Trees,
    level: Level,
    malicious: bool,
    /// A and C of base correlations not yet used, oldest first.
    pool: [Zeroizing<Vec<Block>>; 2],
    /// Trees grown so far.
    grown: u128,
    requests: VecDeque<Request>,
    challenged: u64,
    /// What the sender has to answer to challenges.
    awaited: VecDeque<[u8; PROOF_BYTES]>,
    scratches: Scratches<Pair>,
}

/// A step whose reply is awaited.
struct Request {
    blocks: usize,
    missing: Zeroizing<Vec<u32>>,
    t: Zeroizing<Vec<Block>>,
}

/// Outputs that are not given out: A and C.
type Kept = [Zeroizing<Vec<Block>>; 2];

/// What the trees of one block grow from.
struct Seeds<'a> {
    /// Number of the first tree in the step.
    first: usize,
    missing: &'a [u32],
    t: &'a [Block],
    masks: Zeroizing<Vec<Block>>,
    base: [&'a [Block]; 2],
    salts: &'a Salts,
}

impl VoleReceiver {
    /// From both keys of base transfers; also the first message, with base correlations for `first` blocks.
    pub fn new(
        level: Level,
        parameters: &'static Parameters,
        session: &Block,
        keys: &[[Block; 2]],
        first: usize,
        malicious: bool,
    ) -> Result<(VoleReceiver, Vec<u8>), Error> {
        let (mut columns, mut start) = ColumnReceiver::new(session, keys, TREE_BITS);
        let mut a = Zeroizing::new(vec![[0; 16]; first * parameters.noise]);
        getrandom::fill(a.as_flattened_mut()).map_err(|_| Error::Randomness)?;
        let (v, message) = columns.extend(level, &a, malicious)?;
        start.extend_from_slice(&message);
        let receiver = VoleReceiver {
            parameters,
            session: *session,
            code: parameters.code(),
            columns,
            trees: Trees::new(level, session),
            level,
            malicious,
            pool: [a, combine(&v)],
            grown: 0,
            requests: VecDeque::new(),
            challenged: 0,
            awaited: VecDeque::new(),
            scratches: Scratches::default(),
        };
        Ok((receiver, start))
    }

    /// Whether the steps are checked.
    pub fn is_malicious(&self) -> bool {
        self.malicious
    }

    /// Blocks that may be asked for now.
    pub fn ready(&self) -> usize {
        let asked: usize = self.requests.iter().map(|request| request.blocks).sum();
        self.parameters.allowed(self.pool[0].len() - asked * self.parameters.noise)
    }

    /// Asks for `blocks` blocks: chooses the noise, and returns the message for the sender.
    pub fn request(&mut self, blocks: usize) -> Result<Vec<u8>, Error> {
        let set = self.parameters;
        if !(1..=self.ready()).contains(&blocks) {
            return Err(Error::Count);
        }
        let missing = random_leaves(blocks * set.noise, set.leaves())?;
        let sides = missing.iter().flat_map(|leaf| (0..set.depth()).map(move |level| 1 ^ (leaf >> level & 1) as u8));
        let sides = Zeroizing::new(sides.collect::<Vec<u8>>());
        let (t, message) = extend_receiver(&mut self.columns, self.level, &sides, self.malicious)?;
        self.requests.push_back(Request { blocks, missing, t });
        Ok(message)
    }

    /// Outputs of the oldest request.
    pub fn length(&self) -> Result<usize, Error> {
        let blocks = self.requests.front().ok_or(Error::Count)?.blocks;
        Ok(blocks * self.parameters.outputs - self.kept(blocks))
    }

    fn kept(&self, blocks: usize) -> usize {
        self.parameters.kept(blocks, self.pool[0].len()) + usize::from(self.malicious)
    }

    /// Writes A and C of the oldest request, `length` rows each, from the sender's reply.
    pub fn finish(&mut self, reply: &[u8], out: [&mut [Block]; 2]) -> Result<(), Error> {
        self.complete(reply, out).map(|_| ())
    }

    /// As `finish`, and the challenge for the sender. A and C must not be used before `verify` has passed.
    pub fn challenge(&mut self, reply: &[u8], out: [&mut [Block]; 2]) -> Result<[u8; CHALLENGE_BYTES], Error> {
        let [a, c] = out;
        let kept = self.complete(reply, [&mut *a, &mut *c])?;
        let mut challenge = [0; CHALLENGE_BYTES];
        let (seed, masked) = challenge.split_at_mut(16);
        getrandom::fill(seed).map_err(|_| Error::Randomness)?;
        let seed = std::array::from_fn(|at| seed[at]);
        let [a_sum, c_sum] = folded(self.level, &seed, [(a, &kept[0]), (c, &kept[1])]);
        masked.copy_from_slice(&a_sum.to_le_bytes());
        self.challenged += 1;
        self.awaited.push_back(proof(&self.session, self.challenged, &challenge, c_sum));
        Ok(challenge)
    }

    /// Compares the sender's answer to the oldest challenge. `Error::Check`: this object must not be used again.
    pub fn verify(&mut self, proof: &[u8]) -> Result<(), Error> {
        if proof.len() != PROOF_BYTES {
            return Err(Error::Message);
        }
        let awaited = self.awaited.pop_front().ok_or(Error::Count)?;
        if awaited[..] == *proof { Ok(()) } else { Err(Error::Check) }
    }

    /// The outputs of the oldest request: those given out, and those kept.
    fn complete(&mut self, reply: &[u8], [a, c]: [&mut [Block]; 2]) -> Result<Kept, Error> {
        let set = self.parameters;
        let length = self.length()?;
        if a.len() != length || c.len() != length {
            return Err(Error::Count);
        }
        let request = self.requests.pop_front().ok_or(Error::Count)?;
        let (reply, []) = reply.as_chunks::<16>() else { return Err(Error::Message) };
        if reply.len() != set.reply_bytes(request.blocks) / 16 {
            return Err(Error::Message);
        }
        let trees = request.blocks * set.noise;
        let salts = Salts::new(self.level, &reply[0], trees);
        let parts = a.par_chunks_mut(set.outputs).zip(c.par_chunks_mut(set.outputs));
        let kept: Vec<Kept> = parts
            .zip(reply[1..].par_chunks_exact(set.noise * set.reply_width()))
            .enumerate()
            .map(|(block, ((a, c), reply))| self.block(&self.seeds(block, &request, &salts), reply, [a, c]))
            .collect();
        let joined: Kept = [0, 1].map(|lane| {
            Zeroizing::new(kept.iter().flat_map(|kept: &Kept| kept[lane].iter()).copied().collect::<Vec<Block>>())
        });
        for (pool, kept) in self.pool.iter_mut().zip(&joined) {
            pool.drain(..trees);
            pool.extend_from_slice(&kept[..kept.len() - usize::from(self.malicious)]);
        }
        self.grown += trees as u128;
        Ok(joined)
    }

    fn seeds<'a>(&'a self, block: usize, request: &'a Request, salts: &'a Salts) -> Seeds<'a> {
        let set = self.parameters;
        let (first, depth) = (block * set.noise, set.depth());
        let t = &request.t[block * set.transfers(1)..][..set.transfers(1)];
        let mut masks = Zeroizing::new(t.iter().skip(depth - 1).step_by(depth).copied().collect::<Vec<Block>>());
        self.trees.hash.tweaked(self.grown + first as u128, 1, &mut masks);
        let base = [0, 1].map(|lane| &self.pool[lane][first..first + set.noise]);
        Seeds { first, missing: &request.missing[first..first + set.noise], t, masks, base, salts }
    }

    /// One block: grows the trees around their missing leaves, fills these in, compresses noise and leaves.
    fn block(&self, seeds: &Seeds<'_>, reply: &[Block], [a, c]: [&mut [Block]; 2]) -> Kept {
        let (leaves, half) = (self.parameters.leaves(), self.parameters.noise / 2);
        let mut scratch = self.scratches.take(self.parameters.outputs, leaves);
        let Scratch { values, leaves: tree, outputs } = &mut *scratch;
        for (number, values) in values.chunks_exact_mut(leaves).enumerate() {
            self.tree(seeds, half + number, reply, tree, values);
        }
        self.code.convolve(self.level, values);
        let mut kept = Kept::default();
        for number in 0..half {
            self.tree(seeds, number, reply, tree, outputs);
            self.code.expand(self.level, values, number * leaves, outputs);
            for (lane, out) in [&mut *a, &mut *c].into_iter().enumerate() {
                let rows = outputs.iter().map(|output| output.0[lane].to_le_bytes());
                place(number * leaves, rows, out, &mut kept[lane]);
            }
        }
        kept
    }

    /// Grows one tree: its noise and its leaves side by side.
    fn tree(&self, seeds: &Seeds<'_>, number: usize, reply: &[Block], leaves: &mut [Block], out: &mut [Pair]) {
        let (depth, width) = (self.parameters.depth(), self.parameters.reply_width());
        let (tree, missing) = (seeds.first + number, seeds.missing[number] as usize);
        let reply = &reply[number * width..][..width];
        let mut sides = Zeroizing::new([0; 32]);
        let sides = &mut sides[..depth];
        let t = &seeds.t[number * depth..][..depth];
        sides[0] = word(&t[0]) ^ seeds.salts.root(tree);
        for ((side, t), reply) in sides[1..depth - 1].iter_mut().zip(&t[1..]).zip(reply) {
            *side = word(t) ^ word(reply);
        }
        sides[depth - 1] = word(&seeds.masks[number]) ^ word(&reply[depth - 1 - (missing >> (depth - 1) & 1)]);
        let known = self.trees.doubling.grow_around(missing, sides, leaves);
        for (out, leaf) in out.iter_mut().zip(leaves.iter()) {
            *out = Pair([0, word(leaf)]);
        }
        let [a, c] = seeds.base.map(|base| seeds.salts.scale(tree, &base[number]));
        out[missing] = Pair([a, known ^ word(&reply[depth]) ^ c]);
    }
}

/// Numbers below `leaves`, a power of two.
fn random_leaves(count: usize, leaves: usize) -> Result<Zeroizing<Vec<u32>>, Error> {
    let mut bytes = Zeroizing::new(vec![0; 4 * count]);
    getrandom::fill(&mut bytes).map_err(|_| Error::Randomness)?;
    let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) & (leaves as u32 - 1);
    Ok(Zeroizing::new(bytes.as_chunks::<4>().0.iter().map(number).collect()))
}
