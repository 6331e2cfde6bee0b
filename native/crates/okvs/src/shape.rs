//! How long the vector of a bin is (Raghuraman, Rindal, "Blazing Fast PSI", 2022/320, equations 2 and 3).

/// Expansion at which peeling begins to succeed, for three positions per key.
const THRESHOLD: f64 = 1.223;
/// Slope of the security parameter over the expansion, as a base-2 logarithm: this times log2 n …
const SLOPE: f64 = 0.555;
/// … plus 0.093 L³ − 1.01 L² + 2.925 L − 0.133 with L = log2 3.
const OFFSET: f64 = 2.336_076;
/// What the fitted line lacks at the threshold, in bits.
const MARGIN: f64 = 9.2;

/// The vector of one bin: `sparse` entries of which a key touches three, then `dense` that all keys touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Keys that fit.
    pub capacity: usize,
    /// Sparse entries.
    pub sparse: usize,
    /// Dense entries.
    pub dense: usize,
}

impl Shape {
    /// The shape that fails for `capacity` random keys with probability 2^-`bits` at most.
    ///
    /// `bits` is per bin: 40 + log2(bins) for 2^-40 over all bins.
    pub fn new(capacity: usize, bits: f64) -> Shape {
        let keys = capacity.max(64) as f64;
        let slope = (SLOPE * keys.log2() + OFFSET).exp2();
        let expansion = (bits + MARGIN) / slope + THRESHOLD;
        let sparse = ((keys * expansion).ceil() as usize).next_multiple_of(64);
        let dense = (bits / (expansion * keys).log2()).floor().max(1.0) as usize;
        let dense = (dense..).find(|dense| coincidences(keys, expansion, dense + 1) >= bits).unwrap_or(dense);
        Shape { capacity, sparse, dense }
    }

    /// Entries of the vector.
    pub fn entries(&self) -> usize {
        self.sparse + self.dense
    }
}

/// −log2 of the probability that `count` pairs of keys each have all three positions in common: what `count` − 1 dense
/// entries cannot settle. A pair does so with 6 / (e n)^3, and there are n^2 / 2 pairs.
fn coincidences(keys: f64, expansion: f64, count: usize) -> f64 {
    let one = keys.log2() + 3.0 * expansion.log2() - 3f64.log2();
    (1..=count).map(|number| one + (number as f64).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_the_papers_cubic() {
        let l = 3f64.log2();
        assert!((0.093 * l.powi(3) - 1.01 * l.powi(2) + 2.925 * l - 0.133 - OFFSET).abs() < 1e-3);
    }

    #[test]
    fn expansions_are_those_of_the_reference() {
        for (keys, expansion) in [(17_490, 1.277), (65_536, 1.249)] {
            let shape = Shape::new(keys, 53.0);
            assert!((shape.sparse as f64 / keys as f64 - expansion).abs() < 0.006, "{shape:?}");
            assert_eq!(shape.dense, 3);
        }
    }
}
