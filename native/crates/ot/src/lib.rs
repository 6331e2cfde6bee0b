//! Oblivious transfers: 128 base ones on ristretto255, any number of correlated ones by extension.
//!
//! No input or output: messages go in and out as bytes, of lengths that follow from public numbers.
#![forbid(unsafe_code)]

mod base;
mod extend;

pub use base::{ANSWER_BYTES, BaseReceiver, BaseSender, OFFER_BYTES};
pub use extend::{CHECK_BYTES, CotReceiver, CotSender, Received, extension_bytes};

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
