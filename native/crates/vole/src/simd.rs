//! The code with AVX2: a value of 128 bits, or two of them side by side, in one register.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use crate::code::{GROUP, Offsets, Pair, TABLES, WINDOW};

macro_rules! lane {
    ($convolve:ident, $expand:ident, $module:ident, $lane:ty, $register:ty, $zero:ident, $set:ident, $load:ident,
     $store:ident, $xor:ident, $and:ident, $left:ident, $sign:ident, $shuffle:ident, $carry:expr) => {
        /// Convolves the values in place, without the wrap. Called only where AVX2 is present.
        pub fn $convolve(masks: &[Offsets], values: &mut [$lane]) {
            assert!(masks.len() >= values.len() && values.len().is_multiple_of(GROUP));
            // SAFETY: the caller has found AVX2.
            unsafe { $module::convolve(masks, values) }
        }

        /// Adds to every output the values that its picks name. Called only where AVX2 is present.
        pub fn $expand<P: AsRef<[u16]>>(picks: &[P], values: &[$lane], outputs: &mut [$lane]) {
            // No pick is beyond values that are as many as 16 bits can number: these need no looking after.
            if let Ok(values) = <&[$lane; 1 << 16]>::try_from(values) {
                // SAFETY: the caller has found AVX2.
                unsafe { $module::expand(picks, |pick| &values[usize::from(pick)], outputs) }
            } else {
                // SAFETY: the caller has found AVX2.
                unsafe { $module::expand(picks, |pick| &values[usize::from(pick)], outputs) }
            }
        }

        mod $module {
            use super::*;

            #[target_feature(enable = "avx2")]
            pub fn expand<'a, P: AsRef<[u16]>>(picks: &[P], value: impl Fn(u16) -> &'a $lane, outputs: &mut [$lane]) {
                for (picks, output) in picks.iter().zip(outputs) {
                    let mut sum = load(output);
                    for pick in picks.as_ref() {
                        sum = $xor(sum, load(value(*pick)));
                    }
                    store(output, sum);
                }
            }

            #[target_feature(enable = "avx2")]
            pub fn convolve(masks: &[Offsets], values: &mut [$lane]) {
                const { assert!(GROUP == 4) };
                let zero = $zero();
                let chosen = [zero, $set(-1)];
                // What the top bits of 32-bit lanes, moved one lane up, add: 0x87 where the highest comes round.
                let carry = $carry;
                let mut tables = [[zero; 1 << GROUP]; 8];
                for (group, masks) in masks.as_chunks::<GROUP>().0[..values.len() / GROUP].iter().enumerate() {
                    let mut here = [zero; GROUP];
                    for (place, here) in here.iter_mut().enumerate() {
                        let at = GROUP * group + place;
                        let mut value = load(&values[at]);
                        if let Some(before) = at.checked_sub(WINDOW + 1) {
                            value = $xor(value, load(&values[before]));
                        }
                        // Times X: every 32-bit lane moves up by one bit and hands its top bit on.
                        let carries = $and($shuffle::<0b10_01_00_11>($sign::<31>(value)), carry);
                        value = $xor($left::<1>(value), carries);
                        for table in 0..TABLES - 1 {
                            let table_of = tables[(group + 2 + table) % 8].as_ptr().cast::<u8>();
                            let offset = usize::from(masks[place][table]) * (size_of::<$register>() / 16);
                            // SAFETY: offsets are 16 times a number below 16: an entry of the table.
                            value = $xor(value, unsafe { *table_of.add(offset).cast::<$register>() });
                        }
                        *here = value;
                    }
                    for place in 1..GROUP {
                        for earlier in 0..place {
                            let bit = masks[place][TABLES - 1] >> (4 + earlier) & 1;
                            here[place] = $xor(here[place], $and(here[earlier], chosen[bit as usize]));
                        }
                    }
                    let table = &mut tables[group % 8];
                    for (place, value) in here.iter().enumerate() {
                        store(&mut values[GROUP * group + place], *value);
                        for bits in 0..1 << place {
                            table[bits | 1 << place] = $xor(table[bits], *value);
                        }
                    }
                }
            }

            #[inline]
            #[target_feature(enable = "avx2")]
            fn load(value: &$lane) -> $register {
                // SAFETY: the source has the bytes that are read, and the load needs no alignment.
                unsafe { $load(std::ptr::from_ref(value).cast()) }
            }

            #[inline]
            #[target_feature(enable = "avx2")]
            fn store(to: &mut $lane, value: $register) {
                // SAFETY: the target has the bytes that are written, and the store needs no alignment.
                unsafe { $store(std::ptr::from_mut(to).cast(), value) };
            }
        }
    };
}

lane!(
    convolve_one,
    expand_one,
    one,
    u128,
    __m128i,
    _mm_setzero_si128,
    _mm_set1_epi32,
    _mm_loadu_si128,
    _mm_storeu_si128,
    _mm_xor_si128,
    _mm_and_si128,
    _mm_slli_epi32,
    _mm_srai_epi32,
    _mm_shuffle_epi32,
    _mm_set_epi32(1, 1, 1, 0x87)
);
lane!(
    convolve_two,
    expand_two,
    two,
    Pair,
    __m256i,
    _mm256_setzero_si256,
    _mm256_set1_epi32,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_xor_si256,
    _mm256_and_si256,
    _mm256_slli_epi32,
    _mm256_srai_epi32,
    _mm256_shuffle_epi32,
    _mm256_set_epi32(1, 1, 1, 0x87, 1, 1, 1, 0x87)
);
