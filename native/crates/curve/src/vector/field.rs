//! Integers modulo 2^255 - 19, eight at a time, in five limbs of 51 bits.

use std::arch::x86_64::*;

use super::{LANES, Multiply, load, splat, store};
use crate::Encoding;

const LIMB_BITS: u32 = 51;
const MASK: u64 = (1 << LIMB_BITS) - 1;

/// Twice the prime, limb by limb: added before a subtraction, it keeps every limb above zero.
const TWICE_P: [u64; 5] = [2 * (MASK - 18), 2 * MASK, 2 * MASK, 2 * MASK, 2 * MASK];

/// Reduced elements: every limb is below 2^51 + 2^13, so the value is below 2p but not unique.
#[derive(Clone, Copy)]
pub(super) struct Fe(pub(super) [__m512i; 5]);

/// A sum of a few elements, limbs below 2^59, good for further sums; `reduce` makes it a factor again.
#[derive(Clone, Copy)]
pub(super) struct Sum([__m512i; 5]);

/// The last step of a product: ten columns, each below 2^55, to five reduced limbs.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn fold(columns: &[__m512i; 10]) -> Fe {
    let mut folded = [splat(0); 5];
    for k in 0..5 {
        folded[k] = _mm512_add_epi64(columns[k], _mm512_mullo_epi64(columns[k + 5], splat(19)));
    }
    carry(folded)
}

/// Five columns below 2^59 to reduced limbs: each passes what is above 51 bits to the next, the last one, times 19, to
/// the first.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn carry(columns: [__m512i; 5]) -> Fe {
    let mut out = [splat(0); 5];
    for k in 0..5 {
        let before = _mm512_srli_epi64::<LIMB_BITS>(columns[(k + 4) % 5]);
        let before = if k == 0 { _mm512_mul_epu32(before, splat(19)) } else { before };
        out[k] = _mm512_add_epi64(_mm512_and_si512(columns[k], splat(MASK)), before);
    }
    Fe(out)
}

/// `a` where the mask's bits are set, `b` elsewhere.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn select(mask: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0b1100_1010>(mask, a, b)
}

/// All ones where `a` equals `b`, else zero.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn equal(a: __m512i, b: __m512i) -> __m512i {
    _mm512_movm_epi64(_mm512_cmpeq_epi64_mask(a, b))
}

impl Sum {
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn plus(mut self, other: &Fe) -> Sum {
        for k in 0..5 {
            self.0[k] = _mm512_add_epi64(self.0[k], other.0[k]);
        }
        self
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn minus(mut self, other: &Fe) -> Sum {
        for k in 0..5 {
            self.0[k] = _mm512_sub_epi64(_mm512_add_epi64(self.0[k], splat(TWICE_P[k])), other.0[k]);
        }
        self
    }

    /// The same number with reduced limbs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn reduce(self) -> Fe {
        carry(self.0)
    }
}

impl Fe {
    /// The same number in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn splat(limbs: [u64; 5]) -> Fe {
        Fe(limbs.map(|limb| splat(limb)))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn zero() -> Fe {
        Fe::splat([0; 5])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn one() -> Fe {
        Fe::splat([1, 0, 0, 0, 0])
    }

    /// Little-endian numbers, one per lane; their highest bit is ignored.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn from_bytes(encodings: &[Encoding; LANES]) -> Fe {
        let mut limbs = [[0u64; LANES]; 5];
        for (lane, encoding) in encodings.iter().enumerate() {
            let (words, _) = encoding.as_chunks::<8>();
            let [a, b, c, d] = [0, 1, 2, 3].map(|i| u64::from_le_bytes(words[i]));
            limbs[0][lane] = a & MASK;
            limbs[1][lane] = (a >> 51 | b << 13) & MASK;
            limbs[2][lane] = (b >> 38 | c << 26) & MASK;
            limbs[3][lane] = (c >> 25 | d << 39) & MASK;
            limbs[4][lane] = d >> 12 & MASK;
        }
        Fe(limbs.map(|words| load(&words)))
    }

