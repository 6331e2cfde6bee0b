//! The doubling of trees with the processor's AES: eight blocks in step, or 32 where vectors of four are encrypted.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use tacit_block::Block;
use tacit_cpu::Level;

/// Round keys of one permutation.
type Keys = [__m128i; 11];

/// The three permutations of a tree.
pub struct Native {
    keys: [Keys; 3],
    wide: bool,
}

impl Native {
    /// Under three keys; None where `level` or the processor does not allow it.
    pub fn new(level: Level, keys: &[Block; 3], wide: bool) -> Option<Native> {
        let found = level >= Level::Avx2 && is_x86_feature_detected!("aes");
        if !found || wide && !(level >= Level::Avx512 && is_x86_feature_detected!("vaes")) {
            return None;
        }
        // SAFETY: AES has been found.
        Some(Native { keys: keys.each_ref().map(|key| unsafe { schedule(key) }), wide })
    }

    /// The level below the first `parents` values (a power of two), in place, and its two sums.
    pub fn double(&self, nodes: &mut [Block], parents: usize, last: bool) -> [u128; 2] {
        let (left, right) = nodes[..2 * parents].split_at_mut(parents);
        // SAFETY: `new` found AES, and for `wide` VAES with AVX-512.
        let sums = unsafe {
            match (parents, self.wide) {
                (32.., true) => wide::double(&self.keys, left, right, last),
                (8.., _) => double::<8>(&self.keys, left, right, last),
                (4.., _) => double::<4>(&self.keys, left, right, last),
                (2.., _) => double::<2>(&self.keys, left, right, last),
                _ => double::<1>(&self.keys, left, right, last),
            }
        };
        sums.map(|sum| u128::from_le_bytes(stored(sum)))
    }
}

#[target_feature(enable = "aes,avx2")]
fn double<const N: usize>(keys: &[Keys; 3], left: &mut [Block], right: &mut [Block], last: bool) -> [__m128i; 2] {
    let mut sums = [_mm_setzero_si128(); 2];
    for (left, right) in left.as_chunks_mut::<N>().0.iter_mut().zip(right.as_chunks_mut::<N>().0) {
        let mut x = [_mm_setzero_si128(); N];
        x.iter_mut().zip(left.iter()).for_each(|(x, block)| *x = load(block));
        let (mut a, mut b) = (x, x);
        if last {
            encrypt(&keys[1], &mut a);
            encrypt(&keys[2], &mut b);
            for at in 0..N {
                a[at] = _mm_xor_si128(a[at], x[at]);
                b[at] = _mm_xor_si128(b[at], x[at]);
            }
        } else {
            a.iter_mut().for_each(|a| *a = turned(*a));
            encrypt(&keys[0], &mut a);
            for at in 0..N {
                a[at] = _mm_xor_si128(a[at], turned(x[at]));
                b[at] = _mm_xor_si128(a[at], x[at]);
            }
        }
        for at in 0..N {
            sums = [_mm_xor_si128(sums[0], a[at]), _mm_xor_si128(sums[1], b[at])];
            left[at] = stored(a[at]);
            right[at] = stored(b[at]);
        }
    }
    sums
}

/// σ: the high half goes down, both halves' sum up.
#[inline]
#[target_feature(enable = "aes,avx2")]
fn turned(x: __m128i) -> __m128i {
    let high = _mm_and_si128(x, _mm_set_epi64x(-1, 0));
    _mm_xor_si128(_mm_shuffle_epi32::<0b01_00_11_10>(x), high)
}

#[inline]
#[target_feature(enable = "aes,avx2")]
fn encrypt<const N: usize>(keys: &Keys, blocks: &mut [__m128i; N]) {
    blocks.iter_mut().for_each(|block| *block = _mm_xor_si128(*block, keys[0]));
    for key in &keys[1..10] {
        blocks.iter_mut().for_each(|block| *block = _mm_aesenc_si128(*block, *key));
    }
    blocks.iter_mut().for_each(|block| *block = _mm_aesenclast_si128(*block, keys[10]));
}

