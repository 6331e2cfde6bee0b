//! The group operations on vectors: RFC 9496 decoding, encoding and the one-way map; the ladder of RFC 7748.
//!
//! A task is a few hundred points. Square roots, each a chain of 250 squarings, run two vectors at a time; encodings
//! of products share one inversion per task.

use std::arch::x86_64::*;

use zeroize::Zeroizing;

use super::edwards::Point;
use super::field::{Fe, Powers, invert_all, select};
use super::{LANES, Multiply, splat, store};
use crate::constants::{D, D_MINUS_ONE_SQ, INVSQRT_A_MINUS_D, ONE_MINUS_D_SQ, SQRT_AD_MINUS_ONE, SQRT_M1};
use crate::factor::{Factors, LaneDigits};
use crate::{Encoding, Error};

/// Vectors in a task at most.
const VECTORS: usize = crate::TASK / LANES;

/// Encodings for one vector.
type Group = [Encoding; LANES];

/// What to do for a slice of points; all slices have one length, at most [`crate::TASK`].
pub(crate) enum Task<'a> {
    /// Encodings of points from 64 uniform bytes each.
    Map { uniform: &'a [[u8; 64]], out: &'a mut [Encoding] },
    /// The same, times the factors.
    MapMul { uniform: &'a [[u8; 64]], factors: Factors<'a>, out: &'a mut [Encoding] },
    /// Points times the factors. An error has the index within the slice.
    Mul { points: &'a [Encoding], factors: Factors<'a>, out: &'a mut [Encoding] },
    /// X25519 with a clamped scalar. An error has the index within the slice.
    Ladder { points: &'a [Encoding], scalar: &'a [u8; 32], out: &'a mut [Encoding] },
}

/// Runs a task with one kind of multiplication.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn run<M: Multiply>(task: Task<'_>) -> Result<(), Error> {
    let mut products = Vec::with_capacity(VECTORS);
    match task {
        Task::Map { uniform, out } => {
            for (uniform, out) in uniform.chunks(LANES).zip(out.chunks_mut(LANES)) {
                write(out, encode::<M>(&map::<M>(uniform)));
            }
        }
        Task::MapMul { uniform, factors, out } => {
            let mut digits = Lanes::new(&factors);
            for uniform in uniform.chunks(LANES) {
                let digits = digits.at(products.len() * LANES);
                products.push(map::<M>(uniform).times::<M>(digits));
            }
            encode_doubles::<M>(&products, out);
        }
        Task::Mul { points, factors, out } => {
            let mut digits = Lanes::new(&factors);
            for (index, slice) in points.chunks(2 * LANES).enumerate() {
                let pair = decode_pair::<M>(slice).map_err(|place| Error::Point(index * 2 * LANES + place))?;
                for point in &pair[..slice.len().div_ceil(LANES)] {
                    let digits = digits.at(products.len() * LANES);
                    products.push(point.times::<M>(digits));
                }
            }
            encode_doubles::<M>(&products, out);
        }
        Task::Ladder { points, scalar, out } => return ladders::<M>(points, scalar, out),
    }
    Ok(())
}

/// The digits for one vector of points after the other.
struct Lanes<'a> {
    factors: &'a Factors<'a>,
    digits: Zeroizing<LaneDigits>,
    filled: bool,
}

impl<'a> Lanes<'a> {
    fn new(factors: &'a Factors<'a>) -> Self {
        Lanes { factors, digits: Zeroizing::new([[0; LANES]; 64]), filled: false }
    }

    /// For the vector that starts at this point.
    fn at(&mut self, index: usize) -> &LaneDigits {
        if !self.filled || matches!(self.factors, Factors::Each(_)) {
            self.factors.lanes(index, &mut self.digits);
            self.filled = true;
        }
        &self.digits
    }
}

/// The encodings of a slice for one vector; missing ones are zero.
fn group(slice: &[Encoding]) -> Group {
    let mut out = [[0; 32]; LANES];
    out[..slice.len()].copy_from_slice(slice);
    out
}

fn write(out: &mut [Encoding], group: Group) {
    let count = out.len();
    out.copy_from_slice(&group[..count]);
}

/// Whether an encoding is a nonnegative number in 1..p (RFC 9496, 4.3.1, step 1, and not the identity).
fn is_canonical(encoding: &Encoding) -> bool {
    let [low, middle @ .., high] = encoding;
    let at_least_p = *high == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *low >= 0xed;
    low & 1 == 0 && *high < 0x80 && !at_least_p && encoding.iter().any(|byte| *byte != 0)
}

