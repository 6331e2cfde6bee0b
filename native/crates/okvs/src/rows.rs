//! Where a key touches the vector: three distinct positions and one field element.

use tacit_block::{Block, Hash, word};

/// Keys hashed at a time.
pub const BATCH: usize = 64;

/// Three distinct positions, and a zero that makes it four words.
pub type Row = [u32; 4];

/// The hashes under one seed.
pub struct Rows {
    position: Hash,
    element: Hash,
    sparse: u32,
}

impl Rows {
    /// The rows of vectors with `sparse` sparse entries, under `seed`. Both are public.
    pub fn new(seed: &Block, sparse: usize) -> Rows {
        let other = (word(seed) ^ 1).to_le_bytes();
        Rows { position: Hash::new(seed), element: Hash::new(&other), sparse: sparse as u32 }
    }

    /// Positions and elements of `keys`. The element is hashed apart, so that it stays random once the positions are
    /// known.
    pub fn of(&self, keys: &[Block], positions: &mut [Row], elements: &mut [Block]) {
        let mut digests = [[0; 16]; BATCH];
        let batches = keys.chunks(BATCH).zip(positions.chunks_mut(BATCH)).zip(elements.chunks_mut(BATCH));
        for ((keys, positions), elements) in batches {
            let digests = &mut digests[..keys.len()];
            self.position.compress_both(&self.element, keys, digests, elements);
            for (digest, row) in digests.iter().zip(positions) {
                *row = self.distinct(word(digest));
            }
        }
    }

    /// Three distinct positions from 96 bits: each from those that are left.
    #[inline(always)]
    fn distinct(&self, digest: u128) -> Row {
        let below = |bits: u32, range: u32| ((u64::from(bits) * u64::from(range)) >> 32) as u32;
        let a = below(digest as u32, self.sparse);
        let b = below((digest >> 32) as u32, self.sparse - 1);
        let b = b + u32::from(b >= a);
        let (low, high) = (a.min(b), a.max(b));
        let c = below((digest >> 64) as u32, self.sparse - 2);
        let c = c + u32::from(c >= low);
        [a, b, c + u32::from(c >= high), 0]
    }
}
