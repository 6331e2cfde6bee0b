//! Keyed BLAKE3 of many inputs of one block each, as many at once as the processor has lanes.

use blake3::IncrementCounter;
use blake3::platform::Platform;
use rayon::prelude::*;

/// Bytes of a block of BLAKE3.
const BLOCK: usize = 64;
/// Blocks made at a time: they stay in the first cache.
const BATCH: usize = 64;
/// Inputs handed to one task.
const TASK: usize = 64 * BATCH;
/// The longest string that fits one block beside its length.
const SHORT: usize = BLOCK - 1;
/// Stands where the length of a short string would.
const LONG: u8 = 0xff;
// BLAKE3, section 2.1, table 3.
const CHUNK_START: u8 = 1;
const CHUNK_END: u8 = 2;
const ROOT: u8 = 8;
const KEYED_HASH: u8 = 16;

/// Row n: zero, n times 0xff, then zeros.
static MASKS: [[u8; BLOCK]; BLOCK] = masks();

const fn masks() -> [[u8; BLOCK]; BLOCK] {
    let mut out = [[0; BLOCK]; BLOCK];
    let mut length = 0;
    while length < BLOCK {
        let mut at = 1;
        while at <= length {
            out[length][at] = 0xff;
            at += 1;
        }
        length += 1;
    }
    out
}

/// The keyed hash of single blocks.
struct Hasher {
    platform: Platform,
    words: [u32; 8],
}

impl Hasher {
    fn new(key: &[u8; 32]) -> Hasher {
        let words = std::array::from_fn(|at| u32::from_le_bytes([0, 1, 2, 3].map(|byte| key[4 * at + byte])));
        Hasher { platform: Platform::detect(), words }
    }

    /// 32 bytes for each of up to `BATCH` blocks.
    fn hash(&self, blocks: &[[u8; BLOCK]], out: &mut [u8]) {
        let mut inputs = [&blocks[0]; BATCH];
        for (input, block) in inputs.iter_mut().zip(blocks) {
            *input = block;
        }
        let (inputs, end) = (&inputs[..blocks.len()], CHUNK_END | ROOT);
        self.platform.hash_many(inputs, &self.words, 0, IncrementCounter::No, KEYED_HASH, CHUNK_START, end, out);
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.words);
    }
}

/// Positions of strings, as Arrow has them.
pub trait Position: Copy + PartialOrd + Sync {
    /// As a position in memory; nothing if it is negative.
    fn place(self) -> Option<usize>;
}

