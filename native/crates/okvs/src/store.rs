//! Encoding and decoding: P with ⟨row(key), P⟩ = value for every key of a bin, random otherwise.

use rayon::prelude::*;
use tacit_block::{Block, Hash, Stream, word, xor};
use tacit_cpu::Level;

use crate::gaps;
use crate::peel::{Peel, Removed};
use crate::rows::{BATCH, Row, Rows};
use crate::shape::Shape;
use crate::tags::Tagger;

/// The bin with this number has no solution under the seed: an unlucky seed, or a key that is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(pub usize);

/// Keys in bins: bin i holds those from `offsets[i]` up to `offsets[i + 1]`.
#[derive(Clone, Copy)]
pub struct Bins<'a> {
    /// All keys, bin after bin.
    pub keys: &'a [Block],
    /// Ascending, one more than bins; within `keys`.
    pub offsets: &'a [usize],
}

impl<'a> Bins<'a> {
    fn of<T>(&self, items: &'a [T], bin: usize) -> &'a [T] {
        &items[self.offsets[bin]..self.offsets[bin + 1]]
    }
}

/// Memory of one thread, used for bin after bin.
#[derive(Default)]
pub struct Scratch {
    pub rows: Vec<Row>,
    pub elements: Vec<Block>,
    pub values: Vec<Block>,
    pub peel: Peel,
    vector: Vec<Block>,
}

/// Writes the vectors of all bins, `shape.entries()` blocks each, over `out`. Free entries come from `random`.
pub fn encode(
    level: Level,
    shape: &Shape,
    seed: &Block,
    bins: Bins<'_>,
    values: &[Block],
    random: &Stream,
    out: &mut [Block],
) -> Result<(), Failure> {
    let rows = Rows::new(seed, shape.sparse);
    let numbered = out.par_chunks_exact_mut(shape.entries()).enumerate();
    numbered.try_for_each_init(Scratch::default, |scratch, (bin, vector)| {
        random.fill(bin as u128 * shape.entries() as u128, vector);
        scratch.values.clear();
        scratch.values.extend_from_slice(&values[bins.offsets[bin]..bins.offsets[bin + 1]]);
        encode_bin(level, shape, &rows, bins.of(bins.keys, bin), scratch, vector).ok_or(Failure(bin))
    })
}

/// Adds to `masks` the vectors in which every key has the value that `hash` gives it; free entries are zero.
pub fn encode_masked(
    level: Level,
    shape: &Shape,
    seed: &Block,
    bins: Bins<'_>,
    hash: &Hash,
    masks: &mut [Block],
) -> Result<(), Failure> {
    let rows = Rows::new(seed, shape.sparse);
    let numbered = masks.par_chunks_exact_mut(shape.entries()).enumerate();
    numbered.try_for_each_init(Scratch::default, |scratch, (bin, masks)| {
        let keys = bins.of(bins.keys, bin);
        scratch.values.resize(keys.len(), [0; 16]);
        hash.compress(keys, &mut scratch.values);
        let mut vector = std::mem::take(&mut scratch.vector);
        vector.clear();
        vector.resize(shape.entries(), [0; 16]);
        encode_bin(level, shape, &rows, keys, scratch, &mut vector).ok_or(Failure(bin))?;
        for (mask, entry) in masks.iter_mut().zip(&vector) {
            *mask = xor(mask, entry);
        }
        scratch.vector = vector;
        Ok(())
    })
}

/// Writes ⟨row(key), vector of the bin⟩ for every key over `out`.
pub fn decode(level: Level, shape: &Shape, seed: &Block, bins: Bins<'_>, vectors: &[Block], out: &mut [Block]) {
    let rows = Rows::new(seed, shape.sparse);
    let parts = cut(bins.offsets, out, 1);
    parts.into_par_iter().enumerate().for_each(|(bin, out)| {
        let vector = &vectors[bin * shape.entries()..][..shape.entries()];
        for (keys, out) in bins.of(bins.keys, bin).chunks(BATCH).zip(out.chunks_mut(BATCH)) {
            decode_batch(level, shape, &rows, keys, vector, out);
        }
    });
}

/// The tag of ⟨row(key), vector of the bin⟩ for every key.
pub fn decode_tags(
    level: Level,
    shape: &Shape,
    seed: &Block,
    bins: Bins<'_>,
    vectors: &[Block],
    tagger: &Tagger,
    out: &mut [u8],
) {
    let rows = Rows::new(seed, shape.sparse);
    let parts = cut(bins.offsets, out, tagger.width());
    parts.into_par_iter().enumerate().for_each(|(bin, out)| {
        let vector = &vectors[bin * shape.entries()..][..shape.entries()];
        let mut values = [[0; 16]; BATCH];
        for (keys, out) in bins.of(bins.keys, bin).chunks(BATCH).zip(out.chunks_mut(BATCH * tagger.width())) {
            let values = &mut values[..keys.len()];
            decode_batch(level, shape, &rows, keys, vector, values);
            tagger.write(values, out);
        }
    });
}

/// The parts of `out` for the keys of every bin, `width` items for a key.
fn cut<'a, T>(offsets: &[usize], mut out: &'a mut [T], width: usize) -> Vec<&'a mut [T]> {
    assert_eq!(out.len(), offsets[offsets.len() - 1] * width);
    let mut parts = Vec::with_capacity(offsets.len());
    for pair in offsets.windows(2) {
        let part;
        (part, out) = out.split_at_mut((pair[1] - pair[0]) * width);
        parts.push(part);
    }
    parts
}