    /// The unique encodings, little-endian.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn to_bytes(self) -> [Encoding; LANES] {
        let limbs = self.canonical().0.map(|limb| store(limb));
        std::array::from_fn(|lane| {
            let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|limb| limbs[limb][lane]);
            let words = [a | b << 51, b >> 13 | c << 38, c >> 26 | d << 25, d >> 39 | e << 12];
            let mut out = [0; 32];
            for (out, word) in out.as_chunks_mut::<8>().0.iter_mut().zip(words) {
                *out = word.to_le_bytes();
            }
            out
        })
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn plus(&self, other: &Fe) -> Sum {
        Sum(self.0).plus(other)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn minus(&self, other: &Fe) -> Sum {
        Sum(self.0).minus(other)
    }

    #[inline(always)]
    pub(super) fn times<M: Multiply>(&self, other: &Fe) -> Fe {
        M::mul(self, other)
    }

    #[inline(always)]
    pub(super) fn square<M: Multiply>(&self) -> Fe {
        M::square(self)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn negate(&self) -> Fe {
        Fe::zero().minus(self).reduce()
    }

    /// `a` in the lanes of the mask, `b` in the others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn select(mask: __m512i, a: &Fe, b: &Fe) -> Fe {
        let mut out = *b;
        for k in 0..5 {
            out.0[k] = select(mask, a.0[k], b.0[k]);
        }
        out
    }

    /// -self in the lanes of the mask, self in the others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn negate_if(&self, mask: __m512i) -> Fe {
        Fe::select(mask, &self.negate(), self)
    }

    /// |self| of RFC 9496: the even one of self and -self.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn absolute(&self) -> Fe {
        self.negate_if(self.is_negative())
    }

    /// Mask of the lanes whose number, taken from 0..p, is odd.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn is_negative(&self) -> __m512i {
        let one = splat(1);
        equal(_mm512_and_si512(self.canonical().0[0], one), one)
    }

    /// Mask of the lanes that hold the same number in both.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn equals(&self, other: &Fe) -> __m512i {
        self.minus(other).reduce().is_zero()
    }

    /// Mask of the lanes that hold zero.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn is_zero(&self) -> __m512i {
        let [a, b, c, d, e] = self.canonical().0;
        let any = _mm512_or_si512(_mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d)), e);
        equal(any, splat(0))
    }

    /// The number in 0..p with limbs of 51 bits. The value is below 2p, so p is taken away at most once: adding 19 and
    /// looking at bit 255 tells whether.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn canonical(&self) -> Fe {
        let mut above = splat(19);
        for limb in self.0 {
            above = _mm512_srli_epi64::<LIMB_BITS>(_mm512_add_epi64(limb, above));
        }
        let mut below = _mm512_mul_epu32(above, splat(19));
        let mut out = *self;
        for limb in &mut out.0 {
            let sum = _mm512_add_epi64(*limb, below);
            below = _mm512_srli_epi64::<LIMB_BITS>(sum);
            *limb = _mm512_and_si512(sum, splat(MASK));
        }
        out
    }

    /// Whether every limb is within its bound.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn is_reduced(&self) -> bool {
        let limit = splat((1 << LIMB_BITS) + (1 << 13));
        self.0.iter().all(|limb| _mm512_cmplt_epu64_mask(*limb, limit) == 0xff)
    }
}

/// Powers of N vectors side by side: one chain of squarings leaves the multiplier half idle, two fill it.
pub(super) struct Powers<const N: usize>(pub(super) [Fe; N]);

impl<const N: usize> Powers<N> {
    #[target_feature(enable = "avx512f,avx512dq")]
    fn square_times<M: Multiply>(&self, count: usize) -> Self {
        let mut out = self.0;
        for _ in 0..count {
            for element in &mut out {
                *element = element.square::<M>();
            }
        }
        Powers(out)
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    fn times<M: Multiply>(&self, other: &Self) -> Self {
        let mut out = self.0;
        for (out, other) in out.iter_mut().zip(&other.0) {
            *out = out.times::<M>(other);
        }
        Powers(out)
    }

    /// (x^(2^250 - 1), x^11): the common part of the two exponents below.
    #[target_feature(enable = "avx512f,avx512dq")]
    fn chain<M: Multiply>(&self) -> (Self, Self) {
        let x2 = self.square_times::<M>(1);
        let x9 = x2.square_times::<M>(2).times::<M>(self);
        let x11 = x9.times::<M>(&x2);
        let x_5 = x11.square_times::<M>(1).times::<M>(&x9); // 2^5 - 1
        let x_10 = x_5.square_times::<M>(5).times::<M>(&x_5);
        let x_20 = x_10.square_times::<M>(10).times::<M>(&x_10);
        let x_40 = x_20.square_times::<M>(20).times::<M>(&x_20);
        let x_50 = x_40.square_times::<M>(10).times::<M>(&x_10);
        let x_100 = x_50.square_times::<M>(50).times::<M>(&x_50);
        let x_200 = x_100.square_times::<M>(100).times::<M>(&x_100);
        (x_200.square_times::<M>(50).times::<M>(&x_50), x11)
    }

    /// x^((p - 5) / 8) = x^(2^252 - 3).
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn root_exponent<M: Multiply>(&self) -> Self {
        self.chain::<M>().0.square_times::<M>(2).times::<M>(self)
    }

    /// x^(p - 2) = 1/x, or 0 for 0.
    #[target_feature(enable = "avx512f,avx512dq")]
    fn invert<M: Multiply>(&self) -> Self {
        let (power, x11) = self.chain::<M>();
        power.square_times::<M>(5).times::<M>(&x11)
    }
}

/// Replaces every element by its inverse with one inversion (Montgomery's trick); 0 stays 0.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn invert_all<M: Multiply>(elements: &mut [Fe]) {
    let one = Fe::one();
    let mut product = one;
    let mut before = Vec::with_capacity(elements.len());
    for element in &*elements {
        before.push(product);
        product = product.times::<M>(&Fe::select(element.is_zero(), &one, element));
    }
    let Powers([mut inverse]) = Powers([product]).invert::<M>();
    for (element, before) in elements.iter_mut().zip(before).rev() {
        let zero = element.is_zero();
        let here = Fe::select(zero, &Fe::zero(), &inverse.times::<M>(&before));
        inverse = inverse.times::<M>(&Fe::select(zero, &one, element));
        *element = here;
    }
}
