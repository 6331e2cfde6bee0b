//! Nanoseconds per key of adding and sorting, one thread: `cargo run --release --example keys_speed -- 10000000`.

use std::time::Instant;

use tacit_block::{Block, Stream};
use tacit_keys::Adding;

fn main() -> Result<(), std::io::Error> {
    let count: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let run = || {
        let (stream, mut adding) = (Stream::new(&[1; 16]), Adding::new(&[2; 16], count, None, false));
        let mut took = 0;
        for first in (0..count).step_by(1 << 17) {
            let digests: Vec<Block> = stream.blocks(first as u128, (1 << 17).min(count - first));
            let start = Instant::now();
            adding.add(&digests)?;
            took += start.elapsed().as_nanos();
        }
        let start = Instant::now();
        let mut finished = adding.finish()?;
        let sorted = start.elapsed().as_nanos();
        finished.arrange(4)?;
        println!("add {:.1} ns, finish {:.1} ns", took as f64 / count as f64, sorted as f64 / count as f64);
        std::io::Result::Ok(finished.distinct)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(std::io::Error::other)?;
    println!("{} of {count} left", pool.install(run)?);
    Ok(())
}
