//! Parameter sets. They are part of the protocol: a peer names one, it never makes one.

use std::sync::{Arc, OnceLock};

use tacit_ot::{ColumnSender, columns_bytes, extension_bytes};

use crate::code::Code;

/// Blocks that one step makes at most; base correlations for that many are kept from earlier outputs.
pub const BATCH_LIMIT: usize = 16;

/// Base transfers under one tree of the extension.
pub(crate) const TREE_BITS: usize = 4;

/// Seed of the codes: the first 128 bits of the fraction of π.
const CODE_SEED: u128 = 0x243f_6a88_85a3_08d3_1319_8a2e_0370_7344;

/// What one block of outputs is made of.
#[derive(Debug)]
pub struct Parameters {
    /// Name with version.
    pub name: &'static str,
    /// Outputs of a block; half the length of the noise.
    pub outputs: usize,
    /// Noisy positions: one in each of as many equal parts.
    pub noise: usize,
    /// Entries of the code's convolution that each output sums.
    pub weight: usize,
}

/// ExConv 7×24.
pub const FAST: Parameters = Parameters { name: "exconv7x24-v2", outputs: 1 << 16, noise: 256, weight: 7 };
/// ExConv 21×24 with more noise.
pub const CONSERVATIVE: Parameters = Parameters { name: "exconv21x24-v2", outputs: 1 << 16, noise: 512, weight: 21 };
/// All sets.
pub const SETS: [&Parameters; 2] = [&FAST, &CONSERVATIVE];

impl Parameters {
    /// The set of that name.
    pub fn named(name: &str) -> Option<&'static Parameters> {
        SETS.into_iter().find(|set| set.name == name)
    }

    /// Levels of a tree, and correlated transfers for it.
    pub fn depth(&self) -> usize {
        (2 * self.outputs / self.noise).ilog2() as usize
    }

    /// Leaves of a tree.
    pub fn leaves(&self) -> usize {
        1 << self.depth()
    }

    /// Correlated transfers that `blocks` blocks use.
    pub fn transfers(&self, blocks: usize) -> usize {
        blocks * self.noise * self.depth()
    }

    /// Bytes of the receiver's first message, with base correlations for `first` blocks.
    pub fn start_bytes(&self, first: usize, malicious: bool) -> usize {
        ColumnSender::setup_bytes(TREE_BITS) + columns_bytes(TREE_BITS, first * self.noise, malicious)
    }

    /// Bytes of the receiver's message for `blocks` blocks.
    pub fn request_bytes(&self, blocks: usize, malicious: bool) -> usize {
        extension_bytes(TREE_BITS, self.transfers(blocks), malicious)
    }

    /// Blocks of 16 bytes that the sender replies for a tree.
    pub(crate) fn reply_width(&self) -> usize {
        self.depth() + 1
    }

    /// Bytes of the sender's reply for `blocks` blocks.
    pub fn reply_bytes(&self, blocks: usize) -> usize {
        16 * (1 + blocks * self.noise * self.reply_width())
    }

    /// Outputs kept of a step with `blocks` blocks when `pool` base correlations were there before it.
    pub(crate) fn kept(&self, blocks: usize, pool: usize) -> usize {
        (BATCH_LIMIT + blocks) * self.noise - pool
    }

    /// Blocks of the next step at most, when `pool` base correlations are there.
    pub(crate) fn allowed(&self, pool: usize) -> usize {
        (pool / self.noise).min(BATCH_LIMIT)
    }

    /// The code of this set: made at first use, then shared.
    pub fn code(&self) -> Arc<Code> {
        static CODES: [OnceLock<Arc<Code>>; SETS.len()] = [const { OnceLock::new() }; SETS.len()];
        let make = || Arc::new(Code::new(self.outputs, self.weight, &CODE_SEED.to_le_bytes()));
        match SETS.iter().position(|set| set.name == self.name) {
            Some(at) => CODES[at].get_or_init(make).clone(),
            None => make(),
        }
    }
}
