//! Short tags of decoded values, and the lists that are sent: of one length per bin, shuffled.

use rayon::prelude::*;
use tacit_block::{Block, Hash, Stream};

/// Blocks to a task.
const TASK: usize = 1 << 12;
/// Blocks hashed at a time.
const BATCH: usize = 64;

/// Hashes values to tags.
pub struct Tagger {
    hash: Hash,
    width: usize,
}

impl Tagger {
    /// Tags of `width` bytes under a public `key` made for the session.
    pub fn new(key: &Block, width: usize) -> Tagger {
        Tagger { hash: Hash::new(key), width }
    }

    /// Bytes of a tag.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The first bytes of the tweaked hash of every block.
    pub fn write(&self, blocks: &[Block], out: &mut [u8]) {
        let mut digests = [[0; 16]; BATCH];
        for (blocks, out) in blocks.chunks(BATCH).zip(out.chunks_mut(BATCH * self.width)) {
            let digests = &mut digests[..blocks.len()];
            self.hash.twice(blocks, digests);
            for (number, digest) in digests.iter().enumerate() {
                copy(digest, self.width, out, number * self.width);
            }
        }
    }
}

/// Writes the first `width` bytes of `block` at a place; where there is room, 16 at once, of which what follows
/// overwrites the others.
#[inline(always)]
fn copy(block: &Block, width: usize, out: &mut [u8], at: usize) {
    match out[at..].first_chunk_mut() {
        Some(room) => *room = *block,
        None => out[at..at + width].copy_from_slice(&block[..width]),
    }
}

/// The first `width` bytes of the tweaked hash of every block, under a public `key` made for the session.
pub fn tags(key: &Block, width: usize, blocks: &[Block]) -> Vec<u8> {
    let tagger = Tagger::new(key, width);
    let mut out = vec![0; blocks.len() * width];
    let tasks = out.par_chunks_mut(TASK * width).zip(blocks.par_chunks(TASK));
    tasks.for_each(|(out, blocks)| tagger.write(blocks, out));
    out
}

/// Tags as they are sent.
pub struct Padded {
    /// `capacity` tags for every bin.
    pub tags: Vec<u8>,
    /// For every place, the number of the tag that lies there; u32::MAX where a random one does.
    pub origins: Vec<u32>,
}

/// Fills every bin up to `capacity` with random tags and shuffles it. No bin holds more than that.
pub fn pad(tags: &[u8], width: usize, offsets: &[usize], capacity: usize, random: &Stream) -> Padded {
    let bins = offsets.len() - 1;
    let mut out = Padded { tags: vec![0; bins * capacity * width], origins: vec![u32::MAX; bins * capacity] };
    let places = out.tags.par_chunks_exact_mut(capacity * width).zip(out.origins.par_chunks_exact_mut(capacity));
    places.enumerate().for_each(|(bin, (out, origins))| {
        let mut draws = Draws::new(random, bin);
        for (origin, number) in origins.iter_mut().zip(offsets[bin]..offsets[bin + 1]) {
            *origin = number as u32;
        }
        for last in (1..capacity).rev() {
            origins.swap(last, draws.below(last as u32 + 1) as usize);
        }
        for (place, origin) in origins.iter().enumerate() {
            let tag = if *origin == u32::MAX { draws.block() } else { tag(tags, width, *origin as usize) };
            copy(&tag, width, out, place * width);
        }
    });
    out
}

/// Tag number `number`, filled up with what follows it.
#[inline(always)]
pub fn tag(tags: &[u8], width: usize, number: usize) -> Block {
    let at = number * width;
    match tags[at..].first_chunk() {
        Some(more) => *more,
        None => {
            let mut out = [0; 16];
            out[..width].copy_from_slice(&tags[at..at + width]);
            out
        }
    }
}

/// Random numbers of one bin.
struct Draws<'a> {
    random: &'a Stream,
    next: u128,
    blocks: [Block; BATCH],
    used: usize,
}

impl<'a> Draws<'a> {
    fn new(random: &'a Stream, bin: usize) -> Draws<'a> {
        Draws { random, next: (bin as u128) << 64, blocks: [[0; 16]; BATCH], used: 16 * BATCH }
    }

    #[inline(always)]
    fn take<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > 16 * BATCH {
            self.random.fill(self.next, &mut self.blocks);
            (self.next, self.used) = (self.next + BATCH as u128, 0);
        }
        let at = self.used;
        self.used += N;
        let mut out = [0; N];
        out.copy_from_slice(&self.blocks.as_flattened()[at..at + N]);
        out
    }

    fn block(&mut self) -> Block {
        self.take()
    }

    /// A number below `range`, uniform (Lemire, *Fast random integer generation in an interval*, 2019).
    #[inline(always)]
    fn below(&mut self, range: u32) -> u32 {
        let mut product = u64::from(u32::from_le_bytes(self.take())) * u64::from(range);
        if (product as u32) < range {
            let least = range.wrapping_neg() % range;
            while (product as u32) < least {
                product = u64::from(u32::from_le_bytes(self.take())) * u64::from(range);
            }
        }
        (product >> 32) as u32
    }
}
