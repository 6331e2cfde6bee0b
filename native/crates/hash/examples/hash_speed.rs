//! Nanoseconds per string of 18 characters and per pair of blocks, one thread: `cargo run --release --example hash_speed`.

use std::time::Instant;

fn main() -> Result<(), String> {
    const COUNT: usize = 1 << 20;
    let data: Vec<u8> = (0..COUNT * 18).map(|at| b'0' + (at * at % 10) as u8).collect();
    let offsets: Vec<i64> = (0..=COUNT as i64).map(|at| 18 * at).collect();
    let blocks: Vec<[u8; 16]> = data.as_chunks::<16>().0[..COUNT].to_vec();
    let mut out = vec![[0; 32]; COUNT];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| error.to_string())?;
    for _ in 0..5 {
        let start = Instant::now();
        pool.install(|| tacit_hash::hash_short(&data, &offsets, &[1; 32])).ok_or("offsets")?;
        let short = start.elapsed();
        let start = Instant::now();
        pool.install(|| tacit_hash::hash_strings(&data, &offsets, &[1; 32], 16));
        let strings = start.elapsed();
        let start = Instant::now();
        pool.install(|| tacit_hash::hash_pairs(&blocks, &blocks, &[1; 32], &mut out));
        let each = [short, strings, start.elapsed()].map(|took| took.as_nanos() as f64 / COUNT as f64);
        println!("short {:.1} ns, one by one {:.1} ns, pairs {:.1} ns", each[0], each[1], each[2]);
    }
    Ok(())
}
