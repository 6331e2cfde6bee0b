//! SHA-512 (FIPS 180-4) of eight messages of one length side by side, one per lane.

use std::arch::x86_64::*;

use super::{LANES, load, splat, store};

const BLOCK: usize = 128;

/// First 64 bits of the fractional parts of the square roots of the first 8 primes.
const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// First 64 bits of the fractional parts of the cube roots of the first 80 primes.
const ROUNDS: [u64; 80] = [
    0x428a_2f98_d728_ae22,
    0x7137_4491_23ef_65cd,
    0xb5c0_fbcf_ec4d_3b2f,
    0xe9b5_dba5_8189_dbbc,
    0x3956_c25b_f348_b538,
    0x59f1_11f1_b605_d019,
    0x923f_82a4_af19_4f9b,
    0xab1c_5ed5_da6d_8118,
    0xd807_aa98_a303_0242,
    0x1283_5b01_4570_6fbe,
    0x2431_85be_4ee4_b28c,
    0x550c_7dc3_d5ff_b4e2,
    0x72be_5d74_f27b_896f,
    0x80de_b1fe_3b16_96b1,
    0x9bdc_06a7_25c7_1235,
    0xc19b_f174_cf69_2694,
    0xe49b_69c1_9ef1_4ad2,
    0xefbe_4786_384f_25e3,
    0x0fc1_9dc6_8b8c_d5b5,
    0x240c_a1cc_77ac_9c65,
    0x2de9_2c6f_592b_0275,
    0x4a74_84aa_6ea6_e483,
    0x5cb0_a9dc_bd41_fbd4,
    0x76f9_88da_8311_53b5,
    0x983e_5152_ee66_dfab,
    0xa831_c66d_2db4_3210,
    0xb003_27c8_98fb_213f,
    0xbf59_7fc7_beef_0ee4,
    0xc6e0_0bf3_3da8_8fc2,
    0xd5a7_9147_930a_a725,
    0x06ca_6351_e003_826f,
    0x1429_2967_0a0e_6e70,
    0x27b7_0a85_46d2_2ffc,
    0x2e1b_2138_5c26_c926,
    0x4d2c_6dfc_5ac4_2aed,
    0x5338_0d13_9d95_b3df,
    0x650a_7354_8baf_63de,
    0x766a_0abb_3c77_b2a8,
    0x81c2_c92e_47ed_aee6,
    0x9272_2c85_1482_353b,
    0xa2bf_e8a1_4cf1_0364,
    0xa81a_664b_bc42_3001,
    0xc24b_8b70_d0f8_9791,
    0xc76c_51a3_0654_be30,
    0xd192_e819_d6ef_5218,
    0xd699_0624_5565_a910,
    0xf40e_3585_5771_202a,
    0x106a_a070_32bb_d1b8,
    0x19a4_c116_b8d2_d0c8,
    0x1e37_6c08_5141_ab53,
    0x2748_774c_df8e_eb99,
    0x34b0_bcb5_e19b_48a8,
    0x391c_0cb3_c5c9_5a63,
    0x4ed8_aa4a_e341_8acb,
    0x5b9c_ca4f_7763_e373,
    0x682e_6ff3_d6b2_b8a3,
    0x748f_82ee_5def_b2fc,
    0x78a5_636f_4317_2f60,
    0x84c8_7814_a1f0_ab72,
    0x8cc7_0208_1a64_39ec,
    0x90be_fffa_2363_1e28,
    0xa450_6ceb_de82_bde9,
    0xbef9_a3f7_b2c6_7915,
    0xc671_78f2_e372_532b,
    0xca27_3ece_ea26_619c,
    0xd186_b8c7_21c0_c207,
    0xeada_7dd6_cde0_eb1e,
    0xf57d_4f7f_ee6e_d178,
    0x06f0_67aa_7217_6fba,
    0x0a63_7dc5_a2c8_98a6,
    0x113f_9804_bef9_0dae,
    0x1b71_0b35_131c_471b,
    0x28db_77f5_2304_7d84,
    0x32ca_ab7b_40c7_2493,
    0x3c9e_be0a_15c9_bebc,
    0x431d_67c4_9c10_0d4c,
    0x4cc5_d4be_cb3e_42b6,
    0x597f_299c_fc65_7e2a,
    0x5fcb_6fab_3ad6_faec,
    0x6c44_198c_4a47_5817,
];

/// A hash of eight messages, as far as it has come: a whole number of blocks.
#[derive(Clone, Copy)]
pub(super) struct Hash8 {
    state: [__m512i; 8],
    blocks: usize,
}

impl Hash8 {
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn new() -> Hash8 {
        Hash8 { state: START.map(|word| splat(word)), blocks: 0 }
    }

