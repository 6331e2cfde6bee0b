//! AES-128-CTR keystreams (NIST SP 800-38A): a key and a stream number give up to 2^68 bytes.
//!
//! The counter block is the stream number (8 bytes, big-endian) followed by the block number (8 bytes, big-endian).
#![forbid(unsafe_code)]

use aes::Aes128;
use ctr::Ctr64BE;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use rayon::prelude::*;

/// Bytes handed to one task; a multiple of the block.
const TASK_BYTES: usize = 1 << 18;

/// Writes the keystream from byte `offset` on over `out`.
pub fn fill(key: &[u8; 16], stream: u64, offset: u64, out: &mut [u8]) {
    out.fill(0);
    if out.len() <= TASK_BYTES {
        return fill_part(key, stream, offset, out);
    }
    out.par_chunks_mut(TASK_BYTES)
        .enumerate()
        .for_each(|(task, part)| fill_part(key, stream, offset + (task * TASK_BYTES) as u64, part));
}

/// `count` words of the keystream (little-endian), from word `offset` on.
pub fn words(key: &[u8; 16], stream: u64, offset: u64, count: usize) -> Vec<u64> {
    const WORDS: usize = TASK_BYTES / 8;
    let mut out = vec![0u64; count];
    let task = |(index, part): (usize, &mut [u64])| {
        let mut bytes = vec![0u8; part.len().min(512) * 8];
        for (piece, words) in part.chunks_mut(512).enumerate() {
            let bytes = &mut bytes[..words.len() * 8];
            bytes.fill(0);
            fill_part(key, stream, (offset + (index * WORDS + piece * 512) as u64) * 8, bytes);
            for (word, raw) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
                *word = u64::from_le_bytes(*raw);
            }
        }
    };
    if count <= WORDS {
        task((0, &mut out));
    } else {
        out.par_chunks_mut(WORDS).enumerate().for_each(task);
    }
    out
}

/// XORs the keystream from byte `offset` on into `out`.
fn fill_part(key: &[u8; 16], stream: u64, offset: u64, out: &mut [u8]) {
    let mut block = [0u8; 16];
    block[..8].copy_from_slice(&stream.to_be_bytes());
    let mut cipher = Ctr64BE::<Aes128>::new(key.into(), &block.into());
    cipher.seek(offset);
    cipher.apply_keystream(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_agree_with_the_whole() {
        let (key, stream) = ([3u8; 16], 0xfeed);
        let mut whole = vec![0u8; 2 * TASK_BYTES + 100];
        fill(&key, stream, 0, &mut whole);
        let mut part = vec![0u8; 1000];
        fill(&key, stream, TASK_BYTES as u64 - 13, &mut part);
        assert_eq!(part, whole[TASK_BYTES - 13..][..1000]);
        let word = words(&key, stream, 5, 70_000);
        assert_eq!(word[0].to_le_bytes(), whole[40..48]);
        assert_eq!(word[60_000].to_le_bytes(), whole[(60_005) * 8..][..8]);
    }

    #[test]
    fn aes_128_of_the_zero_block() {
        // NIST AESAVS, all-zero key and block.
        let mut out = [0u8; 16];
        fill(&[0; 16], 0, 0, &mut out);
        assert_eq!(u128::from_be_bytes(out), 0x66e9_4bd4_ef8a_2c3b_884c_fa59_ca34_2b2e);
    }
}