impl Position for i32 {
    fn place(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

impl Position for i64 {
    fn place(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

/// Keyed BLAKE3, cut to 16 bytes, of every string `data[offsets[i]..offsets[i + 1]]` in an injective form.
///
/// Strings up to 63 bytes: their length in one byte, the string, zeros up to 64 bytes. Longer ones: 0xff and the
/// string. Nothing if the offsets do not fit the data.
pub fn hash_short<P: Position>(data: &[u8], offsets: &[P], key: &[u8; 32]) -> Option<Vec<[u8; 16]>> {
    if offsets.is_empty() {
        return None;
    }
    let hasher = Hasher::new(key);
    let mut out = vec![[0; 16]; offsets.len() - 1];
    let tasks = out.par_chunks_mut(TASK).enumerate();
    tasks.try_for_each(|(task, out)| {
        let (mut blocks, mut digests) = ([[0; BLOCK]; BATCH], [[0; 32]; BATCH]);
        for (batch, out) in out.chunks_mut(BATCH).enumerate() {
            let offsets = &offsets[task * TASK + batch * BATCH..][..=out.len()];
            let long = lay_out(data, offsets, &mut blocks)?;
            hasher.hash(&blocks[..out.len()], digests[..out.len()].as_flattened_mut());
            for (out, digest) in out.iter_mut().zip(&digests) {
                out.copy_from_slice(&digest[..16]);
            }
            if long {
                hash_long(data, offsets, key, out)?;
            }
        }
        Some(())
    })?;
    Some(out)
}

/// Writes the blocks of short strings; whether there are others.
fn lay_out<P: Position>(data: &[u8], offsets: &[P], blocks: &mut [[u8; BLOCK]; BATCH]) -> Option<bool> {
    let (mut start, mut long) = (offsets[0].place()?, false);
    for (end, block) in offsets[1..].iter().zip(blocks) {
        let end = end.place()?;
        let text = data.get(start..end)?;
        if text.len() > SHORT {
            long = true;
        } else {
            copy_short(data, start, text, block);
        }
        start = end;
    }
    Some(long)
}

/// Writes the block of one short string; where the data around it allows, 64 bytes at once, of which the others are
/// masked.
#[inline(always)]
fn copy_short(data: &[u8], start: usize, text: &[u8], block: &mut [u8; BLOCK]) {
    let around =
        start.checked_sub(1).and_then(|before| data.get(before..)).and_then(|rest| rest.first_chunk::<BLOCK>());
    if let Some(around) = around {
        let mask = &MASKS[text.len()];
        for at in 0..BLOCK {
            block[at] = around[at] & mask[at];
        }
    } else {
        block[1..=text.len()].copy_from_slice(text);
        block[text.len() + 1..].fill(0);
    }
    block[0] = text.len() as u8;
}

fn hash_long<P: Position>(data: &[u8], offsets: &[P], key: &[u8; 32], out: &mut [[u8; 16]]) -> Option<()> {
    for (pair, out) in offsets.windows(2).zip(out) {
        let text = data.get(pair[0].place()?..pair[1].place()?)?;
        if text.len() > SHORT {
            let digest = blake3::Hasher::new_keyed(key).update(&[LONG]).update(text).finalize();
            out.copy_from_slice(&digest.as_bytes()[..16]);
        }
    }
    Some(())
}

/// Keyed BLAKE3, 32 bytes, of `first[i]`, `second[i]` and 32 zero bytes, for every i.
pub fn hash_pairs(first: &[[u8; 16]], second: &[[u8; 16]], key: &[u8; 32], out: &mut [[u8; 32]]) {
    assert!(first.len() == second.len() && first.len() == out.len());
    let hasher = Hasher::new(key);
    let tasks = out.par_chunks_mut(TASK).zip(first.par_chunks(TASK)).zip(second.par_chunks(TASK));
    tasks.for_each(|((out, first), second)| {
        let mut blocks = [[0; BLOCK]; BATCH];
        for ((out, first), second) in out.chunks_mut(BATCH).zip(first.chunks(BATCH)).zip(second.chunks(BATCH)) {
            for ((block, first), second) in blocks.iter_mut().zip(first).zip(second) {
                block[..16].copy_from_slice(first);
                block[16..32].copy_from_slice(second);
            }
            hasher.hash(&blocks[..out.len()], out.as_flattened_mut());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_padded_keyed_hashes() {
        let data: Vec<u8> = (0..40_000u32).map(|i| ((i * i) >> 3) as u8).collect();
        let offsets: Vec<i64> = std::iter::once(5)
            .chain((0..200).scan(5, |end, length| {
                *end += length;
                Some(*end)
            }))
            .collect();
        let key = std::array::from_fn(|at| at as u8);
        let out = hash_short(&data[..offsets[200] as usize], &offsets, &key).unwrap();
        for (pair, found) in offsets.windows(2).zip(&out) {
            let text = &data[pair[0] as usize..pair[1] as usize];
            let mut block = vec![if text.len() < 64 { text.len() as u8 } else { LONG }];
            block.extend_from_slice(text);
            block.resize(block.len().max(64), 0);
            assert_eq!(found, &blake3::keyed_hash(&key, &block).as_bytes()[..16]);
        }
        let small: Vec<i32> = offsets.iter().map(|offset| *offset as i32).collect();
        assert_eq!(hash_short(&data, &small, &key).unwrap(), out);
    }

    #[test]
    fn bad_offsets_are_refused() {
        for offsets in [&[][..], &[0, 4], &[0, 2, 1], &[-1, 2], &[i64::MAX, i64::MAX]] {
            assert!(hash_short(b"abc", offsets, &[0; 32]).is_none());
        }
        assert_eq!(hash_short(b"abc", &[2i32], &[0; 32]), Some(Vec::new()));
    }

    #[test]
    fn pairs_are_keyed_hashes() {
        for count in [0usize, 1, 15, 16, 17, 63, 64, 65, 5000] {
            let first: Vec<[u8; 16]> = (0..count as u128).map(u128::to_le_bytes).collect();
            let second: Vec<[u8; 16]> = (0..count as u128).map(|i| (i << 77 ^ 5).to_le_bytes()).collect();
            let mut out = vec![[0; 32]; count];
            hash_pairs(&first, &second, &[3; 32], &mut out);
            for ((first, second), out) in first.iter().zip(&second).zip(&out) {
                let block: Vec<u8> = [&first[..], second, &[0; 32]].concat();
                assert_eq!(out, blake3::keyed_hash(&[3; 32], &block).as_bytes());
            }
        }
    }
}
