//! Small trees over the base transfers: one side has all leaves, the other all but the one that its choices name
//! (Roy, SoftSpokenOT, 2022/192, with the consistency check of Boyle et al., 2019/1159).
//!
//! With one transfer to a tree the leaves are the transfer's keys and nothing is sent.

use sha2::{Digest, Sha512};
use tacit_block::{Block, Hash, word, xor};
use zeroize::Zeroizing;

use crate::{Error, WIDTH};

/// Bytes of a leaf's tag: long enough to bind the leaf.
const TAG: usize = 32;

/// Bytes of the message for trees over `bits` transfers each.
pub fn setup_bytes(bits: usize) -> usize {
    if bits == 1 { 0 } else { WIDTH / bits * ((bits - 1) * 32 + TAG) + TAG }
}

/// The trees of a session.
pub struct Leaves {
    session: Block,
    bits: usize,
    doubling: [Hash; 2],
}

type Seeds = Zeroizing<Vec<Block>>;

impl Leaves {
    /// Trees over `bits` base transfers each, in `session`.
    pub fn new(session: &Block, bits: usize) -> Leaves {
        assert!(bits > 0 && WIDTH.is_multiple_of(bits));
        let key = |side: u128| Hash::new(&(word(session) ^ side << 120).to_le_bytes());
        Leaves { session: *session, bits, doubling: [4, 5].map(key) }
    }

    /// All leaves, tree after tree, and the message for the other side, from both keys of every transfer.
    pub fn grow(&self, keys: &[[Block; 2]]) -> (Seeds, Vec<u8>) {
        assert_eq!(keys.len(), WIDTH);
        let (mut seeds, mut message, mut binding) = (Seeds::default(), Vec::new(), self.binding());
        for (tree, keys) in keys.chunks_exact(self.bits).enumerate() {
            let mut nodes = Zeroizing::new(vec![keys[0][1], keys[0][0]]);
            for pair in &keys[1..] {
                nodes = self.double(&nodes);
                for (side, half) in nodes.chunks_exact(nodes.len() / 2).enumerate() {
                    message.extend_from_slice(&xor(&sum(half), &pair[1 ^ side]));
                }
            }
            if self.bits == 1 {
                seeds.extend_from_slice(&nodes);
                continue;
            }
            let mut total = [0; TAG];
            for (leaf, node) in nodes.iter().enumerate() {
                let (seed, tag) = self.finish(tree, leaf, node);
                seeds.push(seed);
                total.iter_mut().zip(tag).for_each(|(total, tag)| *total ^= tag);
                binding.update(tag);
            }
            message.extend_from_slice(&total);
        }
        if self.bits > 1 {
            message.extend_from_slice(&binding.finalize()[..TAG]);
        }
        (seeds, message)
    }

    /// All leaves but those that `choices` names (left as zero), from the keys that its bits chose and the message.
    pub fn grow_around(&self, choices: u128, keys: &[Block], message: &[u8]) -> Result<Seeds, Error> {
        assert_eq!(keys.len(), WIDTH);
        if message.len() != setup_bytes(self.bits) {
            return Err(Error::Message);
        }
        let (mut seeds, mut binding) = (Seeds::default(), self.binding());
        let share = (self.bits - 1) * 32 + if self.bits > 1 { TAG } else { 0 };
        for (tree, keys) in keys.chunks_exact(self.bits).enumerate() {
            let missing = (choices >> (tree * self.bits)) as usize & ((1 << self.bits) - 1);
            let message = &message[tree * share..][..share];
            let nodes = self.nodes_around(missing, keys, message.as_chunks::<16>().0);
            if self.bits == 1 {
                seeds.extend_from_slice(&nodes);
                continue;
            }
            let mut tags: Vec<[u8; TAG]> = Vec::with_capacity(nodes.len());
            for (leaf, node) in nodes.iter().enumerate() {
                let (seed, tag) = self.finish(tree, leaf, node);
                seeds.push(if leaf == missing { [0; 16] } else { seed });
                tags.push(if leaf == missing { [0; TAG] } else { tag });
            }
            let mut last = tags.iter().fold([0; TAG], |sum, tag| std::array::from_fn(|at| sum[at] ^ tag[at]));
            last.iter_mut().zip(&message[share - TAG..]).for_each(|(last, total)| *last ^= total);
            tags[missing] = last;
            binding.update(tags.as_flattened());
        }
        if self.bits > 1 && binding.finalize()[..TAG] != message[message.len() - TAG..] {
            return Err(Error::Check);
        }
        Ok(seeds)
    }

