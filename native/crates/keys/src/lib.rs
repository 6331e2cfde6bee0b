//! Keys of a private join: hashed under a seed, sorted into bins by their top bits, repeats removed.
//!
//! Keys go into runs, one per coarse bin, as they come; beyond a limit the runs go to a file. At the end every coarse
//! bin is sorted by itself, so that memory is given back as it goes and only a few of them are in memory at a time.
#![deny(unsafe_code)]

mod memory;
mod runs;
mod sort;
mod sorted;
mod spill;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::{Block, Hash};

use memory::{Arena, PIECE_BYTES, bytes};
use runs::{Part, Run};
use sort::{Cut, Done};
pub use sorted::{Group, Held};
use sorted::{Place, Sorted};
use spill::{Spill, unnamed, write_at};

/// Keys to a fine bin, about.
const FINE: usize = 1 << 13;
/// Keys to a coarse bin, about, within the limits below.
const COARSE: usize = 1 << 16;
/// Bits of the number of coarse bins, at most.
const COARSE_BITS: u32 = 10;
/// The same where nothing is known of how many keys will come.
const UNKNOWN_BITS: u32 = 6;
/// Keys that are hashed and appended at a time.
const STEP: usize = 1 << 18;

/// Above how many bytes runs go to a file, and in which folder that is.
pub struct Limit {
    /// Bytes.
    pub memory: usize,
    /// The folder.
    pub folder: PathBuf,
}

/// Keys that are still coming.
pub struct Adding {
    hash: Hash,
    bits: u32,
    runs: Vec<Run>,
    arena: Arena,
    parts: Vec<Part>,
    limit: Option<Limit>,
    file: Option<Spill>,
    rows: u64,
    keep: bool,
}

/// Keys in bins, without repeats.
pub struct Finished {
    sorted: Sorted,
    arranged: u32,
    /// Rows that were added or skipped.
    pub rows: u64,
    /// Keys that are left.
    pub distinct: usize,
    /// Keys that went because they were there before.
    pub repeated: usize,
    /// (row of the repeat, row that stays), ascending; empty unless it was to be kept.
    pub repeats: Vec<(u32, u32)>,
}

impl Adding {
    /// No keys yet. `expected`: a guess of how many will come, or 0; `keep`: repeats are remembered.
    pub fn new(seed: &Block, expected: usize, limit: Option<Limit>, keep: bool) -> Adding {
        let bits = if expected == 0 { UNKNOWN_BITS } else { doublings(expected, COARSE).min(COARSE_BITS) };
        let runs = (0..1 << bits).map(|_| Run::default()).collect();
        let (hash, arena, parts) = (Hash::new(seed), Arena::default(), Vec::new());
        Adding { hash, bits, runs, arena, parts, limit, file: None, rows: 0, keep }
    }

    /// Rows that were added or skipped.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes rows that have no key into the count. False, and nothing is done, if row numbers would not fit 32 bits.
    pub fn skip(&mut self, rows: u64) -> bool {
        let fits = rows <= (1 << 32) - self.rows;
        self.rows += if fits { rows } else { 0 };
        fits
    }

    /// Adds the keys of as many rows. False, and nothing is done, if row numbers would not fit 32 bits.
    pub fn add(&mut self, digests: &[Block]) -> io::Result<bool> {
        let first = self.rows;
        if !self.skip(digests.len() as u64) {
            return Ok(false);
        }
        for (step, digests) in digests.chunks(STEP).enumerate() {
            let first = (first + (step * STEP) as u64) as u32;
            let buffers = (&self.arena, &mut self.parts);
            runs::append(&mut self.runs, buffers, &self.hash, digests, first, self.bits)?;
            self.relieve()?;
        }
        Ok(true)
    }

    /// Moves the runs to the file if they take too much memory.
    fn relieve(&mut self) -> io::Result<()> {
        let Some(limit) = &self.limit else { return Ok(()) };
        let held: usize = self.runs.iter().map(|run| run.pieces.len() * PIECE_BYTES).sum();
        // A piece per run may be nearly empty: at least two of them before it is worth writing.
        if held <= limit.memory.max(self.runs.len() * 2 * PIECE_BYTES) {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(Spill::new(&limit.folder)?);
        }
        self.file.iter_mut().try_for_each(|file| self.runs.iter_mut().try_for_each(|run| run.spill(file)))
    }

