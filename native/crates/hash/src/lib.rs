//! BLAKE3 of buffers and, keyed, of many strings at once.
#![forbid(unsafe_code)]

mod short;

use rayon::prelude::*;

pub use blake3::Hasher;
pub use short::{Position, hash_pairs, hash_short};

/// Buffers at least this long are hashed by all threads (BLAKE3's authors advise 128 KiB).
const PARALLEL_BYTES: usize = 128 * 1024;

/// Strings handed to one task.
const STRINGS_PER_TASK: usize = 2048;

/// Adds `data` to the hash, on all threads when it is long.
pub fn update(hasher: &mut Hasher, data: &[u8]) {
    if data.len() >= PARALLEL_BYTES {
        hasher.update_rayon(data);
    } else {
        hasher.update(data);
    }
}

/// BLAKE3 of one buffer, 32 bytes.
pub fn hash(data: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::new();
    update(&mut hasher, data);
    *hasher.finalize().as_bytes()
}

/// Whether `offsets` (n + 1 of them) cut `data_len` bytes into n strings.
pub fn offsets_fit(offsets: &[i64], data_len: usize) -> bool {
    let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
    match (offsets.first(), offsets.last()) {
        (Some(&first), Some(&last)) => {
            ordered && first >= 0 && u64::try_from(last).is_ok_and(|last| last <= data_len as u64)
        }
        _ => false,
    }
}

/// Keyed BLAKE3 of every string `data[offsets[i]..offsets[i + 1]]`, `out_len` bytes each.
///
/// # Panics
/// When the offsets do not fit (see [`offsets_fit`]) or `out_len` is 0.
pub fn hash_strings(data: &[u8], offsets: &[i64], key: &[u8; 32], out_len: usize) -> Vec<u8> {
    assert!(offsets_fit(offsets, data.len()) && out_len > 0);
    let count = offsets.len() - 1;
    let mut out = vec![0u8; count * out_len];
    let keyed = Hasher::new_keyed(key);
    out.par_chunks_mut(STRINGS_PER_TASK * out_len).enumerate().for_each(|(task, rows)| {
        let mut hasher = keyed.clone();
        for (row, digest) in rows.chunks_exact_mut(out_len).enumerate() {
            let index = task * STRINGS_PER_TASK + row;
            let text = &data[offsets[index] as usize..offsets[index + 1] as usize];
            hasher.reset();
            hasher.update(text).finalize_xof().fill(digest);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_equal_single_hashes() {
        let data = b"alphabeta";
        let key = [7u8; 32];
        let out = hash_strings(data, &[0, 5, 5, 9], &key, 32);
        for (row, text) in [&b"alpha"[..], b"", b"beta"].into_iter().enumerate() {
            assert_eq!(&out[row * 32..row * 32 + 32], blake3::keyed_hash(&key, text).as_bytes());
        }
    }

    #[test]
    fn bad_offsets_are_seen() {
        assert!(offsets_fit(&[0], 0));
        assert!(!offsets_fit(&[], 0));
        assert!(!offsets_fit(&[0, 4], 3));
        assert!(!offsets_fit(&[0, 2, 1], 3));
        assert!(!offsets_fit(&[-1, 2], 3));
    }
}
