//! Hashes from AES-128 with a fixed, public key taken as a random permutation π (Guo, Katz, Wang, Yu, 2019/074).

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};

use crate::{Block, word};

/// Blocks kept at a time beside their images: they stay in the first cache.
const BATCH: usize = 128;

/// A family of hashes under one public key.
#[derive(Clone)]
pub struct Hash {
    slow: Aes128,
    #[cfg(target_arch = "x86_64")]
    fast: Option<crate::cipher::Aes>,
}

/// Runs a method of the vector code where there is some.
macro_rules! where_fast {
    ($self:ident, $fast:ident => $run:expr) => {
        #[cfg(target_arch = "x86_64")]
        if let Some($fast) = &$self.fast {
            return $run;
        }
    };
}

impl Hash {
    /// The hashes under `key`, which is public: a constant or made from the session.
    pub fn new(key: &Block) -> Hash {
        #[cfg(target_arch = "x86_64")]
        let fast = tacit_cpu::level().ok().and_then(|level| crate::cipher::Aes::new(level, key));
        Hash {
            slow: Aes128::new(key.into()),
            #[cfg(target_arch = "x86_64")]
            fast,
        }
    }

    /// The same without vector code.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub fn portable(key: &Block) -> Hash {
        Hash { slow: Aes128::new(key.into()), fast: None }
    }

    /// x ← π(x).
    pub fn permute(&self, blocks: &mut [Block]) {
        where_fast!(self, fast => fast.permute(blocks));
        self.slow.encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
    }

    /// out ← π(x) ⊕ x: one-way, correlation robust.
    pub fn compress(&self, x: &[Block], out: &mut [Block]) {
        assert_eq!(x.len(), out.len());
        where_fast!(self, fast => fast.compress(x, out));
        out.copy_from_slice(x);
        self.compress_in_place(out);
    }

    /// x ← π(x) ⊕ x.
    pub fn compress_in_place(&self, blocks: &mut [Block]) {
        where_fast!(self, fast => fast.compress_in_place(blocks));
        let mut before = [[0; 16]; BATCH];
        for blocks in blocks.chunks_mut(BATCH) {
            before[..blocks.len()].copy_from_slice(blocks);
            self.permute(blocks);
            for (before, block) in before.iter().zip(blocks) {
                *block = (word(before) ^ word(block)).to_le_bytes();
            }
        }
    }

    /// `compress` under this key and under another's.
    pub fn compress_both(&self, other: &Hash, x: &[Block], out: &mut [Block], out_other: &mut [Block]) {
        #[cfg(target_arch = "x86_64")]
        if let (Some(fast), Some(other)) = (&self.fast, &other.fast) {
            return fast.compress_both(other, x, out, out_other);
        }
        self.compress(x, out);
        other.compress(x, out_other);
    }

    /// out ← π(π(x)) ⊕ π(x): `tweaked` without a tweak.
    pub fn twice(&self, x: &[Block], out: &mut [Block]) {
        assert_eq!(x.len(), out.len());
        where_fast!(self, fast => fast.twice(x, out));
        out.copy_from_slice(x);
        self.permute(out);
        self.compress_in_place(out);
    }

    /// x_i ← π(π(x_i) ⊕ (tweak + step · i)) ⊕ π(x_i): tweakable circular correlation robust (§7.4 there). A `step` of
    /// 0 gives equal blocks equal hashes.
    pub fn tweaked(&self, tweak: u128, step: u128, blocks: &mut [Block]) {
        let mut first = [[0; 16]; BATCH];
        for (batch, blocks) in blocks.chunks_mut(BATCH).enumerate() {
            self.permute(blocks);
            first[..blocks.len()].copy_from_slice(blocks);
            let tweak = tweak.wrapping_add(step * (batch * BATCH) as u128);
            for (offset, block) in blocks.iter_mut().enumerate() {
                *block = (word(block) ^ tweak.wrapping_add(step * offset as u128)).to_le_bytes();
            }
            self.permute(blocks);
            for (first, block) in first.iter().zip(blocks) {
                *block = (word(first) ^ word(block)).to_le_bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permutation_is_aes() {
        // FIPS 197, appendix B.
        let key = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
        let mut block = [0x3243_f6a8_885a_308d_3131_98a2_e037_0734_u128.to_be_bytes()];
        Hash::new(&key).permute(&mut block);
        assert_eq!(u128::from_be_bytes(block[0]), 0x3925_841d_02dc_09fb_dc11_8597_196a_0b32);
    }

    #[test]
    fn hashes_follow_their_formulas() {
        let hash = Hash::new(&[9; 16]);
        let x: Vec<Block> = (0..300u128).map(u128::to_le_bytes).collect();
        let (mut plain, mut tweaked) = (x.clone(), x.clone());
        hash.compress(&x, &mut plain);
        let mut in_place = x.clone();
        hash.compress_in_place(&mut in_place);
        assert_eq!(in_place, plain);
        hash.tweaked(77, 1, &mut tweaked);
        for (i, x) in x.iter().enumerate() {
            let mut first = [*x];
            hash.permute(&mut first);
            assert_eq!(word(&plain[i]), word(&first[0]) ^ word(x));
            let mut second = [(word(&first[0]) ^ (77 + i as u128)).to_le_bytes()];
            hash.permute(&mut second);
            assert_eq!(word(&tweaked[i]), word(&second[0]) ^ word(&first[0]));
        }
    }
}