fn decode_batch(level: Level, shape: &Shape, rows: &Rows, keys: &[Block], vector: &[Block], out: &mut [Block]) {
    let (sparse, dense) = vector.split_at(shape.sparse);
    let (mut positions, mut elements) = ([[0; 4]; BATCH], [[0; 16]; BATCH]);
    let (positions, elements) = (&mut positions[..keys.len()], &mut elements[..keys.len()]);
    rows.of(keys, positions, elements);
    for (row, out) in positions.iter().zip(out.iter_mut()) {
        *out = touched(sparse, row).to_le_bytes();
    }
    tacit_block::add_dense(level, dense, elements, out);
}

/// The sum of the three entries of a row.
#[inline(always)]
pub fn touched(sparse: &[Block], row: &Row) -> u128 {
    word(&sparse[row[0] as usize]) ^ word(&sparse[row[1] as usize]) ^ word(&sparse[row[2] as usize])
}

/// Solves for the vector of a bin; `scratch.values` are those of its keys.
fn encode_bin(
    level: Level,
    shape: &Shape,
    rows: &Rows,
    keys: &[Block],
    scratch: &mut Scratch,
    vector: &mut [Block],
) -> Option<()> {
    scratch.rows.resize(keys.len(), [0; 4]);
    scratch.elements.resize(keys.len(), [0; 16]);
    rows.of(keys, &mut scratch.rows, &mut scratch.elements);
    scratch.peel.run(shape, &scratch.rows)?;
    let (sparse, dense) = vector.split_at_mut(shape.sparse);
    if !scratch.peel.gaps.is_empty() {
        gaps::settle(scratch, sparse, dense)?;
    }
    tacit_block::add_dense(level, dense, &scratch.elements, &mut scratch.values);
    substitute(&scratch.peel.removed, &scratch.values, sparse);
    Some(())
}

/// Gives the column of every removed key, last removed first, what its value still lacks.
pub fn substitute(removed: &[Removed], values: &[Block], sparse: &mut [Block]) {
    for Removed { key, column, others } in removed.iter().rev() {
        let known = word(&sparse[others[0] as usize]) ^ word(&sparse[others[1] as usize]);
        sparse[*column as usize] = (known ^ word(&values[*key as usize])).to_le_bytes();
    }
}
