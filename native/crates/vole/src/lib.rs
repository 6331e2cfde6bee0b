//! C = A·Δ + B over GF(2^128) in bulk: one side has Δ and B, the other A and C (vector oblivious linear evaluation).
//!
//! A pseudorandom correlation generator from dual LPN with regular noise (Boyle et al., 2019/1159) and the
//! expand-convolute code (Raghuraman, Rindal, Tanguy, 2023/882). No input or output: messages go in and out as bytes,
//! of lengths that follow from public numbers.
#![deny(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod aes;
mod code;
mod fold;
mod memory;
mod parameters;
mod receiver;
mod salts;
mod sender;
#[cfg(target_arch = "x86_64")]
mod simd;
mod tree;

pub use code::{Code, Lane, Pair};
pub use parameters::{BATCH_LIMIT, CONSERVATIVE, FAST, Parameters, SETS};
pub use receiver::VoleReceiver;
pub use sender::{CHALLENGE_BYTES, PROOF_BYTES, VoleSender};
pub use tacit_ot::Error;