    /// The same block for all lanes.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn block(mut self, block: &[u8; BLOCK]) -> Hash8 {
        self.compress(&[*block; LANES]);
        self
    }

    /// The hashes, once the last `length` bytes of every message are added: `write` puts those of a lane into zeros.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn finish(mut self, length: usize, write: impl Fn(usize, &mut [u8])) -> [[u8; 64]; LANES] {
        let bits = 8 * (self.blocks * BLOCK + length) as u128;
        let blocks = (length + 17).div_ceil(BLOCK);
        let mut padded = vec![0u8; LANES * blocks * BLOCK];
        for (lane, padded) in padded.chunks_exact_mut(blocks * BLOCK).enumerate() {
            write(lane, &mut padded[..length]);
            padded[length] = 0x80;
            padded[blocks * BLOCK - 16..].copy_from_slice(&bits.to_be_bytes());
        }
        for number in 0..blocks {
            let block = |lane: usize| padded[(lane * blocks + number) * BLOCK..].first_chunk().copied();
            self.compress(&std::array::from_fn(|lane| block(lane).unwrap_or([0; BLOCK])));
        }
        let words = self.state.map(|word| store(word));
        std::array::from_fn(|lane| {
            let mut out = [0; 64];
            for (out, word) in out.as_chunks_mut::<8>().0.iter_mut().zip(&words) {
                *out = word[lane].to_be_bytes();
            }
            out
        })
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    fn compress(&mut self, blocks: &[[u8; BLOCK]; LANES]) {
        let mut words: [__m512i; 16] = [splat(0); 16];
        for (place, word) in words.iter_mut().enumerate() {
            let lane = |lane: usize| u64::from_be_bytes(blocks[lane].as_chunks::<8>().0[place]);
            *word = load(&std::array::from_fn(lane));
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for (round, constant) in ROUNDS.into_iter().enumerate() {
            if round >= 16 {
                words[round % 16] = next_word(&words, round);
            }
            let choice = _mm512_ternarylogic_epi64::<0b1100_1010>(e, f, g);
            let majority = _mm512_ternarylogic_epi64::<0b1110_1000>(a, b, c);
            let first = plus(plus(h, big_1(e)), plus(plus(choice, splat(constant)), words[round % 16]));
            let second = plus(big_0(a), majority);
            (h, g, f, e, d, c, b, a) = (g, f, e, plus(d, first), c, b, a, plus(first, second));
        }
        for (state, word) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *state = plus(*state, word);
        }
        self.blocks += 1;
    }
}

/// The word of the message schedule for this round, from the sixteen before it.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn next_word(words: &[__m512i; 16], round: usize) -> __m512i {
    let at = |back: usize| words[(round - back) % 16];
    plus(plus(small_1(at(2)), at(7)), plus(small_0(at(15)), at(16)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn plus(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi64(a, b)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn xor(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn big_0(x: __m512i) -> __m512i {
    xor(_mm512_ror_epi64::<28>(x), _mm512_ror_epi64::<34>(x), _mm512_ror_epi64::<39>(x))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn big_1(x: __m512i) -> __m512i {
    xor(_mm512_ror_epi64::<14>(x), _mm512_ror_epi64::<18>(x), _mm512_ror_epi64::<41>(x))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn small_0(x: __m512i) -> __m512i {
    xor(_mm512_ror_epi64::<1>(x), _mm512_ror_epi64::<8>(x), _mm512_srli_epi64::<7>(x))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn small_1(x: __m512i) -> __m512i {
    xor(_mm512_ror_epi64::<19>(x), _mm512_ror_epi64::<61>(x), _mm512_srli_epi64::<6>(x))
}

/// expand_message_xmd (RFC 9380, section 5.3.1) to 64 bytes of rows of `width`, as `expand::Tag::expand` does.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn expand(messages: &[u8], width: usize, prime: &[u8], out: &mut [[u8; 64]]) {
    let padded = Hash8::new().block(&[0; BLOCK]);
    let count = out.len();
    for (group, out) in out.chunks_mut(LANES).enumerate() {
        let row = |lane: usize| &messages[(group * LANES + lane).min(count - 1) * width..][..width];
        let seeds = padded.finish(width + 3 + prime.len(), |lane, bytes| {
            bytes[..width].copy_from_slice(row(lane));
            bytes[width + 1] = 64;
            bytes[width + 3..].copy_from_slice(prime);
        });
        let rows = Hash8::new().finish(65 + prime.len(), |lane, bytes| {
            bytes[..64].copy_from_slice(&seeds[lane]);
            bytes[64] = 1;
            bytes[65..].copy_from_slice(prime);
        });
        out.copy_from_slice(&rows[..out.len()]);
    }
}

/// SHA-512 of messages of `length` bytes, which `write` puts into zeros.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn hash(length: usize, write: &dyn Fn(usize, &mut [u8]), out: &mut [[u8; 64]]) {
    let count = out.len();
    for (group, out) in out.chunks_mut(LANES).enumerate() {
        let row = |lane: usize| (group * LANES + lane).min(count - 1);
        let rows = Hash8::new().finish(length, |lane, bytes| write(row(lane), bytes));
        out.copy_from_slice(&rows[..out.len()]);
    }
}