/// Up to two vectors of points. The error is the index of the first bad one.
#[target_feature(enable = "avx512f,avx512dq")]
fn decode_pair<M: Multiply>(slice: &[Encoding]) -> Result<[Point; 2], usize> {
    let (one, d) = (Fe::one(), Fe::splat(D));
    let cut = slice.len().min(LANES);
    let s = [Fe::from_bytes(&group(&slice[..cut])), Fe::from_bytes(&group(&slice[cut..]))];
    let (mut u1, mut u2, mut v, mut w) = (s, s, s, s);
    for k in 0..2 {
        let ss = s[k].square::<M>();
        (u1[k], u2[k]) = (one.minus(&ss).reduce(), one.plus(&ss).reduce());
        let u2_square = u2[k].square::<M>();
        let du1_square = u1[k].square::<M>().times::<M>(&d);
        v[k] = Fe::zero().minus(&du1_square).minus(&u2_square).reduce();
        w[k] = v[k].times::<M>(&u2_square);
    }
    let roots = root_ratios::<M, 2>(&[one; 2], &w);
    let mut good = [0; 2 * LANES];
    let mut points = [Point { x: one, y: one, z: one, t: one }; 2];
    for (k, point) in points.iter_mut().enumerate() {
        let (is_square, root) = roots[k];
        let den_x = root.times::<M>(&u2[k]);
        let den_y = root.times::<M>(&den_x).times::<M>(&v[k]);
        point.x = s[k].plus(&s[k]).reduce().times::<M>(&den_x).absolute();
        point.y = u1[k].times::<M>(&den_y);
        point.t = point.x.times::<M>(&point.y);
        let bad = _mm512_or_si512(point.t.is_negative(), point.y.is_zero());
        good[k * LANES..][..LANES].copy_from_slice(&store(_mm512_andnot_si512(bad, is_square)));
    }
    let is_good = |(encoding, good): (&Encoding, &u64)| *good != 0 && is_canonical(encoding);
    match slice.iter().zip(&good).position(|pair| !is_good(pair)) {
        Some(first) => Err(first),
        None => Ok(points),
    }
}

/// SQRT_RATIO_M1 of RFC 9496, 4.2: the mask of the lanes where u/v is a square, and |√(u/v)| or |√(i u/v)|.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512dq")]
fn root_ratios<M: Multiply, const N: usize>(u: &[Fe; N], v: &[Fe; N]) -> [(__m512i, Fe); N] {
    let (mut uv3, mut uv7) = (*u, *u);
    for k in 0..N {
        let square = v[k].square::<M>();
        uv3[k] = square.times::<M>(&v[k]).times::<M>(&u[k]);
        uv7[k] = uv3[k].times::<M>(&square.square::<M>());
    }
    let powers = Powers(uv7).root_exponent::<M>();
    let i = Fe::splat(SQRT_M1);
    let mut out = [(splat(0), i); N];
    for k in 0..N {
        let root = uv3[k].times::<M>(&powers.0[k]);
        let check = v[k].times::<M>(&root.square::<M>());
        let minus_u = u[k].negate();
        let (correct, flipped) = (check.equals(&u[k]), check.equals(&minus_u));
        let flipped_i = check.equals(&minus_u.times::<M>(&i));
        let turn = _mm512_or_si512(flipped, flipped_i);
        let root = Fe::select(turn, &root.times::<M>(&i), &root);
        out[k] = (_mm512_or_si512(correct, flipped), root.absolute());
    }
    out
}

/// hash_to_ristretto255's map: the sum of the maps of both halves of the uniform bytes.
#[target_feature(enable = "avx512f,avx512dq")]
fn map<M: Multiply>(uniform: &[[u8; 64]]) -> Point {
    let mut halves = [[[0; 32]; LANES]; 2];
    for (lane, bytes) in uniform.iter().enumerate() {
        let (parts, _) = bytes.as_chunks::<32>();
        (halves[0][lane], halves[1][lane]) = (parts[0], parts[1]);
    }
    let [first, second] = map_pair::<M>(&[Fe::from_bytes(&halves[0]), Fe::from_bytes(&halves[1])]);
    first.plus::<M>(&second)
}

