//! Cache-blocked matrix product over any vector width.
//!
//! `b` is cut into bands of DEPTH rows; a band is packed into panels of PANEL columns, padded with zeros, so that the
//! inner loop reads it in order; tiles of ROWS × PANEL sums stay in registers.

use rayon::prelude::*;

use crate::{Lanes, PARALLEL_WORK, add_into};

/// Rows of `b` per band: a panel of 16 columns takes 16 KiB of the first-level cache.
const DEPTH: usize = 128;

/// Rows of `a` that share one pass over the panels: 256 KiB of the second-level cache.
const BAND_ROWS: usize = 256;

/// `out += a b`; shape is (m, k, n), all nonzero.
pub(crate) fn matmul<L: Lanes>(_: L, a: &[u64], b: &[u64], shape: [usize; 3], out: &mut [u64]) {
    let [m, k, n] = shape;
    let threads = rayon::current_num_threads();
    if threads == 1 || m.saturating_mul(k).saturating_mul(n) < PARALLEL_WORK {
        return serial::<L>(a, k, b, n, 0, out);
    }
    if m >= 2 * threads * L::ROWS {
        let rows = m.div_ceil(2 * threads).next_multiple_of(L::ROWS);
        out.par_chunks_mut(rows * n).zip(a.par_chunks(rows * k)).for_each(|(out, a)| serial::<L>(a, k, b, n, 0, out));
        return;
    }
    // Few rows: the long side is k or n; the sums of slices of k are added up at the end.
    let depth = k.div_ceil(2 * threads).next_multiple_of(DEPTH);
    let parts: Vec<Vec<u64>> = b
        .par_chunks(depth * n)
        .enumerate()
        .map(|(slice, b)| {
            let mut part = vec![0; m * n];
            serial::<L>(a, k, b, n, slice * depth, &mut part);
            part
        })
        .collect();
    parts.iter().for_each(|part| add_into(out, part));
}

/// `out += a[.., first..first + b rows] b` on this thread.
fn serial<L: Lanes>(a: &[u64], k: usize, b: &[u64], n: usize, first: usize, out: &mut [u64]) {
    let (mut panels, mut tiles) = (Vec::new(), Vec::new());
    for (band, b) in b.chunks(DEPTH * n).enumerate() {
        let (depth, start) = (b.len() / n, first + band * DEPTH);
        pack(b, n, depth, L::PANEL, &mut panels);
        for (a, out) in a.chunks(BAND_ROWS * k).zip(out.chunks_mut(BAND_ROWS * n)) {
            pack_rows(a, k, start, depth, L::ROWS, &mut tiles);
            for (panel, column) in panels.chunks_exact(depth * L::PANEL).zip((0..n).step_by(L::PANEL)) {
                column_of_tiles::<L>(&tiles, panel, n, column, out);
            }
        }
    }
}

/// One panel times all packed tiles, into the panel's columns of `out`.
fn column_of_tiles<L: Lanes>(tiles: &[u64], panel: &[u64], n: usize, column: usize, out: &mut [u64]) {
    let (depth, width) = (panel.len() / L::PANEL, L::PANEL.min(n - column));
    let mut sums = [0u64; 256];
    let sums = &mut sums[..L::ROWS * L::PANEL];
    for (tile, out) in tiles.chunks_exact(depth * L::ROWS).zip(out.chunks_mut(L::ROWS * n)) {
        sums.fill(0);
        L::tile(tile, out.len() / n, panel, sums);
        for (out, sums) in out.chunks_exact_mut(n).zip(sums.chunks_exact(L::PANEL)) {
            add_into(&mut out[column..column + width], &sums[..width]);
        }
    }
}

/// Columns start..start + depth of `a` as tiles of depth × rows words, padded with zeros: one row of a tile is what the
/// inner loop needs in one turn. Without it, rows a power of two apart would push each other out of the cache.
fn pack_rows(a: &[u64], k: usize, start: usize, depth: usize, rows: usize, packed: &mut Vec<u64>) {
    packed.clear();
    packed.resize((a.len() / k).div_ceil(rows) * rows * depth, 0);
    for (tile, a) in packed.chunks_exact_mut(depth * rows).zip(a.chunks(rows * k)) {
        for (place, row) in a.chunks_exact(k).enumerate() {
            for (line, word) in tile.chunks_exact_mut(rows).zip(&row[start..start + depth]) {
                line[place] = *word;
            }
        }
    }
}

/// `b` (depth × n) as ⌈n / panel⌉ panels of depth × panel, padded with zeros.
fn pack(b: &[u64], n: usize, depth: usize, panel: usize, packed: &mut Vec<u64>) {
    packed.clear();
    packed.resize(n.div_ceil(panel) * panel * depth, 0);
    for (lines, column) in packed.chunks_exact_mut(depth * panel).zip((0..n).step_by(panel)) {
        let width = panel.min(n - column);
        for (line, row) in lines.chunks_exact_mut(panel).zip(b.chunks_exact(n)) {
            line[..width].copy_from_slice(&row[column..column + width]);
        }
    }
}
