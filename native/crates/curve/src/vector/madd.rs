//! The limbs' logic of multiplication by 52-bit multiply-add, over the instructions or over plain integers.

/// The two instructions of IFMA on eight lanes. Factors are below 2^52.
pub(super) trait Madd: Copy {
    /// Zero in every lane.
    fn zero() -> Self;
    /// Lane-wise sum.
    fn plus(self, other: Self) -> Self;
    /// `self + (a b mod 2^52)`.
    fn plus_low(self, a: Self, b: Self) -> Self;
    /// `self + ⌊a b / 2^52⌋`.
    fn plus_high(self, a: Self, b: Self) -> Self;
}

/// The ten columns of a b. Low halves go to column i + j. High halves have weight 2^52, twice that of column
/// i + j + 1, and are doubled there. With reduced factors, columns stay below 5 · 2^52 + 2 · 5 · 2^50.1 < 2^55.
#[inline(always)]
pub(super) fn product<V: Madd>(a: &[V; 5], b: &[V; 5]) -> [V; 10] {
    let (mut low, mut high) = ([V::zero(); 9], [V::zero(); 9]);
    for i in 0..5 {
        for j in 0..5 {
            low[i + j] = low[i + j].plus_low(a[i], b[j]);
            high[i + j] = high[i + j].plus_high(a[i], b[j]);
        }
    }
    columns(&low, &high)
}

/// The ten columns of a a; the products of different limbs are added once and doubled.
#[inline(always)]
pub(super) fn square<V: Madd>(a: &[V; 5]) -> [V; 10] {
    let (mut low, mut high) = ([V::zero(); 9], [V::zero(); 9]);
    for i in 0..5 {
        for j in i + 1..5 {
            low[i + j] = low[i + j].plus_low(a[i], a[j]);
            high[i + j] = high[i + j].plus_high(a[i], a[j]);
        }
    }
    for k in 1..8 {
        (low[k], high[k]) = (low[k].plus(low[k]), high[k].plus(high[k]));
    }
    for i in 0..5 {
        low[2 * i] = low[2 * i].plus_low(a[i], a[i]);
        high[2 * i] = high[2 * i].plus_high(a[i], a[i]);
    }
    columns(&low, &high)
}

/// The six columns of a times a number below 2^17.
#[inline(always)]
pub(super) fn product_small<V: Madd>(a: &[V; 5], factor: V) -> [V; 6] {
    let mut out = [V::zero(); 6];
    for i in 0..5 {
        let high = V::zero().plus_high(a[i], factor);
        out[i] = out[i].plus_low(a[i], factor);
        out[i + 1] = high.plus(high);
    }
    out
}

#[inline(always)]
fn columns<V: Madd>(low: &[V; 9], high: &[V; 9]) -> [V; 10] {
    let mut out = [V::zero(); 10];
    for k in 0..9 {
        out[k] = out[k].plus(low[k]);
        out[k + 1] = high[k].plus(high[k]);
    }
    out
}

#[cfg(test)]
pub(super) use soft::{Emulated, Soft};

/// IFMA in plain integers, with every bound checked.
#[cfg(test)]
mod soft {
    use super::super::field::{Fe, carry, fold};
    use super::super::{LANES, Multiply, load, store};
    use super::Madd;

    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(in crate::vector) struct Soft(pub(in crate::vector) [u64; LANES]);

    impl Soft {
        fn with(self, other: impl Fn(usize) -> u64) -> Self {
            Soft(std::array::from_fn(|lane| self.0[lane].checked_add(other(lane)).expect("a column overflows")))
        }
    }

    fn product(a: u64, b: u64) -> u128 {
        assert!(a < 1 << 52 && b < 1 << 52, "IFMA would cut a factor");
        u128::from(a) * u128::from(b)
    }

    impl Madd for Soft {
        fn zero() -> Self {
            Soft([0; LANES])
        }

        fn plus(self, other: Self) -> Self {
            self.with(|lane| other.0[lane])
        }

        fn plus_low(self, a: Self, b: Self) -> Self {
            self.with(|lane| product(a.0[lane], b.0[lane]) as u64 & ((1 << 52) - 1))
        }