/// MAP of RFC 9496, 4.3.4, for two vectors.
#[target_feature(enable = "avx512f,avx512dq")]
fn map_pair<M: Multiply>(t: &[Fe; 2]) -> [Point; 2] {
    let (one, d) = (Fe::one(), Fe::splat(D));
    let (mut r, mut u, mut v) = (*t, *t, *t);
    for k in 0..2 {
        r[k] = t[k].square::<M>().times::<M>(&Fe::splat(SQRT_M1));
        u[k] = r[k].plus(&one).reduce().times::<M>(&Fe::splat(ONE_MINUS_D_SQ));
        let left = Fe::zero().minus(&one).minus(&r[k].times::<M>(&d)).reduce();
        v[k] = left.times::<M>(&r[k].plus(&d).reduce());
    }
    let roots = root_ratios::<M, 2>(&u, &v);
    let mut points = [Point { x: one, y: one, z: one, t: one }; 2];
    for (k, point) in points.iter_mut().enumerate() {
        let (is_square, root) = roots[k];
        let s = Fe::select(is_square, &root, &root.times::<M>(&t[k]).absolute().negate());
        let c = Fe::select(is_square, &one.negate(), &r[k]);
        let n = c.times::<M>(&r[k].minus(&one).reduce()).times::<M>(&Fe::splat(D_MINUS_ONE_SQ)).minus(&v[k]).reduce();
        let ss = s.square::<M>();
        let (w0, w1) = (s.plus(&s).reduce().times::<M>(&v[k]), n.times::<M>(&Fe::splat(SQRT_AD_MINUS_ONE)));
        let (w2, w3) = (one.minus(&ss).reduce(), one.plus(&ss).reduce());
        *point = Point { x: w0.times::<M>(&w3), y: w2.times::<M>(&w1), z: w1.times::<M>(&w3), t: w0.times::<M>(&w2) };
    }
    points
}

/// Encoding of RFC 9496, 4.3.2.
#[target_feature(enable = "avx512f,avx512dq")]
fn encode<M: Multiply>(point: &Point) -> Group {
    let Point { x, y, z, t } = point;
    let u1 = z.plus(y).reduce().times::<M>(&z.minus(y).reduce());
    let u2 = x.times::<M>(y);
    let [(_, root)] = root_ratios::<M, 1>(&[Fe::one()], &[u1.times::<M>(&u2.square::<M>())]);
    let (den1, den2) = (root.times::<M>(&u1), root.times::<M>(&u2));
    let z_inverse = den1.times::<M>(&den2.times::<M>(t));
    let rotate = t.times::<M>(&z_inverse).is_negative();
    let i = Fe::splat(SQRT_M1);
    let (ix, iy) = (x.times::<M>(&i), y.times::<M>(&i));
    let (x, y) = (Fe::select(rotate, &iy, x), Fe::select(rotate, &ix, y));
    let den = Fe::select(rotate, &den1.times::<M>(&Fe::splat(INVSQRT_A_MINUS_D)), &den2);
    let y = y.negate_if(x.times::<M>(&z_inverse).is_negative());
    den.times::<M>(&z.minus(&y).reduce()).absolute().to_bytes()
}

/// A point on its way to the encoding of its double.
struct Double {
    e: Fe,
    f: Fe,
    g: Fe,
    h: Fe,
}

/// Encodings of twice the points: no square roots, one inversion for all. The coordinates of a double are products, so
/// the square root in its encoding is known (Hamburg's observation, as in curve25519-dalek's
/// `double_and_compress_batch`).
#[target_feature(enable = "avx512f,avx512dq")]
fn encode_doubles<M: Multiply>(points: &[Point], out: &mut [Encoding]) {
    let (mut doubles, mut inverses) = (Vec::with_capacity(points.len()), Vec::with_capacity(points.len()));
    for point in points {
        let double = double::<M>(point);
        inverses.push(double.e.times::<M>(&double.g).times::<M>(&double.f.times::<M>(&double.h)));
        doubles.push(double);
    }
    invert_all::<M>(&mut inverses);
    for ((double, inverse), out) in doubles.iter().zip(&inverses).zip(out.chunks_mut(LANES)) {
        write(out, encode_double::<M>(double, inverse));
    }
}