    /// Sorts what has come and removes repeats: the lowest row of equal keys stays.
    pub fn finish(self) -> io::Result<Finished> {
        let count: usize = self.runs.iter().map(|run| run.count).sum();
        let fine = doublings(count, FINE).max(self.bits);
        let cut = Cut { fine, within: fine - self.bits, repeats: self.keep };
        let (place, done) = match (&self.file, &self.limit) {
            (Some(file), Some(limit)) => in_files(self.runs, file, limit, cut)?,
            _ => in_memory(self.runs, count, cut)?,
        };
        let mut offsets = Vec::with_capacity((1 << fine) + 1);
        offsets.push(0);
        offsets.extend(done.iter().flat_map(|done| &done.counts).scan(0, |end, count| {
            *end += *count as usize;
            Some(*end)
        }));
        let distinct = offsets[1 << fine];
        let mut repeats: Vec<(u32, u32)> = done.into_iter().flat_map(|done| done.repeats).collect();
        repeats.par_sort_unstable();
        let sorted = Sorted { place, bits: fine, offsets };
        Ok(Finished { sorted, arranged: 0, rows: self.rows, distinct, repeated: count - distinct, repeats })
    }
}

impl Finished {
    /// Groups are of 2^`bits` bins from now on.
    pub fn arrange(&mut self, bits: u32) -> io::Result<()> {
        self.sorted.split(bits)?;
        self.arranged = bits;
        Ok(())
    }

    /// How many bins there are.
    pub fn bins(&self) -> usize {
        1 << self.arranged
    }

    /// The bins `first`..`stop`.
    pub fn group(&self, first: usize, stop: usize) -> io::Result<Group> {
        self.sorted.group(self.arranged, first, stop)
    }
}

/// How often `size` has to be doubled to reach `count`.
fn doublings(count: usize, size: usize) -> u32 {
    count.div_ceil(size).next_power_of_two().trailing_zeros()
}

/// Sorts all runs at once into one array, then closes the gaps that repeats have left.
fn in_memory(runs: Vec<Run>, count: usize, cut: Cut) -> io::Result<(Place, Vec<Done>)> {
    let mut held = Held::new(count)?;
    let sizes: Vec<usize> = runs.iter().map(|run| run.count).collect();
    let (mut keys, mut rows) = (&mut held.keys[..], &mut held.rows[..]);
    let mut parts = Vec::with_capacity(runs.len());
    for run in runs {
        let (keys_here, rows_here);
        (keys_here, keys) = keys.split_at_mut(run.count);
        (rows_here, rows) = rows.split_at_mut(run.count);
        parts.push((run, keys_here, rows_here));
    }
    let done = parts.into_par_iter().map(|(run, keys, rows)| sort::sort(run, None, cut, keys, rows));
    let done = done.collect::<io::Result<Vec<Done>>>()?;
    let (mut from, mut to) = (0, 0);
    for (done, size) in done.iter().zip(sizes) {
        if to < from {
            held.keys.copy_within(from..from + done.distinct, to);
            held.rows.copy_within(from..from + done.distinct, to);
        }
        (from, to) = (from + size, to + done.distinct);
    }
    held.keys.truncate(to);
    held.rows.truncate(to);
    Ok((Place::Memory(Arc::new(held)), done))
}

/// Sorts as many runs at a time as the limit allows, at least one, and writes them to files.
fn in_files(runs: Vec<Run>, file: &Spill, limit: &Limit, cut: Cut) -> io::Result<(Place, Vec<Done>)> {
    let (keys, rows) = (unnamed(&limit.folder)?, unnamed(&limit.folder)?);
    let mut all = Vec::with_capacity(runs.len());
    let mut end = 0;
    let largest = runs.iter().map(|run| 20 * run.count).max().unwrap_or(0);
    let at_once = (limit.memory / largest.max(1)).clamp(1, rayon::current_num_threads());
    let mut runs = runs.into_iter();
    loop {
        let some: Vec<Run> = runs.by_ref().take(at_once).collect();
        if some.is_empty() {
            return Ok((Place::Files(keys, rows), all));
        }
        let sorted = some.into_par_iter().map(|run| {
            let mut held = Held::new(run.count)?;
            let done = sort::sort(run, Some(file), cut, &mut held.keys, &mut held.rows)?;
            Ok((held, done))
        });
        for (held, done) in sorted.collect::<io::Result<Vec<_>>>()? {
            write_at(&keys, bytes(&held.keys[..done.distinct]), 16 * end)?;
            write_at(&rows, bytes(&held.rows[..done.distinct]), 4 * end)?;
            end += done.distinct as u64;
            all.push(done);
        }
    }
}
