//! Oblivious transfers: 128 base ones on ristretto255, any number of correlated ones by extension.
//!
//! No input or output: messages go in and out as bytes, of lengths that follow from public numbers.
#![forbid(unsafe_code)]

mod base;
mod columns;
mod extend;
mod leaves;

pub use base::{ANSWER_BYTES, BaseReceiver, BaseSender, OFFER_BYTES};
pub use columns::{ColumnReceiver, ColumnSender, Columns, columns_bytes};
pub use extend::{extend_receiver, extend_sender, extension_bytes};

/// Base transfers, and the width of a correlation.
pub const WIDTH: usize = 128;

/// Why a step stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The peer's message has the wrong length or does not decode.
    Message,
    /// More was asked for than this step can make.
    Count,
    /// The peer's answer to a consistency check is wrong. The base transfers must not be used again.
    Check,
    /// The operating system gave no randomness.
    Randomness,
}

/// SHA-512 of a label and parts of fixed lengths.
pub fn digest(label: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    use sha2::{Digest, Sha512};
    parts.iter().fold(Sha512::new().chain_update(label), |hash, part| hash.chain_update(part)).finalize().into()
}
