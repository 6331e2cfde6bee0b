//! Points of edwards25519, eight at a time, and their multiplication by one secret scalar.
//!
//! Formulas: Hisil, Wong, Carter, Dawson 2008 for a = -1, complete on this curve.

use std::arch::x86_64::*;

use super::field::Fe;
use super::{Multiply, load, splat};
use crate::constants::TWICE_D;
use crate::factor::LaneDigits;

/// Extended coordinates: x = X/Z, y = Y/Z, x y = T/Z.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) x: Fe,
    pub(super) y: Fe,
    pub(super) z: Fe,
    pub(super) t: Fe,
}

/// The same without T, which a doubling does not need.
#[derive(Clone, Copy)]
struct Projective {
    x: Fe,
    y: Fe,
    z: Fe,
}

/// A point prepared for additions: Y + X, Y - X, 2 Z, 2 d T.
#[derive(Clone, Copy)]
struct Addend([Fe; 4]);

/// A result before its last products: it stands for (E F : G H : F G : E H).
struct Completed {
    e: Fe,
    f: Fe,
    g: Fe,
    h: Fe,
}

impl Completed {
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn projective<M: Multiply>(&self) -> Projective {
        Projective { y: self.g.times::<M>(&self.h), x: self.e.times::<M>(&self.f), z: self.f.times::<M>(&self.g) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn extended<M: Multiply>(&self) -> Point {
        let Projective { x, y, z } = self.projective::<M>();
        Point { x, y, z, t: self.e.times::<M>(&self.h) }
    }
}

impl Projective {
    /// All four of E, F, G, H with the opposite sign of the paper's, which cancels. What `projective` makes first is used
    /// first here, so that the end of one product overlaps with the start of the next.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn double<M: Multiply>(&self) -> Completed {
        let sum = self.x.plus(&self.y).reduce();
        let (yy, xx, zz, sum) = (self.y.square::<M>(), self.x.square::<M>(), self.z.square::<M>(), sum.square::<M>());
        let (h, g) = (xx.plus(&yy), xx.minus(&yy));
        Completed { e: h.minus(&sum).reduce(), f: g.plus(&zz).plus(&zz).reduce(), g: g.reduce(), h: h.reduce() }
    }
}

impl Point {
    #[target_feature(enable = "avx512f,avx512dq")]
    fn add<M: Multiply>(&self, other: &Addend) -> Completed {
        let Addend([plus, minus, twice_z, twice_dt]) = other;
        let a = self.y.minus(&self.x).reduce().times::<M>(minus);
        let b = self.y.plus(&self.x).reduce().times::<M>(plus);
        let (c, d) = (self.t.times::<M>(twice_dt), self.z.times::<M>(twice_z));
        Completed { e: b.minus(&a).reduce(), f: d.minus(&c).reduce(), g: d.plus(&c).reduce(), h: b.plus(&a).reduce() }
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    fn addend<M: Multiply>(&self) -> Addend {
        Addend([
            self.y.plus(&self.x).reduce(),
            self.y.minus(&self.x).reduce(),
            self.z.plus(&self.z).reduce(),
            self.t.times::<M>(&Fe::splat(TWICE_D)),
        ])
    }

    /// The sum of two points.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn plus<M: Multiply>(&self, other: &Point) -> Point {
        self.add::<M>(&other.addend::<M>()).extended::<M>()
    }

    /// Every point times the scalar of its lane. Neither branches nor addresses depend on the digits.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn times<M: Multiply>(&self, digits: &LaneDigits) -> Point {
        let table = self.multiples::<M>();
        let identity = Point { x: Fe::zero(), y: Fe::one(), z: Fe::one(), t: Fe::zero() };
        let mut sum = identity.add::<M>(&pick(&table, load(&digits[63])));
        for digit in digits[..63].iter().rev() {
            let mut total = sum.projective::<M>();
            for _ in 0..3 {
                total = total.double::<M>().projective::<M>();
            }
            sum = total.double::<M>().extended::<M>().add::<M>(&pick(&table, load(digit)));
        }
        sum.extended::<M>()
    }

    /// 1, 2, … 8 times the point.
    #[target_feature(enable = "avx512f,avx512dq")]
    fn multiples<M: Multiply>(&self) -> [Addend; 8] {
        let first = self.addend::<M>();
        let (mut table, mut last) = ([first; 8], *self);
        for entry in &mut table[1..] {
            last = last.add::<M>(&first).extended::<M>();
            *entry = last.addend::<M>();
        }
        table
    }
}

/// In every lane, `digit` times the point of the table: every entry is read, a mask keeps one.
#[target_feature(enable = "avx512f,avx512dq")]
fn pick(table: &[Addend; 8], digit: __m512i) -> Addend {
    let negative = _mm512_srai_epi64::<63>(digit);
    let size = _mm512_sub_epi64(_mm512_xor_si512(digit, negative), negative);
    // All ones where size = index: only then is (size ^ index) - 1 negative.
    let mask = |index: u64| {
        let other = _mm512_xor_si512(size, splat(index));
        _mm512_srai_epi64::<63>(_mm512_sub_epi64(other, splat(1)))
    };
    // For 0 nothing of the table, but the identity (1, 1, 2, 0).
    let mut found = [splat(0); 20];
    found[0] = _mm512_and_si512(mask(0), splat(1));
    found[5] = found[0];
    found[10] = _mm512_and_si512(mask(0), splat(2));
    for (entry, index) in table.iter().zip(1..) {
        let mask = mask(index);
        let entry = entry.0.map(|element| element.0);
        for (found, word) in found.iter_mut().zip(entry.as_flattened()) {
            // found | word & mask
            *found = _mm512_ternarylogic_epi64::<0b1111_1000>(*found, *word, mask);
        }
    }
    let part = |part: usize| Fe(std::array::from_fn(|k| found[5 * part + k]));
    Addend([
        Fe::select(negative, &part(1), &part(0)),
        Fe::select(negative, &part(0), &part(1)),
        part(2),
        part(3).negate_if(negative),
    ])
}
