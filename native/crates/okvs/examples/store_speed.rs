//! Nanoseconds per key of encoding, decoding, tags and join, for one thread: `cargo run --release --example store_speed`.

use std::time::Instant;

use tacit_block::{Block, Stream};
use tacit_okvs::{Bins, Shape, bin_capacity, decode, encode, join, pad, partition, tags};

fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = work();
    println!("{what:>10} {:6.1} ns", start.elapsed().as_nanos() as f64 / count as f64);
    out
}

fn main() -> Result<(), String> {
    let level = tacit_cpu::level()?;
    let count = 1usize << 20;
    let keys: Vec<Block> = Stream::new(&[1; 16]).blocks(0, count);
    let values = keys.clone();
    for bits in [14, 15, 16] {
        let bins = count >> bits;
        let capacity = bin_capacity(count, bins, 40.0);
        let shape = Shape::new(capacity, 40.0 + (bins as f64).log2());
        println!("bins of 2^{bits}: {shape:?}, {:.3}", (shape.entries() * bins) as f64 / count as f64);
        let parts = timed("partition", count, || partition(&keys, bins));
        let within = Bins { keys: &parts.keys, offsets: &parts.offsets };
        let mut vectors = vec![[1; 16]; shape.entries() * bins];
        let random = Stream::new(&[3; 16]);
        let done = timed("encode", count, || encode(level, &shape, &[2; 16], within, &values, &random, &mut vectors));
        done.map_err(|failure| format!("{failure:?}"))?;
        let mut out = vec![[1; 16]; count];
        timed("decode", count, || decode(level, &shape, &[2; 16], within, &vectors, &mut out));
        let own = timed("tags", count, || tags(&[5; 16], 11, &out));
        let padded = timed("pad", count, || pad(&own, 11, &parts.offsets, capacity, &random));
        let found = timed("join", count, || join(&own, &parts.offsets, &padded.tags, capacity, 11));
        println!("{} of {count} found", found.len());
    }
    Ok(())
}
