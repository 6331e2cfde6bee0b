//! Trees of pseudorandom values (Goldreich, Goldwasser, Micali): complete ones, and ones that lack a leaf.
//!
//! Children of x are π_0(x) ⊕ x and π_1(x) ⊕ x. Right children follow all left ones, so bit l of a leaf's number is the
//! side taken at level l.

use tacit_block::{Block, Hash, word};

/// The doubling of a tree's levels, under a public session.
pub struct Doubling([Hash; 2]);

impl Doubling {
    /// Both permutations for `session`.
    pub fn new(session: &Block) -> Doubling {
        Doubling([1u128, 2].map(|side| Hash::new(&(word(session) ^ side << 120).to_le_bytes())))
    }

    /// The level below the first `parents` values, in place.
    fn double(&self, nodes: &mut [Block], parents: usize) {
        let (left, right) = nodes[..2 * parents].split_at_mut(parents);
        self.0[1].compress(left, right);
        self.0[0].compress_in_place(left);
    }

    /// Grows `root` into leaves. For every level the sums of its left and of its right nodes, then the sum of leaves.
    pub fn grow(&self, root: &Block, leaves: &mut [Block], sums: &mut [[u128; 2]]) -> u128 {
        leaves[0] = *root;
        for (level, sums) in sums.iter_mut().enumerate() {
            self.double(leaves, 1 << level);
            *sums = [sum(&leaves[..1 << level]), sum(&leaves[1 << level..2 << level])];
        }
        sums.last().map_or(word(root), |[left, right]| left ^ right)
    }

    /// Grows all leaves but number `missing`, from the sums of the sides not taken. The missing leaf is left as zero;
    /// the result is the sum of the others.
    pub fn grow_around(&self, missing: usize, sides: &[u128], leaves: &mut [Block]) -> u128 {
        leaves[0] = [0; 16];
        let mut path = 0;
        for (level, given) in sides.iter().enumerate() {
            let width = 1 << level;
            self.double(leaves, width);
            leaves[path] = [0; 16];
            leaves[path + width] = [0; 16];
            let taken = missing >> level & 1;
            let other = width * (1 - taken);
            let known = sum(&leaves[other..other + width]);
            leaves[path + other] = (given ^ known).to_le_bytes();
            path += width * taken;
        }
        sum(leaves)
    }
}

fn sum(blocks: &[Block]) -> u128 {
    blocks.iter().fold(0, |sum, block| sum ^ word(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_punctured_tree_is_the_tree_but_for_one_leaf() {
        let doubling = Doubling::new(&[5; 16]);
        let (mut all, mut sums) = (vec![[0; 16]; 32], [[0; 2]; 5]);
        let total = doubling.grow(&[3; 16], &mut all, &mut sums);
        assert_eq!(total, sum(&all));
        for missing in 0..32 {
            let sides: Vec<u128> =
                sums.iter().enumerate().map(|(level, sums)| sums[1 - (missing >> level & 1)]).collect();
            let mut others = vec![[0; 16]; 32];
            let known = doubling.grow_around(missing, &sides, &mut others);
            assert_eq!(total ^ known, word(&all[missing]));
            assert!((0..32).all(|leaf| (others[leaf] == all[leaf]) != (leaf == missing)));
        }
    }
}