#[target_feature(enable = "avx512f,avx512dq")]
fn double<M: Multiply>(point: &Point) -> Double {
    let Point { x, y, z, t } = point;
    let (xx, yy, zz) = (x.square::<M>(), y.square::<M>(), z.square::<M>());
    let dtt = t.square::<M>().times::<M>(&Fe::splat(D));
    Double {
        e: y.plus(y).reduce().times::<M>(x),
        f: zz.plus(&dtt).reduce(),
        g: yy.plus(&xx).reduce(),
        h: zz.minus(&dtt).reduce(),
    }
}

#[target_feature(enable = "avx512f,avx512dq")]
fn encode_double<M: Multiply>(double: &Double, inverse: &Fe) -> Group {
    let Double { e, f, g, h } = double;
    let (eg, fh) = (e.times::<M>(g), f.times::<M>(h));
    let (z_inverse, t_inverse) = (eg.times::<M>(inverse), fh.times::<M>(inverse));
    let rotate = eg.times::<M>(&z_inverse).is_negative();
    let i = Fe::splat(SQRT_M1);
    let (new_e, new_g) = (Fe::select(rotate, g, e), Fe::select(rotate, &e.negate(), g));
    let new_h = Fe::select(rotate, &f.times::<M>(&i), h);
    let magic = Fe::select(rotate, &i, &Fe::splat(INVSQRT_A_MINUS_D));
    let new_g = new_g.negate_if(new_h.times::<M>(&new_e).times::<M>(&z_inverse).is_negative());
    let factor = magic.times::<M>(&new_g.times::<M>(&t_inverse));
    new_h.minus(&new_g).reduce().times::<M>(&factor).absolute().to_bytes()
}

/// X25519 of every point; the inversions are shared.
#[target_feature(enable = "avx512f,avx512dq")]
fn ladders<M: Multiply>(points: &[Encoding], scalar: &[u8; 32], out: &mut [Encoding]) -> Result<(), Error> {
    let (mut numerators, mut inverses) = (Vec::with_capacity(VECTORS), Vec::with_capacity(VECTORS));
    for slice in points.chunks(LANES) {
        let (x, z) = ladder::<M>(&Fe::from_bytes(&group(slice)), scalar);
        numerators.push(x);
        inverses.push(z);
    }
    invert_all::<M>(&mut inverses);
    for ((x, inverse), out) in numerators.iter().zip(&inverses).zip(out.chunks_mut(LANES)) {
        write(out, x.times::<M>(inverse).to_bytes());
    }
    match out.iter().position(|product| *product == [0; 32]) {
        Some(index) => Err(Error::Point(index)),
        None => Ok(()),
    }
}

/// The Montgomery ladder of RFC 7748, section 5: u of the product as a fraction.
#[target_feature(enable = "avx512f,avx512dq")]
fn ladder<M: Multiply>(u: &Fe, scalar: &[u8; 32]) -> (Fe, Fe) {
    let (mut x2, mut z2, mut x3, mut z3) = (Fe::one(), Fe::zero(), *u, Fe::one());
    let mut swapped = 0;
    for position in (0..255).rev() {
        let bit = std::hint::black_box(scalar[position / 8] >> (position % 8) & 1);
        let mask = splat(0u64.wrapping_sub(u64::from(swapped ^ bit)));
        swapped = bit;
        swap(mask, &mut x2, &mut x3);
        swap(mask, &mut z2, &mut z3);
        let (a, b) = (x2.plus(&z2).reduce(), x2.minus(&z2).reduce());
        let (c, d) = (x3.plus(&z3).reduce(), x3.minus(&z3).reduce());
        let (aa, bb, da, cb) = (a.square::<M>(), b.square::<M>(), d.times::<M>(&a), c.times::<M>(&b));
        let e = aa.minus(&bb).reduce();
        x3 = da.plus(&cb).reduce().square::<M>();
        z3 = da.minus(&cb).reduce().square::<M>().times::<M>(u);
        x2 = aa.times::<M>(&bb);
        z2 = aa.plus(&M::mul_small(&e, 121_665)).reduce().times::<M>(&e);
    }
    let mask = splat(0u64.wrapping_sub(u64::from(swapped)));
    swap(mask, &mut x2, &mut x3);
    swap(mask, &mut z2, &mut z3);
    (x2, z2)
}

/// Exchanges the elements in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn swap(mask: __m512i, a: &mut Fe, b: &mut Fe) {
    for k in 0..5 {
        (a.0[k], b.0[k]) = (select(mask, b.0[k], a.0[k]), select(mask, a.0[k], b.0[k]));
    }
}
