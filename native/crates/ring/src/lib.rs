//! Matrix products over Z_2^64: row-major `u64` matrices, wrapping arithmetic, all threads for large ones.
#![deny(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod blocked;
mod scalar;

use rayon::prelude::*;
use tacit_cpu::Level;

/// Multiplications above which a product is worth waking the other threads (about 30 µs of work).
const PARALLEL_WORK: usize = 1 << 18;

/// What one vector width must offer; `blocked` builds matrix products from it.
pub(crate) trait Lanes {
    /// Columns of one packed panel.
    const PANEL: usize;
    /// Rows of one tile.
    const ROWS: usize;

    /// `sums[r][c] += Σ_i tile[i][r] panel[i][c]` for r below `rows` ≤ ROWS and all PANEL columns; all row-major, with
    /// ROWS words in a row of `tile` and PANEL words in a row of `panel` and `sums`.
    fn tile(tile: &[u64], rows: usize, panel: &[u64], sums: &mut [u64]);

    /// `out[i] = Σ_j a[i][j] v[j]`, rows of `v.len()` words.
    fn matvec(a: &[u64], v: &[u64], out: &mut [u64]);

    /// `out[j] += Σ_i a[i][j] v[i]`, rows of `out.len()` words.
    fn matvec_t(a: &[u64], v: &[u64], out: &mut [u64]);
}

macro_rules! dispatch {
    ($level:expr, $function:path, $($argument:expr),*) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            Level::Ifma | Level::Avx512 => $function(avx512::Avx512, $($argument),*),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => $function(avx2::Avx2, $($argument),*),
            _ => $function(scalar::Scalar, $($argument),*),
        }
    };
}

/// The product of `a` (m × k) and `b` (k × n).
///
/// # Panics
/// When a length does not fit its shape, or the level cannot run here.
pub fn matmul(level: Level, a: &[u64], b: &[u64], m: usize, k: usize, n: usize) -> Vec<u64> {
    assert!(level.is_supported() && a.len() == m * k && b.len() == k * n);
    if m == 0 || k == 0 || n == 0 {
        return vec![0; m * n];
    }
    if n == 1 {
        return matvec(level, a, b, m);
    }
    if m == 1 {
        return matvec_t(level, b, a, n);
    }
    let mut out = vec![0; m * n];
    dispatch!(level, blocked::matmul, a, b, [m, k, n], &mut out);
    out
}

/// The product of `a` (rows of `v.len()` words, `m` of them) and the column `v`.
///
/// # Panics
/// When a length does not fit its shape, or the level cannot run here.
pub fn matvec(level: Level, a: &[u64], v: &[u64], m: usize) -> Vec<u64> {
    assert!(level.is_supported() && a.len() == m * v.len());
    let mut out = vec![0; m];
    if !a.is_empty() {
        dispatch!(level, run_matvec, a, v, &mut out);
    }
    out
}

/// The product of the row `v` and `a` (`v.len()` rows of `k` words): aᵀ v.
///
/// # Panics
/// When a length does not fit its shape, or the level cannot run here.
pub fn matvec_t(level: Level, a: &[u64], v: &[u64], k: usize) -> Vec<u64> {
    assert!(level.is_supported() && a.len() == v.len() * k);
    let mut out = vec![0; k];
    if !a.is_empty() {
        dispatch!(level, run_matvec_t, a, v, &mut out);
    }
    out
}

fn run_matvec<L: Lanes>(_: L, a: &[u64], v: &[u64], out: &mut [u64]) {
    if a.len() < PARALLEL_WORK {
        return L::matvec(a, v, out);
    }
    let rows = out.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    out.par_chunks_mut(rows).zip(a.par_chunks(rows * v.len())).for_each(|(out, a)| L::matvec(a, v, out));
}

fn run_matvec_t<L: Lanes>(_: L, a: &[u64], v: &[u64], out: &mut [u64]) {
    let k = out.len();
    if a.len() < PARALLEL_WORK || v.len() < 2 {
        return L::matvec_t(a, v, out);
    }
    let rows = v.len().div_ceil(2 * rayon::current_num_threads()).max(1);
    let parts: Vec<Vec<u64>> = v
        .par_chunks(rows)
        .zip(a.par_chunks(rows * k))
        .map(|(v, a)| {
            let mut part = vec![0; k];
            L::matvec_t(a, v, &mut part);
            part
        })
        .collect();
    parts.iter().for_each(|part| add_into(out, part));
}

pub(crate) fn add_into(out: &mut [u64], part: &[u64]) {
    for (out, part) in out.iter_mut().zip(part) {
        *out = out.wrapping_add(*part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize, seed: u64) -> Vec<u64> {
        let step = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some(*state ^ (*state >> 29))
        };
        std::iter::repeat_n((), count).scan(seed, |state, ()| step(state)).collect()
    }

    fn naive(a: &[u64], b: &[u64], [m, k, n]: [usize; 3]) -> Vec<u64> {
        let mut out = vec![0u64; m * n];
        for i in 0..m {
            for l in 0..k {
                for j in 0..n {
                    out[i * n + j] = out[i * n + j].wrapping_add(a[i * k + l].wrapping_mul(b[l * n + j]));
                }
            }
        }
        out
    }

    #[test]
    fn every_level_equals_the_definition() {
        let sides = [1, 2, 3, 7, 8, 9, 16, 17, 20, 33, 65, 130];
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            for (round, &m) in sides.iter().enumerate() {
                for &k in &sides {
                    let n = sides[(round * 5 + k) % sides.len()];
                    let (a, b) = (words(m * k, 1 + k as u64), words(k * n, 2 + m as u64));
                    assert_eq!(matmul(level, &a, &b, m, k, n), naive(&a, &b, [m, k, n]), "{level:?} {m} {k} {n}");
                }
            }
        }
    }

    #[test]
    fn threads_do_not_change_products() {
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            for [m, k, n] in [[600, 300, 20], [5, 40_000, 6], [3, 300, 2_000], [30_000, 11, 1], [1, 40_000, 21]] {
                let (a, b) = (words(m * k, 5), words(k * n, 6));
                assert_eq!(matmul(level, &a, &b, m, k, n), naive(&a, &b, [m, k, n]), "{level:?} {m} {k} {n}");
            }
        }
    }

    #[test]
    fn empty_sides_give_zero() {
        assert_eq!(matmul(Level::Scalar, &[], &[], 2, 0, 3), vec![0; 6]);
        assert!(matvec(Level::Scalar, &[], &[1, 2], 0).is_empty());
        assert_eq!(matvec_t(Level::Scalar, &[], &[], 2), vec![0, 0]);
    }
}
