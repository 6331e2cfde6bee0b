//! What the sender adds at random to a step after it has the receiver's message.

use tacit_block::{Block, Stream, inner_product, word};
use tacit_cpu::Level;

/// For every tree an offset of its root and a factor of its base correlation, from a public seed. They keep trees and
/// noise values of different steps and trees apart even if a malicious receiver chose equal ones.
pub struct Salts {
    roots: Vec<Block>,
    factors: Vec<Block>,
    level: Level,
}

impl Salts {
    /// For `trees` trees.
    pub fn new(level: Level, seed: &Block, trees: usize) -> Salts {
        let stream = Stream::new(seed);
        let mut factors = stream.blocks(1 << 64, trees);
        // Zero would take the noise away.
        factors.iter_mut().filter(|factor| word(factor) == 0).for_each(|factor| factor[0] = 1);
        Salts { roots: stream.blocks(0, trees), factors, level }
    }

    /// The offset of a tree's root.
    pub fn root(&self, tree: usize) -> u128 {
        word(&self.roots[tree])
    }

    /// A base correlation times the tree's factor.
    pub fn scale(&self, tree: usize, value: &Block) -> u128 {
        inner_product(self.level, &self.factors[tree..=tree], std::slice::from_ref(value))
    }
}