        fn plus_high(self, a: Self, b: Self) -> Self {
            self.with(|lane| (product(a.0[lane], b.0[lane]) >> 52) as u64)
        }
    }

    /// The multiplication of the IFMA unit on processors without it.
    #[derive(Clone, Copy)]
    pub(in crate::vector) struct Emulated;

    fn words(element: &Fe) -> [Soft; 5] {
        // SAFETY: tests come here through `vector::run`, which checks the processor.
        unsafe {
            assert!(element.is_reduced());
            element.0.map(|limb| Soft(store(limb)))
        }
    }

    fn vectors<const N: usize>(columns: [Soft; N]) -> [std::arch::x86_64::__m512i; N] {
        assert!(columns.iter().flat_map(|column| column.0).all(|word| word < 1 << 55), "a column is too large");
        // SAFETY: as above.
        columns.map(|column| unsafe { load(&column.0) })
    }

    impl Multiply for Emulated {
        fn mul(a: &Fe, b: &Fe) -> Fe {
            // SAFETY: as above.
            unsafe { fold(&vectors(super::product(&words(a), &words(b)))) }
        }

        fn square(a: &Fe) -> Fe {
            // SAFETY: as above.
            unsafe { fold(&vectors(super::square(&words(a)))) }
        }

        fn mul_small(a: &Fe, factor: u64) -> Fe {
            let [mut c0, c1, c2, c3, c4, c5] = super::product_small(&words(a), Soft([factor; LANES]));
            c0 = c0.with(|lane| c5.0[lane] * 19);
            // SAFETY: as above.
            unsafe { carry(vectors([c0, c1, c2, c3, c4])) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Madd, Soft, product, product_small, square};

    /// The number whose limbs are the columns, modulo 2^255 - 19, by splitting off what is above bit 255.
    fn value(columns: &[Soft], lane: usize) -> [u128; 5] {
        let mut limbs = [0u128; 5];
        for (place, column) in columns.iter().enumerate() {
            limbs[place % 5] += u128::from(column.0[lane]) * if place < 5 { 1 } else { 19 };
        }
        for _ in 0..4 {
            for place in 0..5 {
                let over = limbs[place] >> 51;
                limbs[place] &= (1 << 51) - 1;
                limbs[(place + 1) % 5] += over * if place == 4 { 19 } else { 1 };
            }
        }
        limbs
    }

    fn schoolbook(a: [u64; 5], b: [u64; 5]) -> [u128; 5] {
        let mut limbs = [0u128; 5];
        for i in 0..5 {
            for j in 0..5 {
                limbs[(i + j) % 5] += u128::from(a[i]) * u128::from(b[j]) * if i + j < 5 { 1 } else { 19 };
            }
        }
        for _ in 0..4 {
            for place in 0..5 {
                let over = limbs[place] >> 51;
                limbs[place] &= (1 << 51) - 1;
                limbs[(place + 1) % 5] += over * if place == 4 { 19 } else { 1 };
            }
        }
        limbs
    }

    #[test]
    fn products_have_the_right_value_at_the_bounds_and_inside() {
        let top = (1u64 << 51) + (1 << 13) - 1;
        let step = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 13;
        let samples = [[top; 5], [0; 5], [top, 0, top, 0, top], std::array::from_fn(|i| step(i as u64 + 1))];
        for a in samples {
            for b in samples {
                let (left, right) = (a.map(|limb| Soft([limb; 8])), b.map(|limb| Soft([limb; 8])));
                assert_eq!(value(&product(&left, &right), 3), schoolbook(a, b));
                assert!(product(&left, &right).iter().all(|column| column.0[0] < 1 << 55));
            }
            let left = a.map(|limb| Soft([limb; 8]));
            assert_eq!(value(&square(&left), 5), schoolbook(a, a));
            assert_eq!(value(&product_small(&left, Soft([121_665; 8])), 0), schoolbook(a, [121_665, 0, 0, 0, 0]));
        }
        assert_eq!(Soft::zero().plus(Soft::zero()), Soft::zero());
    }
}
