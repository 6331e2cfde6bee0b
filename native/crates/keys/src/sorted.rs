//! Keys in bins, without repeats, in memory or in files.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use tacit_block::Block;

use crate::memory::Array;
use crate::runs::bin;
use crate::spill::read_at;

/// Keys and their rows.
pub struct Held {
    /// The keys.
    pub keys: Array<Block>,
    /// The row of each.
    pub rows: Array<u32>,
}

impl Held {
    /// Room for `count` of them.
    pub fn new(count: usize) -> io::Result<Held> {
        Ok(Held { keys: Array::new(count)?, rows: Array::new(count)? })
    }
}

/// Where they are.
pub enum Place {
    /// In memory, shared with those who look at them.
    Memory(Arc<Held>),
    /// Keys in the first file, rows in the second.
    Files(File, File),
}

/// All keys, sorted by their top `bits` bits.
pub struct Sorted {
    /// Where the keys are.
    pub place: Place,
    /// log2 of the number of bins.
    pub bits: u32,
    /// Where the bins begin, and the end.
    pub offsets: Vec<usize>,
}

/// Some bins: `held`, of which the `range` is meant, and where the bins begin within it.
pub struct Group {
    /// What the keys lie in.
    pub held: Arc<Held>,
    /// Which of them.
    pub range: Range<usize>,
    /// Where the bins begin, from 0, and the end.
    pub offsets: Vec<i64>,
}

impl Sorted {
    /// Makes the bins at least 2^`bits` many; keys in files are split when they are read.
    pub fn split(&mut self, bits: u32) -> io::Result<()> {
        let Place::Memory(held) = &self.place else { return Ok(()) };
        if bits > self.bits {
            let (held, offsets) = split(held, &self.offsets, self.bits, bits)?;
            (self.place, self.offsets, self.bits) = (Place::Memory(Arc::new(held)), offsets, bits);
        }
        Ok(())
    }

    /// The bins `first`..`stop` of 2^`bits`.
    pub fn group(&self, bits: u32, first: usize, stop: usize) -> io::Result<Group> {
        if bits > self.bits {
            return self.group_split(bits, first, stop);
        }
        let step = 1usize << (self.bits - bits);
        let start = self.offsets[first * step];
        let range = start..self.offsets[stop * step];
        let offsets = (first..=stop).map(|bin| (self.offsets[bin * step] - start) as i64).collect();
        match &self.place {
            Place::Memory(held) => Ok(Group { held: Arc::clone(held), range, offsets }),
            Place::Files(keys, rows) => {
                let held = load(keys, rows, &range)?;
                Ok(Group { held: Arc::new(held), range: 0..range.len(), offsets })
            }
        }
    }

    /// The same for more bins than the keys were sorted into: whole sorted bins are read and then split.
    fn group_split(&self, bits: u32, first: usize, stop: usize) -> io::Result<Group> {
        let deeper = bits - self.bits;
        let (from, to) = (first >> deeper, stop.div_ceil(1 << deeper));
        let whole = self.group(self.bits, from, to.max(from))?;
        let offsets: Vec<usize> = whole.offsets.iter().map(|offset| *offset as usize).collect();
        let (held, offsets) = split(&whole.held, &offsets, self.bits, bits)?;
        let offsets = &offsets[first - (from << deeper)..=stop - (from << deeper)];
        let range = offsets[0]..offsets[stop - first];
        let offsets = offsets.iter().map(|offset| (offset - range.start) as i64).collect();
        Ok(Group { held: Arc::new(held), range, offsets })
    }
}

fn load(keys: &File, rows: &File, range: &Range<usize>) -> io::Result<Held> {
    let mut held = Held::new(range.len())?;
    read_at(keys, held.keys.bytes_mut(), 16 * range.start as u64)?;
    read_at(rows, held.rows.bytes_mut(), 4 * range.start as u64)?;
    Ok(held)
}

/// Consecutive bins of 2^`bits` sorted into bins of 2^`more`, in order within each.
fn split(held: &Held, offsets: &[usize], bits: u32, more: u32) -> io::Result<(Held, Vec<usize>)> {
    let (within, start) = (1usize << (more - bits), offsets[0]);
    let mut out = Held::new(offsets[offsets.len() - 1] - start)?;
    let mut parts = Vec::with_capacity(offsets.len());
    let (mut keys, mut rows) = (&mut out.keys[..], &mut out.rows[..]);
    for pair in offsets.windows(2) {
        let (keys_here, rows_here);
        (keys_here, keys) = keys.split_at_mut(pair[1] - pair[0]);
        (rows_here, rows) = rows.split_at_mut(pair[1] - pair[0]);
        parts.push((pair[0]..pair[1], keys_here, rows_here));
    }
    let counts: Vec<Vec<usize>> = parts
        .into_par_iter()
        .map(|(range, keys, rows)| split_bin(&held.keys[range.clone()], &held.rows[range], within, more, keys, rows))
        .collect();
    let mut all = Vec::with_capacity((offsets.len() - 1) * within + 1);
    all.push(0);
    all.extend(counts.iter().flatten().scan(0, |end, count| {
        *end += count;
        Some(*end)
    }));
    Ok((out, all))
}

fn split_bin(
    keys: &[Block],
    rows: &[u32],
    within: usize,
    more: u32,
    out: &mut [Block],
    out_rows: &mut [u32],
) -> Vec<usize> {
    let place = |key: &Block| bin(key, more) & (within - 1);
    let mut counts = vec![0; within];
    keys.iter().for_each(|key| counts[place(key)] += 1);
    let mut next = vec![0; within];
    for at in 1..within {
        next[at] = next[at - 1] + counts[at - 1];
    }
    for (key, row) in keys.iter().zip(rows) {
        let at = &mut next[place(key)];
        (out[*at], out_rows[*at]) = (*key, *row);
        *at += 1;
    }
    counts
}
