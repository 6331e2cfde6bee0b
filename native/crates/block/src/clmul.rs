//! GF(2^128) by the carry-less multiplication of the processor, 128 or 512 bits at a time. Called only where PCLMULQDQ
//! is present.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::sync::OnceLock;

use tacit_cpu::Level;

use crate::{Block, word};

/// Whether vectors of 512 bits are used.
fn wide_here(level: Level) -> bool {
    level >= Level::Avx512 && wide_is_sound()
}

/// Σ a_i b_i, reduced once at the end.
pub fn inner_product(level: Level, a: &[Block], b: &[Block]) -> u128 {
    assert_eq!(a.len(), b.len());
    if wide_here(level) {
        // SAFETY: the instructions have been found, and `a` and `b` have as many blocks.
        unsafe { wide::inner_product(a.as_ptr(), b.as_ptr(), a.len()) }
    } else {
        // SAFETY: the caller has found PCLMULQDQ, and `a` and `b` have as many blocks.
        unsafe { narrow::inner_product(a.as_ptr(), b.as_ptr(), a.len()) }
    }
}

/// out_i += factor · x_i.
pub fn add_scaled(level: Level, factor: &Block, x: &[Block], out: &mut [Block]) {
    assert_eq!(x.len(), out.len());
    if wide_here(level) {
        // SAFETY: the instructions have been found, and `x` and `out` have as many blocks.
        unsafe { wide::add_scaled(factor, x.as_ptr(), out.as_mut_ptr(), x.len()) }
    } else {
        // SAFETY: the caller has found PCLMULQDQ, and `x` and `out` have as many blocks.
        unsafe { narrow::add_scaled(factor, x.as_ptr(), out.as_mut_ptr(), x.len()) }
    }
}

/// out_i += Σ_l dense_l · x_i^(l+1).
pub fn add_dense(level: Level, dense: &[Block], x: &[Block], out: &mut [Block]) {
    assert_eq!(x.len(), out.len());
    if wide_here(level) {
        // SAFETY: the instructions have been found, and `x` and `out` have as many blocks.
        unsafe { wide::add_dense(dense, x.as_ptr(), out.as_mut_ptr(), x.len()) }
    } else {
        // SAFETY: the caller has found PCLMULQDQ, and `x` and `out` have as many blocks.
        unsafe { narrow::add_dense(dense, x.as_ptr(), out.as_mut_ptr(), x.len()) }
    }
}

/// Whether 512-bit carry-less multiplication is there and agrees with that of 128 bits here.
fn wide_is_sound() -> bool {
    static SOUND: OnceLock<bool> = OnceLock::new();
    *SOUND.get_or_init(|| {
        let found = is_x86_feature_detected!("vpclmulqdq") && is_x86_feature_detected!("avx512f");
        found && is_x86_feature_detected!("avx512bw") && agree()
    })
}

fn agree() -> bool {
    let next = |state: &mut u128| {
        *state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
        Some((*state ^ (*state >> 64)).to_le_bytes())
    };
    let blocks: Vec<Block> = std::iter::repeat_with(|| ()).scan(1, |state, ()| next(state)).take(200).collect();
    let (x, y, dense) = (&blocks[..77], &blocks[77..154], &blocks[154..158]);
    let mut found = [[y.to_vec(), y.to_vec()], [y.to_vec(), y.to_vec()]];
    let [ours, theirs] = &mut found;
    // SAFETY: the caller has found the instructions of both widths; all lengths are 77.
    let products = unsafe {
        wide::add_scaled(&dense[0], x.as_ptr(), ours[0].as_mut_ptr(), 77);
        wide::add_dense(dense, x.as_ptr(), ours[1].as_mut_ptr(), 77);
        narrow::add_scaled(&dense[0], x.as_ptr(), theirs[0].as_mut_ptr(), 77);
        narrow::add_dense(dense, x.as_ptr(), theirs[1].as_mut_ptr(), 77);
        let wide = wide::inner_product(x.as_ptr(), y.as_ptr(), 77);
        [wide, narrow::inner_product(x.as_ptr(), y.as_ptr(), 77)]
    };
    products[0] == products[1] && found[0] == found[1]
}

