//! Oblivious key-value stores over GF(2^128), many bins at once, and what surrounds them: bins, tags, their join.
#![forbid(unsafe_code)]

mod bins;
mod gaps;
mod join;
mod peel;
mod rows;
mod shape;
mod store;
mod tags;

pub use bins::{Partition, bin_capacity, partition};
pub use join::{Found, Matcher, join};
pub use peel::MOST_KEYS;
pub use shape::Shape;
pub use store::{Bins, Failure, decode, decode_tags, encode, encode_masked};
pub use tags::{Padded, Tagger, pad, tags};