/// The key schedule of FIPS 197.
#[target_feature(enable = "aes,avx2")]
fn schedule(key: &Block) -> Keys {
    let mut keys = [load(key); 11];
    macro_rules! next {
        ($($round:literal $constant:literal),*) => {$(
            let last = keys[$round - 1];
            let turned = _mm_shuffle_epi32::<0xff>(_mm_aeskeygenassist_si128::<$constant>(last));
            let sum = _mm_xor_si128(last, _mm_slli_si128::<4>(last));
            let sum = _mm_xor_si128(sum, _mm_slli_si128::<8>(sum));
            keys[$round] = _mm_xor_si128(sum, turned);
        )*};
    }
    next!(1 0x01, 2 0x02, 3 0x04, 4 0x08, 5 0x10, 6 0x20, 7 0x40, 8 0x80, 9 0x1b, 10 0x36);
    keys
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &Block) -> __m128i {
    // SAFETY: a block has the 16 bytes that are read, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[inline(always)]
fn stored(value: __m128i) -> Block {
    let mut block = [0; 16];
    // SAFETY: a block has the 16 bytes that are written, and the store needs no alignment; SSE2 is always there.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), value) };
    block
}

/// Four blocks to a register.
mod wide {
    use super::*;

    /// Registers in step.
    const N: usize = 8;
    type Chunk = [Block; 4 * N];

    #[target_feature(enable = "aes,avx2,avx512f,avx512bw,avx512dq,avx512vl,vaes")]
    pub fn double(keys: &[Keys; 3], left: &mut [Block], right: &mut [Block], last: bool) -> [__m128i; 2] {
        let mut sums = [_mm512_setzero_si512(); 2];
        for (left, right) in left.as_chunks_mut().0.iter_mut().zip(right.as_chunks_mut().0) {
            let x = load(left);
            let (mut a, mut b) = (x, x);
            if last {
                encrypt(&keys[1], &mut a);
                encrypt(&keys[2], &mut b);
                for at in 0..N {
                    a[at] = _mm512_xor_si512(a[at], x[at]);
                    b[at] = _mm512_xor_si512(b[at], x[at]);
                }
            } else {
                a.iter_mut().for_each(|a| *a = turned(*a));
                encrypt(&keys[0], &mut a);
                for at in 0..N {
                    a[at] = _mm512_xor_si512(a[at], turned(x[at]));
                    b[at] = _mm512_xor_si512(a[at], x[at]);
                }
            }
            for at in 0..N {
                sums = [_mm512_xor_si512(sums[0], a[at]), _mm512_xor_si512(sums[1], b[at])];
            }
            store(left, &a);
            store(right, &b);
        }
        [folded(sums[0]), folded(sums[1])]
    }

    #[inline]
    #[target_feature(enable = "aes,avx2,avx512f,avx512bw,avx512dq,avx512vl,vaes")]
    fn encrypt(keys: &Keys, blocks: &mut [__m512i; N]) {
        let first = _mm512_broadcast_i32x4(keys[0]);
        blocks.iter_mut().for_each(|block| *block = _mm512_xor_si512(*block, first));
        for key in &keys[1..10] {
            let key = _mm512_broadcast_i32x4(*key);
            blocks.iter_mut().for_each(|block| *block = _mm512_aesenc_epi128(*block, key));
        }
        let last = _mm512_broadcast_i32x4(keys[10]);
        blocks.iter_mut().for_each(|block| *block = _mm512_aesenclast_epi128(*block, last));
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn turned(x: __m512i) -> __m512i {
        _mm512_xor_si512(_mm512_shuffle_epi32::<0b01_00_11_10>(x), _mm512_maskz_mov_epi64(0b1010_1010, x))
    }

    /// The sum of four blocks.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn folded(sum: __m512i) -> __m128i {
        let low = _mm_xor_si128(_mm512_extracti32x4_epi32::<0>(sum), _mm512_extracti32x4_epi32::<1>(sum));
        let high = _mm_xor_si128(_mm512_extracti32x4_epi32::<2>(sum), _mm512_extracti32x4_epi32::<3>(sum));
        _mm_xor_si128(low, high)
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load(blocks: &Chunk) -> [__m512i; N] {
        let mut out = [_mm512_setzero_si512(); N];
        for (out, four) in out.iter_mut().zip(blocks.as_chunks::<4>().0) {
            // SAFETY: four blocks have the 64 bytes that are read, and the load needs no alignment.
            *out = unsafe { _mm512_loadu_si512(four.as_ptr().cast()) };
        }
        out
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn store(blocks: &mut Chunk, values: &[__m512i; N]) {
        for (four, value) in blocks.as_chunks_mut::<4>().0.iter_mut().zip(values) {
            // SAFETY: four blocks have the 64 bytes that are written, and the store needs no alignment.
            unsafe { _mm512_storeu_si512(four.as_mut_ptr().cast(), *value) };
        }
    }
}
