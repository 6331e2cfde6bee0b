//! The convolution with AVX2: a value of 128 bits, or two of them side by side, in one register.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use crate::code::{GROUP, TABLES, WINDOW};

macro_rules! convolution {
    ($name:ident, $inner:ident, $count:literal, $zero:ident, $set:ident, $load:ident, $store:ident,
     $xor:ident, $and:ident, $left:ident, $sign:ident, $shuffle:ident) => {
        /// Convolves the values in place, without the wrap. Called only where AVX2 is present.
        pub fn $name(masks: &[u32], mut values: [&mut [u128]; $count]) {
            let count = values[0].len();
            assert!(values.iter().all(|values| values.len() == count));
            assert!(masks.len() >= count && count.is_multiple_of(GROUP));
            // SAFETY: the caller has found AVX2.
            unsafe { $inner(masks, &mut values) }
        }

        #[target_feature(enable = "avx2")]
        fn $inner(masks: &[u32], values: &mut [&mut [u128]; $count]) {
            const { assert!(GROUP == 4) };
            let zero = $zero();
            let chosen = [zero, $set(-1)];
            // 1 in every 32-bit lane but the lowest of each value, which has 0x87.
            let carry = registers::$name();
            let mut tables = [[zero; 1 << GROUP]; 8];
            for (group, masks) in masks.as_chunks::<GROUP>().0[..values[0].len() / GROUP].iter().enumerate() {
                let mut here = [zero; GROUP];
                for (place, here) in here.iter_mut().enumerate() {
                    let at = GROUP * group + place;
                    let mut value = registers::$load(values, at);
                    if let Some(before) = at.checked_sub(WINDOW + 1) {
                        value = $xor(value, registers::$load(values, before));
                    }
                    // Times X: every 32-bit lane moves up by one bit and hands its top bit on.
                    let carries = $and($shuffle::<0b10_01_00_11>($sign::<31>(value)), carry);
                    value = $xor($left::<1>(value), carries);
                    for table in 0..TABLES - 1 {
                        let bits = masks[place] >> (GROUP * table) & 15;
                        value = $xor(value, tables[(group + 2 + table) % 8][bits as usize]);
                    }
                    *here = value;
                }
                for place in 1..GROUP {
                    for earlier in 0..place {
                        let bit = masks[place] >> (WINDOW + earlier) & 1;
                        here[place] = $xor(here[place], $and(here[earlier], chosen[bit as usize]));
                    }
                }
                let table = &mut tables[group % 8];
                for (place, value) in here.iter().enumerate() {
                    registers::$store(values, GROUP * group + place, *value);
                    for bits in 0..1 << place {
                        table[bits | 1 << place] = $xor(table[bits], *value);
                    }
                }
            }
        }
    };
}

/// Values to and from registers, and what the top bits of 32-bit lanes, moved one lane up, add: 0x87 where the highest
/// comes round, 1 elsewhere.
mod registers {
    use super::*;

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn load_one(values: &[&mut [u128]; 1], at: usize) -> __m128i {
        load(&values[0][at])
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn load_two(values: &[&mut [u128]; 2], at: usize) -> __m256i {
        _mm256_set_m128i(load(&values[1][at]), load(&values[0][at]))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn store_one(values: &mut [&mut [u128]; 1], at: usize, value: __m128i) {
        store(&mut values[0][at], value);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn store_two(values: &mut [&mut [u128]; 2], at: usize, value: __m256i) {
        store(&mut values[0][at], _mm256_castsi256_si128(value));
        store(&mut values[1][at], _mm256_extracti128_si256::<1>(value));
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(value: &u128) -> __m128i {
        // SAFETY: the source has the 16 bytes that are read, and the load needs no alignment.
        unsafe { _mm_loadu_si128(std::ptr::from_ref(value).cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn store(to: &mut u128, value: __m128i) {
        // SAFETY: the target has the 16 bytes that are written, and the store needs no alignment.
        unsafe { _mm_storeu_si128(std::ptr::from_mut(to).cast(), value) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn one() -> __m128i {
        _mm_set_epi32(1, 1, 1, 0x87)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn two() -> __m256i {
        _mm256_set_epi32(1, 1, 1, 0x87, 1, 1, 1, 0x87)
    }
}

convolution!(
    one,
    one_here,
    1,
    _mm_setzero_si128,
    _mm_set1_epi32,
    load_one,
    store_one,
    _mm_xor_si128,
    _mm_and_si128,
    _mm_slli_epi32,
    _mm_srai_epi32,
    _mm_shuffle_epi32
);
convolution!(
    two,
    two_here,
    2,
    _mm256_setzero_si256,
    _mm256_set1_epi32,
    load_two,
    store_two,
    _mm256_xor_si256,
    _mm256_and_si256,
    _mm256_slli_epi32,
    _mm256_srai_epi32,
    _mm256_shuffle_epi32
);
