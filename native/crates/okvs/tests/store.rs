//! Stores of random keys: right answers, failures as rare as promised, random looks.

use tacit_block::{Block, Hash, Stream};
use tacit_cpu::Level;
use tacit_okvs::{Bins, Failure, Shape, bin_capacity, decode, encode, join, pad, partition, tags};

fn blocks(key: u8, count: usize) -> Vec<Block> {
    let mut out: Vec<Block> = (0..count as u128).map(u128::to_le_bytes).collect();
    Hash::new(&[key; 16]).permute(&mut out);
    out
}

fn attempt(shape: &Shape, seed: u8, keys: &[Block], values: &[Block]) -> Result<Vec<Block>, Failure> {
    let mut vector = vec![[0; 16]; shape.entries()];
    let bins = Bins { keys, offsets: &[0, keys.len()] };
    encode(Level::Scalar, shape, &[seed; 16], bins, values, &Stream::new(&[7; 16]), &mut vector).map(|()| vector)
}

#[test]
fn every_key_gets_its_value_on_every_level() {
    let (count, bins) = (5000, 7);
    let parts = partition(&blocks(1, count), bins);
    let values = blocks(2, count);
    let shape = Shape::new(bin_capacity(count, bins, 40.0), 43.0);
    let bins = Bins { keys: &parts.keys, offsets: &parts.offsets };
    let mut results = Vec::new();
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        let mut vectors = vec![[0; 16]; shape.entries() * 7];
        encode(level, &shape, &[3; 16], bins, &values, &Stream::new(&[4; 16]), &mut vectors).unwrap();
        let mut out = vec![[0; 16]; count];
        decode(level, &shape, &[3; 16], bins, &vectors, &mut out);
        assert!(out == values);
        results.push(vectors);
    }
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn keys_set_aside_get_their_values_too() {
    // Too short for peeling alone: most seeds leave a few keys, and the dense entries take them.
    let (keys, values) = (blocks(1, 60), blocks(2, 60));
    let shape = Shape { capacity: 60, sparse: 66, dense: 20 };
    let mut solved = 0;
    for seed in 0..40 {
        let Ok(vector) = attempt(&shape, seed, &keys, &values) else { continue };
        let mut out = vec![[0; 16]; 60];
        let bins = Bins { keys: &keys, offsets: &[0, 60] };
        decode(Level::Scalar, &shape, &[seed; 16], bins, &vector, &mut out);
        assert!(out == values);
        solved += 1;
    }
    assert!(solved > 20, "{solved}");
}

#[test]
fn failures_are_as_rare_as_the_parameter_says() {
    // At 6 bits 1/64 may fail; 1000 attempts then fail more than 35 times with probability below 2^-16.
    let (keys, values) = (blocks(1, 1 << 10), blocks(2, 1 << 10));
    let shape = Shape::new(1 << 10, 6.0);
    let failed = (0..1000u32).filter(|seed| {
        let keys: Vec<Block> =
            keys.iter().map(|key| tacit_block::xor(key, &(u128::from(*seed) << 64).to_le_bytes())).collect();
        attempt(&shape, 9, &keys, &values).is_err()
    });
    let failed = failed.count();
    assert!(failed <= 35, "{failed}");
}

#[test]
fn a_key_twice_fails() {
    let (mut keys, values) = (blocks(1, 100), blocks(2, 100));
    keys[99] = keys[5];
    assert_eq!(attempt(&Shape::new(100, 40.0), 1, &keys, &values), Err(Failure(0)));
}

#[test]
fn bins_hold_what_chernoff_says() {
    let capacity = bin_capacity(100_000_000, 6104, 40.0);
    assert!((17_350..17_560).contains(&capacity), "{capacity}");
    assert_eq!(bin_capacity(10, 1, 40.0), 10);
    assert_eq!(bin_capacity(3, 1000, 40.0), 3);
    let parts = partition(&blocks(5, 10_000), 16);
    assert!(parts.offsets.windows(2).all(|pair| pair[1] - pair[0] <= bin_capacity(10_000, 16, 40.0)));
    assert!(parts.order.iter().zip(&parts.keys).all(|(number, key)| blocks(5, 10_000)[*number as usize] == *key));
}

#[test]
fn padded_tags_are_found() {
    let width = 11;
    let (a, b) = (blocks(1, 1000), blocks(1, 1500));
    let (a, b) = (partition(&a, 4), partition(&b[500..], 4));
    let (own, other) = (tags(&[1; 16], width, &a.keys), tags(&[1; 16], width, &b.keys));
    let padded = pad(&other, width, &b.offsets, 400, &Stream::new(&[2; 16]));
    let found = join(&own, &a.offsets, &padded.tags, 400, width);
    assert_eq!(found.len(), 500);
    for (own, place) in found {
        assert_eq!(a.keys[own as usize], b.keys[padded.origins[place as usize] as usize]);
    }
    assert_eq!(padded.origins.iter().filter(|origin| **origin != u32::MAX).count(), 1000);
}
