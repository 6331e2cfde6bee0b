//! Pseudorandom blocks: AES-128 of a counter, under a secret seed.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};

use crate::Block;

/// A generator under one seed; forgotten with it (the cipher wipes its round keys).
pub struct Stream(Aes128);

impl Stream {
    /// The generator of `seed`.
    pub fn new(seed: &Block) -> Stream {
        Stream(Aes128::new(seed.into()))
    }

    /// Block number `first` and those after it. A number is used once.
    pub fn fill(&self, first: u128, out: &mut [Block]) {
        for (number, block) in (first..).zip(out.iter_mut()) {
            *block = number.to_le_bytes();
        }
        self.0.encrypt_blocks(Array::cast_slice_from_core_mut(out));
    }

    /// `count` blocks from number `first` on.
    pub fn blocks(&self, first: u128, count: usize) -> Vec<Block> {
        let mut out = vec![[0; 16]; count];
        for (part, blocks) in out.chunks_mut(256).enumerate() {
            self.fill(first + (part * 256) as u128, blocks);
        }
        out
    }
}
