//! Trees of pseudorandom values with correlated nodes (Guo, Yang, Wang, Zhang, Xie, Liu, Zhao: *Half-Tree*, 2022/1431):
//! complete ones, and ones that lack a leaf.
//!
//! The nodes of every level but the last sum to Δ: the first level is k and k ⊕ Δ, the children of x are H(x) and
//! x ⊕ H(x). So one sum per level is enough for the other side, and one permutation per node. The children of the last
//! level are π_1(x) ⊕ x and π_2(x) ⊕ x. H(x) = π_0(σ(x)) ⊕ σ(x) with σ(h, l) = (h ⊕ l, h). Right children follow all
//! left ones, so bit l of a leaf's number is the side taken at level l.

use tacit_block::{Block, Hash, word, xor};
use tacit_cpu::Level;

#[cfg(target_arch = "x86_64")]
use crate::aes::Native;

/// The doubling of a tree's levels, under a public session.
pub struct Doubling {
    hashes: [Hash; 3],
    #[cfg(target_arch = "x86_64")]
    native: Option<Native>,
}

impl Doubling {
    /// The permutations for `session`.
    pub fn new(level: Level, session: &Block) -> Doubling {
        let keys = [0u128, 1, 2].map(|number| (word(session) ^ number << 120).to_le_bytes());
        let hashes = keys.map(|key| Hash::new(&key));
        let mut doubling = Doubling {
            hashes,
            #[cfg(target_arch = "x86_64")]
            native: None,
        };
        doubling.find_native(level, &keys);
        doubling
    }

    /// Takes the widest vector path that this processor has and that does what the plain one does.
    #[cfg(target_arch = "x86_64")]
    fn find_native(&mut self, level: Level, keys: &[Block; 3]) {
        let nodes: Vec<Block> = (1..=128u128).map(|at| ((at << 77) | (at * 5)).to_le_bytes()).collect();
        let agrees = |native: &Native| {
            [false, true].into_iter().all(|last| {
                let (mut found, mut expected) = (nodes.clone(), nodes.clone());
                let sums = native.double(&mut found, 64, last);
                sums == self.double_plainly(&mut expected, 64, last) && found == expected
            })
        };
        self.native = [true, false].into_iter().filter_map(|wide| Native::new(level, keys, wide)).find(agrees);
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn find_native(&mut self, _: Level, _: &[Block; 3]) {}

    /// The level below the first `parents` values, in place, and the sums of its left and of its right nodes.
    fn double(&self, nodes: &mut [Block], parents: usize, last: bool) -> [u128; 2] {
        #[cfg(target_arch = "x86_64")]
        if let Some(native) = &self.native {
            return native.double(nodes, parents, last);
        }
        self.double_plainly(nodes, parents, last)
    }

    /// `double` without vector instructions of its own.
    fn double_plainly(&self, nodes: &mut [Block], parents: usize, last: bool) -> [u128; 2] {
        let (left, right) = nodes[..2 * parents].split_at_mut(parents);
        if last {
            self.hashes[2].compress(left, right);
            self.hashes[1].compress_in_place(left);
        } else {
            right.copy_from_slice(left);
            left.iter_mut().for_each(|node| *node = turned(node));
            self.hashes[0].compress_in_place(left);
            right.iter_mut().zip(left.iter()).for_each(|(right, left)| *right = xor(right, left));
        }
        [sum(left), sum(right)]
    }

    /// Grows leaves from `key` and `key` ⊕ `delta`. Of every level but the first and the last the sum of left nodes is
    /// written to `sums`; the result is both sums of the last level.
    pub fn grow(&self, key: &Block, delta: &Block, leaves: &mut [Block], sums: &mut [u128]) -> [u128; 2] {
        leaves[0] = *key;
        leaves[1] = xor(key, delta);
        let mut width = 2;
        for sum in sums {
            [*sum, _] = self.double(leaves, width, false);
            width *= 2;
        }
        self.double(leaves, width, true)
    }

    /// Grows all leaves but number `missing`, from the sums of the sides not taken, first level first. The missing leaf
    /// is left as zero; the result is the sum of the others.
    pub fn grow_around(&self, missing: usize, sides: &[u128], leaves: &mut [Block]) -> u128 {
        leaves[missing & 1] = [0; 16];
        leaves[1 ^ (missing & 1)] = sides[0].to_le_bytes();
        let mut total = 0;
        for (level, given) in sides.iter().enumerate().skip(1) {
            let (width, last) = (1 << level, level + 1 == sides.len());
            let path = missing & (width - 1);
            let sums = self.double(leaves, width, last);
            let taken = missing >> level & 1;
            let (on, off) = (path + width * taken, path + width * (1 - taken));
            total = sums[taken] ^ word(&leaves[on]) ^ given;
            leaves[off] = (given ^ sums[1 - taken] ^ word(&leaves[off])).to_le_bytes();
            leaves[on] = [0; 16];
        }
        total
    }
}

/// σ.
fn turned(node: &Block) -> Block {
    let node = word(node);
    (((node << 64) ^ (node >> 64 << 64)) | node >> 64).to_le_bytes()
}

fn sum(blocks: &[Block]) -> u128 {
    blocks.iter().fold(0, |sum, block| sum ^ word(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_punctured_tree_is_the_tree_but_for_one_leaf() {
        let delta = 0x0123_4567_89ab_cdef_8888_dead_beef_0001_u128;
        let mut seen = Vec::new();
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            let doubling = Doubling::new(level, &[5; 16]);
            let (mut all, mut left) = (vec![[0; 16]; 128], [0; 5]);
            let last = doubling.grow(&[3; 16], &delta.to_le_bytes(), &mut all, &mut left);
            assert_eq!(last[0] ^ last[1], sum(&all));
            for missing in 0..128 {
                let mut sides = vec![word(&[3; 16])];
                sides.extend(left);
                for (level, side) in sides.iter_mut().enumerate() {
                    *side ^= if missing >> level & 1 == 0 { delta } else { 0 };
                }
                sides.push(last[1 - (missing >> 6)]);
                let mut others = vec![[9; 16]; 128];
                let known = doubling.grow_around(missing, &sides, &mut others);
                assert_eq!(sum(&all) ^ known, word(&all[missing]));
                assert!((0..128).all(|leaf| (others[leaf] == all[leaf]) != (leaf == missing)));
            }
            seen.push(all);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn sigma_is_an_orthomorphism_of_order_three() {
        for x in [1u128, 1 << 64, 0x0123_4567_89ab_cdef_8888_dead_beef_0001] {
            let once = word(&turned(&x.to_le_bytes()));
            let twice = word(&turned(&once.to_le_bytes()));
            assert_eq!(x ^ once ^ twice, 0);
        }
    }
}
