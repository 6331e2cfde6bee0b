//! Bit order, bit planes and packing of 64-bit words.
#![forbid(unsafe_code)]

use rayon::prelude::*;

/// Words handed to one task.
const TASK: usize = 1 << 15;

/// Every word with its bits in reverse order.
pub fn reverse(words: &[u64]) -> Vec<u64> {
    let mut out = vec![0u64; words.len()];
    out.par_chunks_mut(TASK).zip(words.par_chunks(TASK)).for_each(|(out, words)| {
        for (out, word) in out.iter_mut().zip(words) {
            *out = word.reverse_bits();
        }
    });
    out
}

/// Transposes a 64 × 64 bit matrix in place: bit j of row i moves to bit i of row j.
/// Recursive block swap, Hacker's Delight 7-3, with bit 0 as the first column.
pub fn transpose_block(rows: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, 0x0000_0000_ffff_ffff_u64);
    while width != 0 {
        let mut row = 0;
        while row < 64 {
            let swap = ((rows[row] >> width) ^ rows[row + width]) & mask;
            rows[row] ^= swap << width;
            rows[row + width] ^= swap;
            row = (row + width + 1) & !width;
        }
        width >>= 1;
        mask ^= mask << width;
    }
}

/// Bit planes of `words`: row b (of 64 rows, each `words.len()` bits in ⌈n/64⌉ words) holds bit b of every word.
/// Unused bits of the last word of each row are 0.
pub fn to_planes(words: &[u64]) -> Vec<u64> {
    let width = words.len().div_ceil(64);
    let blocks: Vec<[u64; 64]> = words
        .par_chunks(64)
        .map(|part| {
            let mut block = [0u64; 64];
            block[..part.len()].copy_from_slice(part);
            transpose_block(&mut block);
            block
        })
        .collect();
    let mut out = vec![0u64; 64 * width];
    if width > 0 {
        out.par_chunks_mut(width).enumerate().for_each(|(bit, row)| {
            for (word, block) in row.iter_mut().zip(&blocks) {
                *word = block[bit];
            }
        });
    }
    out
}

/// The `count` words whose bit planes are given; the inverse of [`to_planes`].
///
/// # Panics
/// When `planes` is not 64 rows of ⌈count/64⌉ words.
pub fn from_planes(planes: &[u64], count: usize) -> Vec<u64> {
    let width = count.div_ceil(64);
    assert_eq!(planes.len(), 64 * width);
    let mut out = vec![0u64; count];
    out.par_chunks_mut(64).enumerate().for_each(|(column, words)| {
        let mut block: [u64; 64] = std::array::from_fn(|bit| planes[bit * width + column]);
        transpose_block(&mut block);
        words.copy_from_slice(&block[..words.len()]);
    });
    out
}

/// Packs bytes that are 0 or 1 into words, first byte in bit 0; the error is the index of another byte.
pub fn pack(bytes: &[u8]) -> Result<Vec<u64>, usize> {
    if let Some(index) = bytes.iter().position(|&byte| byte > 1) {
        return Err(index);
    }
    let word = |part: &[u8]| part.iter().enumerate().fold(0u64, |word, (bit, &byte)| word | (u64::from(byte) << bit));
    Ok(bytes.chunks(64).map(word).collect())
}

/// The first `count` bits of `words` as bytes 0 or 1; the inverse of [`pack`].
///
/// # Panics
/// When there are fewer than `count` bits.
pub fn unpack(words: &[u64], count: usize) -> Vec<u8> {
    assert!(count <= words.len() * 64);
    let mut out = vec![0u8; count];
    for (part, word) in out.chunks_mut(64).zip(words) {
        for (bit, byte) in part.iter_mut().enumerate() {
            *byte = (word >> bit & 1) as u8;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_hold_the_bits_and_return() {
        let words: Vec<u64> = (0..150u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let planes = to_planes(&words);
        for (index, word) in words.iter().enumerate() {
            for bit in 0..64 {
                assert_eq!(planes[bit * 3 + index / 64] >> (index % 64) & 1, word >> bit & 1);
            }
        }
        assert_eq!(from_planes(&planes, 150), words);
        assert!(to_planes(&[]).is_empty());
    }

    #[test]
    fn packing_returns_and_refuses() {
        let bytes: Vec<u8> = (0..100).map(|i| u8::from(i % 3 == 0)).collect();
        assert_eq!(unpack(&pack(&bytes).unwrap(), 100), bytes);
        assert_eq!(pack(&[0, 1, 2]), Err(2));
    }
}