    /// The last level but for node number `missing`, which is zero.
    fn nodes_around(&self, missing: usize, keys: &[Block], sums: &[Block]) -> Seeds {
        let mut nodes = Zeroizing::new(vec![[0; 16]; 2]);
        nodes[1 ^ (missing & 1)] = keys[0];
        for (level, key) in keys.iter().enumerate().skip(1) {
            let width = 1 << level;
            let path = missing & (width - 1);
            nodes = self.double(&nodes);
            nodes[path] = [0; 16];
            nodes[path + width] = [0; 16];
            let side = 1 ^ (missing >> level & 1);
            let known = sum(&nodes[side * width..][..width]);
            nodes[path + side * width] = xor(&xor(&sums[2 * (level - 1) + side], key), &known);
        }
        nodes
    }

    /// The level below: all left children, then all right ones.
    fn double(&self, nodes: &[Block]) -> Seeds {
        let mut below = Zeroizing::new(vec![[0; 16]; 2 * nodes.len()]);
        let (left, right) = below.split_at_mut(nodes.len());
        self.doubling[0].compress(nodes, left);
        self.doubling[1].compress(nodes, right);
        below
    }

    /// The seed of a leaf, and a tag that binds it.
    fn finish(&self, tree: usize, leaf: usize, node: &Block) -> (Block, [u8; TAG]) {
        let digest = Sha512::new().chain_update(b"tacit/ot/leaf").chain_update(self.session);
        let digest = digest.chain_update([tree as u8, leaf as u8]).chain_update(node).finalize();
        (std::array::from_fn(|at| digest[at]), std::array::from_fn(|at| digest[16 + at]))
    }

    fn binding(&self) -> Sha512 {
        Sha512::new().chain_update(b"tacit/ot/leaves").chain_update(self.session)
    }
}

fn sum(blocks: &[Block]) -> Block {
    blocks.iter().fold(0, |sum, block| sum ^ word(block)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICES: u128 = 0xdead_beef_0000_ffff_0123_4567_89ab_cdef;

    fn chosen(keys: &[[Block; 2]]) -> Vec<Block> {
        keys.iter().enumerate().map(|(bit, pair)| pair[(CHOICES >> bit & 1) as usize]).collect()
    }

    #[test]
    fn one_leaf_of_every_tree_is_missing() {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit | 0x80; 16], [bit + 1; 16]]).collect();
        for bits in [1, 2, 4, 8] {
            let leaves = Leaves::new(&[7; 16], bits);
            let (all, message) = leaves.grow(&keys);
            assert_eq!(message.len(), setup_bytes(bits));
            let others = leaves.grow_around(CHOICES, &chosen(&keys), &message).unwrap();
            for (at, (a, b)) in all.iter().zip(others.iter()).enumerate() {
                let (tree, leaf) = (at >> bits, at & ((1 << bits) - 1));
                let missing = (CHOICES >> (tree * bits)) as usize & ((1 << bits) - 1);
                assert_eq!(a != b, leaf == missing);
                assert!(leaf != missing || *b == [0; 16]);
            }
        }
    }

    #[test]
    fn sums_that_do_not_fit_are_caught() {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit | 0x80; 16], [bit + 1; 16]]).collect();
        let leaves = Leaves::new(&[7; 16], 4);
        let (_, message) = leaves.grow(&keys);
        for level in 0..3 {
            // One of the two sums is used at every level: change both.
            let mut wrong = message.clone();
            wrong[32 * level] ^= 1;
            wrong[32 * level + 16] ^= 1;
            assert_eq!(leaves.grow_around(CHOICES, &chosen(&keys), &wrong).err(), Some(Error::Check));
        }
        assert_eq!(leaves.grow_around(CHOICES, &chosen(&keys), &message[1..]).err(), Some(Error::Message));
    }
}
