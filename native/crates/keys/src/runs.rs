//! Keys on their way in: hashed, and appended to the run of their coarse bin.

use std::io;

use rayon::prelude::*;
use tacit_block::{Block, Hash, word};

use crate::memory::{Arena, Piece};
use crate::spill::{Extent, Spill};

/// Keys that are sorted at a time by one thread: they stay in its second cache.
const PART: usize = 1 << 14;

/// The keys of a coarse bin, in ascending order of their rows: first what is in the file, then what is in memory.
#[derive(Default)]
pub struct Run {
    /// Parts in the file.
    pub extents: Vec<Extent>,
    /// Parts in memory.
    pub pieces: Vec<Piece>,
    /// Keys in both.
    pub count: usize,
}

impl Run {
    fn append(&mut self, arena: &Arena, mut keys: &[Block], mut rows: &[u32]) -> io::Result<()> {
        self.count += keys.len();
        while !keys.is_empty() {
            if self.pieces.last().is_none_or(Piece::is_full) {
                self.pieces.push(arena.take()?);
            }
            if let Some(piece) = self.pieces.last_mut() {
                let done = piece.push(keys, rows);
                (keys, rows) = (&keys[done..], &rows[done..]);
            }
        }
        Ok(())
    }

    /// Moves what is in memory to the file.
    pub fn spill(&mut self, file: &mut Spill) -> io::Result<()> {
        if !self.pieces.is_empty() {
            self.extents.push(file.append(&self.pieces)?);
            self.pieces.clear();
        }
        Ok(())
    }
}

/// The bin of a key among 2^`bits`: its top bits.
#[inline(always)]
pub fn bin(key: &Block, bits: u32) -> usize {
    ((word(key) >> 64) as u64).checked_shr(64 - bits).unwrap_or(0) as usize
}

/// Keys sorted by coarse bin; its memory is used again.
#[derive(Default)]
pub struct Part {
    hashed: Vec<Block>,
    keys: Vec<Block>,
    rows: Vec<u32>,
    starts: Vec<usize>,
}

impl Part {
    fn fill(&mut self, hash: &Hash, digests: &[Block], first: u32, bits: u32) {
        self.hashed.resize(digests.len(), [0; 16]);
        self.keys.resize(digests.len(), [0; 16]);
        self.rows.resize(digests.len(), 0);
        hash.compress(digests, &mut self.hashed);
        self.starts.clear();
        self.starts.resize((1 << bits) + 1, 0);
        for key in &self.hashed {
            self.starts[bin(key, bits) + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let mut next = self.starts.clone();
        for (row, key) in (first..).zip(&self.hashed) {
            let place = &mut next[bin(key, bits)];
            self.keys[*place] = *key;
            self.rows[*place] = row;
            *place += 1;
        }
    }
}

/// Hashes `digests`, whose rows begin at `first`, and appends each to the run of its coarse bin (2^`bits` of them).
pub fn append(
    runs: &mut [Run],
    (arena, parts): (&Arena, &mut Vec<Part>),
    hash: &Hash,
    digests: &[Block],
    first: u32,
    bits: u32,
) -> io::Result<()> {
    let count = digests.len().div_ceil(PART);
    parts.resize_with(count.max(parts.len()), Part::default);
    let numbered = parts[..count].par_iter_mut().zip(digests.par_chunks(PART)).enumerate();
    numbered.for_each(|(number, (part, digests))| {
        part.fill(hash, digests, first.wrapping_add((number * PART) as u32), bits);
    });
    runs.par_iter_mut().enumerate().with_min_len(8).try_for_each(|(bin, run)| {
        parts[..count].iter().try_for_each(|part| {
            let range = part.starts[bin]..part.starts[bin + 1];
            run.append(arena, &part.keys[range.clone()], &part.rows[range])
        })
    })
}