/// The functions for vectors of one kind, `$lanes` blocks each; four vectors are in flight.
macro_rules! width {
    ($module:ident, $features:literal, $vector:ty, $lanes:literal, $load:expr, $store:expr, $spread:expr,
     $multiply:ident, $xor:ident, $up:ident, $down:ident) => {
        mod $module {
            use super::*;

            const FLIGHT: usize = 4;
            const STEP: usize = FLIGHT * $lanes;

            type Vectors = [$vector; FLIGHT];

            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn load(from: *const Block) -> Vectors {
                // SAFETY: the caller has `STEP` blocks there.
                std::array::from_fn(|at| unsafe { $load(from.add(at * $lanes)) })
            }

            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn store(to: *mut Block, vectors: Vectors) {
                for (at, vector) in vectors.into_iter().enumerate() {
                    // SAFETY: the caller has `STEP` blocks there.
                    unsafe { $store(to.add(at * $lanes), vector) };
                }
            }

            /// The block in every lane.
            #[inline]
            #[target_feature(enable = $features)]
            fn spread(block: &Block) -> $vector {
                // SAFETY: a block has the 16 bytes that are read.
                unsafe { $spread(block) }
            }

            /// The products of degree up to 254: their low and high halves.
            #[inline]
            #[target_feature(enable = $features)]
            fn products(a: $vector, b: $vector) -> ($vector, $vector) {
                let low = $multiply::<0x00>(a, b);
                let high = $multiply::<0x11>(a, b);
                let middle = $xor($multiply::<0x01>(a, b), $multiply::<0x10>(a, b));
                ($xor(low, $up::<8>(middle)), $xor(high, $down::<8>(middle)))
            }

            /// high · X^128 + low modulo the field polynomial, folding 64 bits at a time.
            #[inline]
            #[target_feature(enable = $features)]
            fn reduce((low, high): ($vector, $vector), modulus: $vector) -> $vector {
                let upper = $multiply::<0x01>(high, modulus);
                let high = $xor(high, $down::<8>(upper));
                let low = $xor(low, $up::<8>(upper));
                $xor(low, $multiply::<0x00>(high, modulus))
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn modulus() -> $vector {
                spread(&0x87u128.to_le_bytes())
            }

            /// `count` blocks, at most a step, and zeros after them.
            unsafe fn padded(from: *const Block, count: usize) -> [Block; STEP] {
                let mut out = [[0; 16]; STEP];
                // SAFETY: the caller has `count` blocks there, and they fit.
                unsafe { std::ptr::copy_nonoverlapping(from, out.as_mut_ptr(), count) };
                out
            }

            /// Σ a_i b_i.
            ///
            /// # Safety
            /// `count` blocks can be read at `a` and at `b`; the processor has the instructions.
            #[target_feature(enable = $features)]
            pub unsafe fn inner_product(a: *const Block, b: *const Block, count: usize) -> u128 {
                // SAFETY: whole steps lie within `count` blocks; the rest is copied.
                unsafe {
                    let zero = spread(&[0; 16]);
                    let mut sums = [(zero, zero); FLIGHT];
                    let add = |sums: &mut [($vector, $vector); FLIGHT], a: Vectors, b: Vectors| {
                        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                            let (low, high) = products(a, b);
                            *sum = ($xor(sum.0, low), $xor(sum.1, high));
                        }
                    };
                    let whole = count / STEP * STEP;
                    for at in (0..whole).step_by(STEP) {
                        add(&mut sums, load(a.add(at)), load(b.add(at)));
                    }
                    let (a, b) = (padded(a.add(whole), count - whole), padded(b.add(whole), count - whole));
                    add(&mut sums, load(a.as_ptr()), load(b.as_ptr()));
                    let mut out = [[0; 16]; STEP];
                    let modulus = modulus();
                    store(out.as_mut_ptr(), sums.map(|sum| reduce(sum, modulus)));
                    out.iter().fold(0, |sum, part| sum ^ word(part))
                }
            }

            /// Runs `$step` on whole steps of `x` and `out`, and on padded copies of the rest.
            macro_rules! each {
                ($x:ident, $out:ident, $count:ident, |$here:ident, $sum:ident| $step:expr) => {
                    // SAFETY: whole steps lie within `count` blocks; the rest is copied.
                    unsafe {
                        let whole = $count / STEP * STEP;
                        for at in (0..whole).step_by(STEP) {
                            let ($here, $sum) = (load($x.add(at)), load($out.add(at)));
                            store($out.add(at), $step);
                        }
                        if whole < $count {
                            let rest = $count - whole;
                            let (x, mut sums) = (padded($x.add(whole), rest), padded($out.add(whole), rest));
                            let ($here, $sum) = (load(x.as_ptr()), load(sums.as_ptr()));
                            store(sums.as_mut_ptr(), $step);
                            std::ptr::copy_nonoverlapping(sums.as_ptr(), $out.add(whole), rest);
                        }
                    }
                };
            }

            /// # Safety
            /// `count` blocks can be read at `x` and written at `out`; the processor has the instructions.
            #[target_feature(enable = $features)]
            pub unsafe fn add_scaled(factor: &Block, x: *const Block, out: *mut Block, count: usize) {
                let (factor, modulus) = (spread(factor), modulus());
                each!(x, out, count, |here, sum| {
                    let mut sum = sum;
                    for (sum, here) in sum.iter_mut().zip(here) {
                        *sum = $xor(*sum, reduce(products(here, factor), modulus));
                    }
                    sum
                });
            }

            /// Horner's scheme.
            ///
            /// # Safety
            /// As for `add_scaled`.
            #[target_feature(enable = $features)]
            pub unsafe fn add_dense(dense: &[Block], x: *const Block, out: *mut Block, count: usize) {
                let modulus = modulus();
                each!(x, out, count, |points, sum| {
                    let mut terms = [spread(&[0; 16]); FLIGHT];
                    for factor in dense.iter().rev() {
                        let factor = spread(factor);
                        for (term, point) in terms.iter_mut().zip(points) {
                            *term = reduce(products($xor(*term, factor), point), modulus);
                        }
                    }
                    for (term, sum) in terms.iter_mut().zip(sum) {
                        *term = $xor(*term, sum);
                    }
                    terms
                });
            }
        }
    };
}

width!(
    narrow,
    "pclmulqdq,avx2",
    __m128i,
    1,
    |from: *const Block| _mm_loadu_si128(from.cast()),
    |to: *mut Block, vector: __m128i| _mm_storeu_si128(to.cast(), vector),
    |block: &Block| _mm_loadu_si128(block.as_ptr().cast()),
    _mm_clmulepi64_si128,
    _mm_xor_si128,
    _mm_slli_si128,
    _mm_srli_si128
);

width!(
    wide,
    "vpclmulqdq,avx512f,avx512bw,avx2",
    __m512i,
    4,
    |from: *const Block| _mm512_loadu_si512(from.cast()),
    |to: *mut Block, vector: __m512i| _mm512_storeu_si512(to.cast(), vector),
    |block: &Block| _mm512_broadcast_i32x4(_mm_loadu_si128(block.as_ptr().cast())),
    _mm512_clmulepi64_epi128,
    _mm512_xor_si512,
    _mm512_bslli_epi128,
    _mm512_bsrli_epi128
);
