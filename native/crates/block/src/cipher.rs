//! AES-128 with the instructions of the processor, for public keys: several blocks in flight, results combined before
//! they are written. `Aes::new` gives nothing where they are missing; the portable code is used then.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::sync::OnceLock;

use tacit_cpu::Level;

use crate::Block;

/// Round keys, and how many blocks go into a vector.
#[derive(Clone)]
pub struct Aes {
    rounds: [Block; 11],
    wide: bool,
}

/// Runs a function of the module for the width.
macro_rules! on_width {
    ($self:ident, $function:ident($($argument:expr),*)) => {
        // SAFETY: `new` has found the instructions that the chosen width needs.
        unsafe {
            if $self.wide { wide::$function($($argument),*) } else { narrow::$function($($argument),*) }
        }
    };
}

impl Aes {
    /// The cipher under a key, if this level uses AES instructions: of 512 bits if the processor has them.
    pub fn new(level: Level, key: &Block) -> Option<Aes> {
        let found = level >= Level::Avx2 && is_x86_feature_detected!("aes");
        found.then(|| Aes::with(key, level >= Level::Avx512 && wide_is_sound()))
    }

    fn with(key: &Block, wide: bool) -> Aes {
        // SAFETY: the caller has found AES instructions.
        Aes { rounds: unsafe { expand(key) }, wide }
    }

    /// out ← π(x) ⊕ x.
    pub fn compress(&self, x: &[Block], out: &mut [Block]) {
        assert_eq!(x.len(), out.len());
        on_width!(self, compress(&self.rounds, x.as_ptr(), out.as_mut_ptr(), x.len()));
    }

    /// x ← π(x) ⊕ x.
    pub fn compress_in_place(&self, x: &mut [Block]) {
        let (at, count) = (x.as_mut_ptr(), x.len());
        on_width!(self, compress(&self.rounds, at, at, count));
    }

    /// x ← π(x).
    pub fn permute(&self, x: &mut [Block]) {
        let (at, count) = (x.as_mut_ptr(), x.len());
        on_width!(self, permute(&self.rounds, at, at, count));
    }

    /// out ← π(π(x)) ⊕ π(x).
    pub fn twice(&self, x: &[Block], out: &mut [Block]) {
        assert_eq!(x.len(), out.len());
        on_width!(self, twice(&self.rounds, x.as_ptr(), out.as_mut_ptr(), x.len()));
    }

    /// out ← π(x) ⊕ x and again with another key, over the same x.
    pub fn compress_both(&self, other: &Aes, x: &[Block], out: &mut [Block], out_other: &mut [Block]) {
        assert!(x.len() == out.len() && x.len() == out_other.len());
        let outs = (out.as_mut_ptr(), out_other.as_mut_ptr());
        on_width!(self, compress_both(&self.rounds, &other.rounds, x.as_ptr(), outs, x.len()));
    }
}

/// Whether 512-bit AES is there and agrees with 128-bit AES here: parties on different processors must get the same
/// hashes, and wrong ones would not be noticed, only make items look different.
fn wide_is_sound() -> bool {
    static SOUND: OnceLock<bool> = OnceLock::new();
    *SOUND.get_or_init(|| {
        is_x86_feature_detected!("vaes") && is_x86_feature_detected!("avx512f") && {
            let key: Block = std::array::from_fn(|at| (at * 37 + 5) as u8);
            let x: Vec<Block> = (0..77u8).map(|i| std::array::from_fn(|at| (at as u8).wrapping_mul(i) ^ i)).collect();
            agree(&Aes::with(&key, true), &Aes::with(&key, false), &x)
        }
    })
}

fn agree(one: &Aes, two: &Aes, x: &[Block]) -> bool {
    let results = [one, two].map(|aes| {
        let other = Aes::with(&x[3], aes.wide);
        let mut outs = [x.to_vec(), x.to_vec(), x.to_vec(), x.to_vec(), x.to_vec()];
        aes.compress(x, &mut outs[0]);
        aes.permute(&mut outs[1]);
        aes.twice(x, &mut outs[2]);
        let (a, b) = outs[3..].split_at_mut(1);
        aes.compress_both(&other, x, &mut a[0], &mut b[0]);
        outs
    });
    results[0] == results[1]
}

