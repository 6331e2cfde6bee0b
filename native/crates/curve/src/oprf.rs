//! The outer hash of the oblivious pseudorandom function of RFC 9497, suite ristretto255-SHA512.

use rayon::prelude::*;
use tacit_cpu::Level;

use crate::{Encoding, TASK, dispatch};

/// What ends the message.
const END: &[u8; 8] = b"Finalize";

/// Finalize (RFC 9497, section 3.3.1) of every row of `inputs` (rows of `width` < 2^16 bytes) with its evaluated element,
/// the blinding taken off: Hash(len(input) || input || len(element) || element || "Finalize").
///
/// # Panics
/// When there is not one row of `inputs` and one element per output, or `width` is too large.
pub fn oprf_finalize(level: Level, inputs: &[u8], width: usize, elements: &[Encoding], out: &mut [[u8; 64]]) {
    assert_eq!(inputs.len(), width * out.len());
    assert_eq!(elements.len(), out.len());
    let length = u16::try_from(width).expect("the inputs are shorter than 2^16 bytes").to_be_bytes();
    out.par_chunks_mut(TASK).enumerate().for_each(|(task, out)| {
        let write = |place: usize, bytes: &mut [u8]| {
            let index = task * TASK + place;
            let (head, rest) = bytes.split_at_mut(2 + width);
            head[..2].copy_from_slice(&length);
            head[2..].copy_from_slice(&inputs[index * width..][..width]);
            rest[..2].copy_from_slice(&32u16.to_be_bytes());
            rest[2..34].copy_from_slice(&elements[index]);
            rest[34..].copy_from_slice(END);
        };
        dispatch::hash(level, 4 + width + 32 + END.len(), &write, out);
    });
}
