//! Short tags of decoded values, and the lists that are sent: of one length per bin, shuffled.

use rayon::prelude::*;
use tacit_block::{Block, Hash, Stream, word};

/// Blocks to a task.
const TASK: usize = 1 << 12;

/// The first `width` bytes of the tweaked hash of every block, under a public `key` made for the session.
pub fn tags(key: &Block, width: usize, blocks: &[Block]) -> Vec<u8> {
    let hash = Hash::new(key);
    let mut out = vec![0; blocks.len() * width];
    out.par_chunks_mut(TASK * width).zip(blocks.par_chunks(TASK)).for_each(|(out, blocks)| {
        let mut digests = blocks.to_vec();
        hash.tweaked(0, 0, &mut digests);
        for (out, digest) in out.chunks_exact_mut(width).zip(&digests) {
            out.copy_from_slice(&digest[..width]);
        }
    });
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
        let draws = random.blocks(bin as u128 * 2 * capacity as u128, 2 * capacity);
        let (fill, draws) = draws.split_at(capacity);
        for (origin, number) in origins.iter_mut().zip(offsets[bin]..offsets[bin + 1]) {
            *origin = number as u32;
        }
        for (last, draw) in (1..capacity).rev().zip(draws) {
            origins.swap(last, below(draw, last + 1));
        }
        for ((out, origin), fill) in out.chunks_exact_mut(width).zip(origins.iter()).zip(fill) {
            match origin {
                &u32::MAX => out.copy_from_slice(&fill[..width]),
                number => out.copy_from_slice(&tags[*number as usize * width..][..width]),
            }
        }
    });
    out
}

/// A number below `range`, as good as uniform: 64 random bits for a range below 2^32.
fn below(draw: &Block, range: usize) -> usize {
    ((u128::from(word(draw) as u64) * range as u128) >> 64) as usize
}