/// FIPS 197, section 5.2.
#[target_feature(enable = "aes,sse2")]
fn expand(key: &Block) -> [Block; 11] {
    let mut rounds = [[0; 16]; 11];
    // SAFETY: a block has the 16 bytes that are read, and the load needs no alignment.
    let mut last = unsafe { _mm_loadu_si128(key.as_ptr().cast()) };
    rounds[0] = *key;
    macro_rules! round {
        ($($number:literal, $constant:literal);*) => {$(
            let assist = _mm_shuffle_epi32::<0xff>(_mm_aeskeygenassist_si128::<$constant>(last));
            last = _mm_xor_si128(last, _mm_slli_si128::<4>(last));
            last = _mm_xor_si128(last, _mm_slli_si128::<8>(last));
            last = _mm_xor_si128(last, assist);
            // SAFETY: a block has the 16 bytes that are written, and the store needs no alignment.
            unsafe { _mm_storeu_si128(rounds[$number].as_mut_ptr().cast(), last) };
        )*};
    }
    round!(1, 0x01; 2, 0x02; 3, 0x04; 4, 0x08; 5, 0x10; 6, 0x20; 7, 0x40; 8, 0x80; 9, 0x1b; 10, 0x36);
    rounds
}

/// The functions for vectors of one kind, `$lanes` blocks each; eight vectors are in flight.
macro_rules! width {
    ($module:ident, $features:literal, $vector:ty, $lanes:literal,
     $load:expr, $store:expr, $key:expr, $xor:ident, $round:ident, $last:ident) => {
        mod $module {
            use super::*;

            const FLIGHT: usize = 8;
            const STEP: usize = FLIGHT * $lanes;

            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn load(from: *const Block) -> [$vector; FLIGHT] {
                // SAFETY: the caller has `STEP` blocks there.
                std::array::from_fn(|at| unsafe { $load(from.add(at * $lanes)) })
            }

            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn store(to: *mut Block, vectors: [$vector; FLIGHT]) {
                for (at, vector) in vectors.into_iter().enumerate() {
                    // SAFETY: the caller has `STEP` blocks there.
                    unsafe { $store(to.add(at * $lanes), vector) };
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn keys(rounds: &[Block; 11]) -> [$vector; 11] {
                // SAFETY: a block has the 16 bytes that are read.
                std::array::from_fn(|at| unsafe { $key(&rounds[at]) })
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn encrypt(keys: &[$vector; 11], mut x: [$vector; FLIGHT]) -> [$vector; FLIGHT] {
                for x in &mut x {
                    *x = $xor(*x, keys[0]);
                }
                for key in &keys[1..10] {
                    for x in &mut x {
                        *x = $round(*x, *key);
                    }
                }
                for x in &mut x {
                    *x = $last(*x, keys[10]);
                }
                x
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn sum(mut a: [$vector; FLIGHT], b: [$vector; FLIGHT]) -> [$vector; FLIGHT] {
                for (a, b) in a.iter_mut().zip(b) {
                    *a = $xor(*a, b);
                }
                a
            }

            /// Runs `$step` on whole steps in place of `x` and `to`, and on a padded copy of the rest.
            ///
            /// # Safety
            /// `count` blocks can be read at `x` and written at `to`, which may be the same place; the processor has
            /// the instructions.
            macro_rules! each {
                ($x:ident, $to:ident, $count:ident, |$in:ident| $step:expr) => {
                    // SAFETY: whole steps lie within `count` blocks; the rest is copied to a buffer of one step.
                    unsafe {
                        let whole = $count / STEP * STEP;
                        for at in (0..whole).step_by(STEP) {
                            let $in = load($x.add(at));
                            store($to.add(at), $step);
                        }
                        if whole < $count {
                            let mut rest = [[0; 16]; STEP];
                            std::ptr::copy_nonoverlapping($x.add(whole), rest.as_mut_ptr(), $count - whole);
                            let $in = load(rest.as_ptr());
                            store(rest.as_mut_ptr(), $step);
                            std::ptr::copy_nonoverlapping(rest.as_ptr(), $to.add(whole), $count - whole);
                        }
                    }
                };
            }

            /// # Safety
            /// As for `each`.
            #[target_feature(enable = $features)]
            pub unsafe fn compress(rounds: &[Block; 11], x: *const Block, to: *mut Block, count: usize) {
                let keys = keys(rounds);
                each!(x, to, count, |x| sum(encrypt(&keys, x), x));
            }

            /// # Safety
            /// As for `each`.
            #[target_feature(enable = $features)]
            pub unsafe fn permute(rounds: &[Block; 11], x: *const Block, to: *mut Block, count: usize) {
                let keys = keys(rounds);
                each!(x, to, count, |x| encrypt(&keys, x));
            }

            /// # Safety
            /// As for `each`.
            #[target_feature(enable = $features)]
            pub unsafe fn twice(rounds: &[Block; 11], x: *const Block, to: *mut Block, count: usize) {
                let keys = keys(rounds);
                each!(x, to, count, |x| {
                    let once = encrypt(&keys, x);
                    sum(encrypt(&keys, once), once)
                });
            }

            /// # Safety
            /// As for `each`, with two places to write to.
            #[target_feature(enable = $features)]
            pub unsafe fn compress_both(
                rounds: &[Block; 11],
                others: &[Block; 11],
                x: *const Block,
                to: (*mut Block, *mut Block),
                count: usize,
            ) {
                // In steps that stay in the first cache.
                const PART: usize = 4 * STEP;
                for at in (0..count).step_by(PART) {
                    let part = PART.min(count - at);
                    // SAFETY: parts lie within `count` blocks.
                    unsafe {
                        compress(rounds, x.add(at), to.0.add(at), part);
                        compress(others, x.add(at), to.1.add(at), part);
                    }
                }
            }
        }
    };
}

width!(
    narrow,
    "aes,avx2",
    __m128i,
    1,
    |from: *const Block| _mm_loadu_si128(from.cast()),
    |to: *mut Block, vector: __m128i| _mm_storeu_si128(to.cast(), vector),
    |key: &Block| _mm_loadu_si128(key.as_ptr().cast()),
    _mm_xor_si128,
    _mm_aesenc_si128,
    _mm_aesenclast_si128
);

width!(
    wide,
    "vaes,avx512f,avx2",
    __m512i,
    4,
    |from: *const Block| _mm512_loadu_si512(from.cast()),
    |to: *mut Block, vector: __m512i| _mm512_storeu_si512(to.cast(), vector),
    |key: &Block| _mm512_broadcast_i32x4(_mm_loadu_si128(key.as_ptr().cast())),
    _mm512_xor_si512,
    _mm512_aesenc_epi128,
    _mm512_aesenclast_epi128
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, xor};

    #[test]
    fn every_width_agrees_with_the_portable_cipher() {
        if !is_x86_feature_detected!("aes") || !is_x86_feature_detected!("avx2") {
            return;
        }
        let key: Block = std::array::from_fn(|at| (at * 91 + 3) as u8);
        let slow = Hash::portable(&key);
        for count in [0, 1, 7, 8, 9, 31, 32, 33, 200] {
            let x: Vec<Block> = (0..count as u128).map(|i| (i << 60 ^ i).to_le_bytes()).collect();
            for wide in [false, true].into_iter().filter(|wide| !wide || wide_is_sound()) {
                let aes = Aes::with(&key, wide);
                let (mut once, mut compressed, mut twice) = (x.clone(), x.clone(), x.clone());
                slow.permute(&mut once);
                let mut again = once.clone();
                slow.permute(&mut again);
                let mut permuted = x.clone();
                aes.permute(&mut permuted);
                aes.compress_in_place(&mut compressed);
                aes.twice(&x, &mut twice);
                assert_eq!(permuted, once);
                assert!(x.iter().zip(&once).zip(&compressed).all(|((x, y), z)| xor(x, y) == *z));
                assert!(again.iter().zip(&once).zip(&twice).all(|((x, y), z)| xor(x, y) == *z));
            }
        }
    }
}
