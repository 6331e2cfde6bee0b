//! The side without Δ: it has A and C.

use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::{Block, double, word};
use tacit_cpu::Level;
use tacit_ot::{CotReceiver, Error, Received, WIDTH};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::parameters::Parameters;
use crate::sender::{Scratch, Trees};

/// What further blocks need.
pub struct VoleReceiver {
    parameters: &'static Parameters,
    code: Arc<Code>,
    transfers: CotReceiver,
    trees: Trees,
    level: Level,
    /// (A, C) of base correlations not yet used.
    pool: Zeroizing<Vec<[Block; 2]>>,
    used: u128,
}

/// A step whose reply is awaited.
pub struct Request {
    /// The message for the sender.
    pub message: Vec<u8>,
    blocks: usize,
    missing: Zeroizing<Vec<u32>>,
    received: Received,
    base: Zeroizing<Vec<[Block; 2]>>,
}

impl VoleReceiver {
    /// From both keys of base transfers; also the first message.
    pub fn new(
        level: Level,
        parameters: &'static Parameters,
        session: &Block,
        keys: &[[Block; 2]],
    ) -> Result<(VoleReceiver, Vec<u8>), Error> {
        let transfers = CotReceiver::new(keys);
        let (pool, start) = first_correlations(&transfers, parameters.noise)?;
        let code = parameters.code();
        Ok((VoleReceiver { parameters, code, transfers, trees: Trees::new(session), level, pool, used: 0 }, start))
    }

    /// Asks for `blocks` blocks: chooses the noise.
    pub fn request(&mut self, blocks: usize) -> Result<Request, Error> {
        let set = self.parameters;
        if !set.allowed(blocks, self.pool.len()) {
            return Err(Error::Count);
        }
        let missing = random_leaves(blocks * set.noise, set.leaves())?;
        let sides = missing.iter().flat_map(|leaf| (0..set.depth()).map(move |level| 1 ^ (leaf >> level & 1) as u8));
        let sides = Zeroizing::new(sides.collect::<Vec<u8>>());
        let (received, message) = self.transfers.extend(&sides, false)?;
        let kept = self.pool.len() - blocks * set.noise;
        let base = Zeroizing::new(self.pool.split_off(kept));
        Ok(Request { message, blocks, missing, received, base })
    }

    /// A and C of the blocks asked for, from the sender's reply.
    pub fn finish(&mut self, mut request: Request, reply: &[u8]) -> Result<[Vec<Block>; 2], Error> {
        let (set, blocks) = (self.parameters, request.blocks);
        let (reply, []) = reply.as_chunks::<16>() else { return Err(Error::Message) };
        if reply.len() != set.reply_bytes(blocks) / 16 {
            return Err(Error::Message);
        }
        self.trees.hash.tweaked(self.used, 1, &mut request.received.blocks);
        self.used += set.transfers(blocks) as u128;
        let mut outputs = [0, 1].map(|_| vec![[0; 16]; blocks * set.outputs]);
        let [a, c] = &mut outputs;
        let parts = a.par_chunks_exact_mut(set.outputs).zip(c.par_chunks_exact_mut(set.outputs));
        let replies = reply.par_chunks_exact(set.reply_bytes(1) / 16);
        parts.zip(replies).enumerate().for_each_init(Scratch::default, |scratch, (block, ((a, c), reply))| {
            self.block(&request, block, reply, [a, c], scratch);
        });
        let kept = a.len() - (set.reserve() - self.pool.len());
        self.pool.extend(a.drain(kept..).zip(c.drain(kept..)).map(|(a, c)| [a, c]));
        Ok(outputs)
    }

    /// One block: grows the trees around their missing leaves, fills these in, compresses noise and leaves.
    fn block(
        &self,
        request: &Request,
        block: usize,
        reply: &[Block],
        [a, c]: [&mut [Block]; 2],
        Scratch { upper, values: [a_values, c_values] }: &mut Scratch<2>,
    ) {
        let (leaves, depth, noise) = (self.parameters.leaves(), self.parameters.depth(), self.parameters.noise);
        upper.resize(c.len(), [0; 16]);
        let mut sides = Zeroizing::new(vec![0; depth]);
        let first = block * noise;
        let trees = c.chunks_exact_mut(leaves).chain(upper.chunks_exact_mut(leaves));
        for (tree, (leaves, reply)) in trees.zip(reply.chunks_exact(2 * depth + 1)).enumerate() {
            let missing = request.missing[first + tree] as usize;
            for (level, side) in sides.iter_mut().enumerate() {
                let given = &reply[2 * level + (1 - (missing >> level & 1))];
                *side = word(given) ^ word(&request.received.blocks[(first + tree) * depth + level]);
            }
            let known = self.trees.doubling.grow_around(missing, &sides, leaves);
            let filled = known ^ word(&reply[2 * depth]) ^ word(&request.base[first + tree][1]);
            leaves[missing] = filled.to_le_bytes();
        }
        c_values.clear();
        c_values.extend(upper.iter().map(word));
        a_values.clear();
        a_values.resize(a.len(), 0);
        for tree in 0..noise {
            let at = tree * leaves + request.missing[first + tree] as usize;
            let value = request.base[first + tree][0];
            match at.checked_sub(a.len()) {
                Some(above) => a_values[above] = word(&value),
                None => a[at] = value,
            }
        }
        self.code.convolve_both(self.level, [a_values, c_values]);
        self.code.expand(a_values, a);
        self.code.expand(c_values, c);
    }
}

/// Numbers below `leaves`, a power of two.
fn random_leaves(count: usize, leaves: usize) -> Result<Zeroizing<Vec<u32>>, Error> {
    let mut bytes = Zeroizing::new(vec![0; 4 * count]);
    getrandom::fill(&mut bytes).map_err(|_| Error::Randomness)?;
    let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) & (leaves as u32 - 1);
    Ok(Zeroizing::new(bytes.as_chunks::<4>().0.iter().map(number).collect()))
}

/// Pairs (A, C) that wait for their use.
type Pool = Zeroizing<Vec<[Block; 2]>>;

/// Random A, its C from the streams of the base transfers (Gilboa), and the message that gives the sender B.
fn first_correlations(transfers: &CotReceiver, noise: usize) -> Result<(Pool, Vec<u8>), Error> {
    let mut a = Zeroizing::new(vec![[0; 16]; noise]);
    getrandom::fill(a.as_flattened_mut()).map_err(|_| Error::Randomness)?;
    let streams = transfers.aside(0, noise);
    let mut message = Vec::with_capacity(WIDTH * noise * 16);
    for [zero, one] in streams.iter() {
        for ((zero, one), a) in zero.iter().zip(one).zip(a.iter()) {
            message.extend_from_slice(&(word(zero) ^ word(one) ^ word(a)).to_le_bytes());
        }
    }
    let c = |at: usize| (0..WIDTH).rev().fold(0, |sum, bit| double(sum) ^ word(&streams[bit][0][at]));
    let pool = a.iter().enumerate().map(|(at, a)| [*a, c(at).to_le_bytes()]).collect();
    Ok((Zeroizing::new(pool), message))
}
