//! Encoding and decoding: P with ⟨row(key), P⟩ = value for every key of a bin, random otherwise.

use rayon::prelude::*;
use tacit_block::{Block, Stream, word};
use tacit_cpu::Level;

use crate::gaps;
use crate::rows::{BATCH, Rows};
use crate::shape::Shape;

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

/// A column while it is peeled: how many keys touch it, and the exclusive or of their numbers.
#[derive(Clone, Copy, Default)]
struct Column {
    degree: u32,
    keys: u32,
}

/// Memory of one thread, used for bin after bin.
#[derive(Default)]
pub struct Scratch {
    pub positions: Vec<[u32; 3]>,
    pub elements: Vec<Block>,
    pub values: Vec<Block>,
    columns: Vec<Column>,
    /// (key, column) in the order of removal: the column is touched by no key removed later.
    pub peeled: Vec<(u32, u32)>,
    /// Keys set aside so that the rest could be peeled.
    pub gaps: Vec<u32>,
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
        let keys = bins.of(bins.keys, bin);
        let values = &values[bins.offsets[bin]..bins.offsets[bin + 1]];
        encode_bin(level, shape, &rows, keys, values, scratch, vector).ok_or(Failure(bin))
    })
}

/// Writes ⟨row(key), vector of the bin⟩ for every key over `out`.
pub fn decode(level: Level, shape: &Shape, seed: &Block, bins: Bins<'_>, vectors: &[Block], out: &mut [Block]) {
    let rows = Rows::new(seed, shape.sparse);
    let mut parts = Vec::with_capacity(bins.offsets.len());
    let mut rest = out;
    for (bin, pair) in bins.offsets.windows(2).enumerate() {
        let (part, after) = rest.split_at_mut(pair[1] - pair[0]);
        parts.push((bin, part));
        rest = after;
    }
    parts.into_par_iter().for_each(|(bin, out)| {
        let vector = &vectors[bin * shape.entries()..][..shape.entries()];
        decode_bin(level, shape, &rows, bins.of(bins.keys, bin), vector, out);
    });
}

fn decode_bin(level: Level, shape: &Shape, rows: &Rows, keys: &[Block], vector: &[Block], out: &mut [Block]) {
    let (sparse, dense) = vector.split_at(shape.sparse);
    let (mut positions, mut elements) = ([[0; 3]; BATCH], [[0; 16]; BATCH]);
    for (keys, out) in keys.chunks(BATCH).zip(out.chunks_mut(BATCH)) {
        let (positions, elements) = (&mut positions[..keys.len()], &mut elements[..keys.len()]);
        rows.of(keys, positions, elements);
        for (row, out) in positions.iter().zip(out.iter_mut()) {
            *out = touched(sparse, row).to_le_bytes();
        }
        tacit_block::add_dense(level, dense, elements, out);
    }
}

/// The sum of the three entries of a row.
#[inline(always)]
pub fn touched(sparse: &[Block], row: &[u32; 3]) -> u128 {
    word(&sparse[row[0] as usize]) ^ word(&sparse[row[1] as usize]) ^ word(&sparse[row[2] as usize])
}

fn encode_bin(
    level: Level,
    shape: &Shape,
    rows: &Rows,
    keys: &[Block],
    values: &[Block],
    scratch: &mut Scratch,
    vector: &mut [Block],
) -> Option<()> {
    scratch.positions.resize(keys.len(), [0; 3]);
    scratch.elements.resize(keys.len(), [0; 16]);
    rows.of(keys, &mut scratch.positions, &mut scratch.elements);
    scratch.peel(shape)?;
    scratch.values.clear();
    scratch.values.extend_from_slice(values);
    let (sparse, dense) = vector.split_at_mut(shape.sparse);
    if !scratch.gaps.is_empty() {
        gaps::settle(scratch, sparse, dense)?;
    }
    tacit_block::add_dense(level, dense, &scratch.elements, &mut scratch.values);
    substitute(&scratch.peeled, &scratch.positions, &scratch.values, sparse);
    Some(())
}

/// Gives the column of every peeled key, last removed first, what its value still lacks.
pub fn substitute(peeled: &[(u32, u32)], positions: &[[u32; 3]], values: &[Block], sparse: &mut [Block]) {
    for &(key, column) in peeled.iter().rev() {
        let others = touched(sparse, &positions[key as usize]) ^ word(&sparse[column as usize]);
        sparse[column as usize] = (others ^ word(&values[key as usize])).to_le_bytes();
    }
}

impl Scratch {
    /// Removes keys that alone touch a column until none are left; sets keys aside where there is no such column.
    /// Nothing if more would have to be set aside than there are dense entries.
    fn peel(&mut self, shape: &Shape) -> Option<()> {
        self.columns.clear();
        self.columns.resize(shape.sparse, Column::default());
        self.peeled.clear();
        self.gaps.clear();
        for (key, row) in (0u32..).zip(&self.positions) {
            for &position in row {
                let column = &mut self.columns[position as usize];
                column.degree += 1;
                column.keys ^= key;
            }
        }
        for column in 0..shape.sparse {
            self.remove_if_alone(column as u32);
        }
        self.follow(0);
        let mut next = 0;
        while self.peeled.len() + self.gaps.len() < self.positions.len() {
            if self.gaps.len() == shape.dense {
                return None;
            }
            next = self.set_aside(next);
        }
        Some(())
    }

    /// Removes what the removals from number `done` on have left alone, and so forth.
    fn follow(&mut self, mut done: usize) {
        while done < self.peeled.len() {
            let (key, _) = self.peeled[done];
            done += 1;
            for position in self.positions[key as usize] {
                self.remove_if_alone(position);
            }
        }
    }

    #[inline(always)]
    fn remove_if_alone(&mut self, column: u32) {
        let Column { degree: 1, keys: key } = self.columns[column as usize] else {
            return;
        };
        self.peeled.push((key, column));
        self.remove(key);
    }

    #[inline(always)]
    fn remove(&mut self, key: u32) {
        for position in self.positions[key as usize] {
            let column = &mut self.columns[position as usize];
            column.degree -= 1;
            column.keys ^= key;
        }
    }

    /// Sets the first key aside that is still there, from number `next` on, and goes on peeling. Where to look next.
    fn set_aside(&mut self, next: u32) -> u32 {
        let mut there = vec![true; self.positions.len()];
        for key in self.peeled.iter().map(|(key, _)| key).chain(&self.gaps) {
            there[*key as usize] = false;
        }
        let key = (next..).find(|key| there[*key as usize]).unwrap_or(0);
        self.gaps.push(key);
        let done = self.peeled.len();
        self.remove(key);
        for position in self.positions[key as usize] {
            self.remove_if_alone(position);
        }
        self.follow(done);
        key + 1
    }
}
