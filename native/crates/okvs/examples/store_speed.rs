//! Processor time in nanoseconds per key of every step around a store, one thread, the best of five:
//! `cargo run --release --example store_speed`.
#![allow(unsafe_code)]

use tacit_block::{Block, Hash, Stream};
use tacit_okvs::{Bins, Matcher, Shape, Tagger, bin_capacity, decode, decode_tags, encode, encode_masked, join};
use tacit_okvs::{pad, partition, tags};

fn now() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one timespec.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn timed<T>(what: &str, count: usize, mut work: impl FnMut() -> T) -> T {
    let mut best = f64::MAX;
    let mut out = None;
    for _ in 0..5 {
        let start = now();
        out = Some(work());
        best = best.min(now() - start);
    }
    println!("{what:>10} {:6.1} ns", best / count as f64);
    out.unwrap_or_else(work)
}

fn all() -> Result<(), String> {
    let level = tacit_cpu::level()?;
    let count = 1usize << 20;
    let keys: Vec<Block> = Stream::new(&[1; 16]).blocks(0, count);
    let values = keys.clone();
    let hash = Hash::new(&[9; 16]);
    let tagger = Tagger::new(&[5; 16], 11);
    for bits in [14, 15, 16] {
        let bins = count >> bits;
        let capacity = bin_capacity(count, bins, 40.0);
        let shape = Shape::new(capacity, 40.0 + (bins as f64).log2());
        println!("bins of 2^{bits}: {shape:?}, {:.3}", (shape.entries() * bins) as f64 / count as f64);
        let parts = timed("partition", count, || partition(&keys, bins));
        let within = Bins { keys: &parts.keys, offsets: &parts.offsets };
        let mut vectors = vec![[1; 16]; shape.entries() * bins];
        let random = Stream::new(&[3; 16]);
        let mut out = vec![[1; 16]; count];
        timed("hash", count, || hash.compress(&keys, &mut out));
        timed("corrected", count, || tacit_block::add_scaled(level, &[7; 16], &keys, &mut out));
        timed("masked", count, || encode_masked(level, &shape, &[2; 16], within, &hash, &mut vectors))
            .map_err(|failure| format!("{failure:?}"))?;
        let mut made = vec![0; 11 * count];
        timed("decoded", count, || decode_tags(level, &shape, &[2; 16], within, &vectors, &tagger, &mut made));
        timed("encode", count, || encode(level, &shape, &[2; 16], within, &values, &random, &mut vectors))
            .map_err(|failure| format!("{failure:?}"))?;
        timed("decode", count, || decode(level, &shape, &[2; 16], within, &vectors, &mut out));
        let own = timed("tags", count, || tags(&[5; 16], 11, &out));
        let padded = timed("pad", count, || pad(&own, 11, &parts.offsets, capacity, &random));
        let found = timed("join", count, || join(&own, &parts.offsets, &padded.tags, capacity, 11));
        timed("match", count, || {
            Matcher { own: &own, offsets: &parts.offsets, width: 11 }.find(&padded.tags, capacity)
        });
        println!("{} of {count} found", found.len());
    }
    Ok(())
}

fn main() -> Result<(), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| error.to_string())?;
    pool.install(all)
}
