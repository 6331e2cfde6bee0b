//! The portable path.

use crate::Lanes;

pub(crate) struct Scalar;

impl Lanes for Scalar {
    const PANEL: usize = 4;
    const ROWS: usize = 4;

    fn tile(tile: &[u64], rows: usize, panel: &[u64], sums: &mut [u64]) {
        let (tile, panel) = (tile.as_chunks::<4>().0, panel.as_chunks::<4>().0);
        for (row, sums) in sums.as_chunks_mut::<4>().0.iter_mut().enumerate().take(rows) {
            let mut total = *sums;
            for (factors, line) in tile.iter().zip(panel) {
                for (total, word) in total.iter_mut().zip(line) {
                    *total = total.wrapping_add(factors[row].wrapping_mul(*word));
                }
            }
            *sums = total;
        }
    }

    fn matvec(a: &[u64], v: &[u64], out: &mut [u64]) {
        for (out, row) in out.iter_mut().zip(a.chunks_exact(v.len())) {
            *out = row.iter().zip(v).fold(0, |sum: u64, (a, v)| sum.wrapping_add(a.wrapping_mul(*v)));
        }
    }

    fn matvec_t(a: &[u64], v: &[u64], out: &mut [u64]) {
        for (factor, row) in v.iter().zip(a.chunks_exact(out.len())) {
            for (out, word) in out.iter_mut().zip(row) {
                *out = out.wrapping_add(factor.wrapping_mul(*word));
            }
        }
    }
}
