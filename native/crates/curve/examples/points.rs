//! Points per second of every function, for one thread: `cargo run --release --example points`.

use std::time::Instant;

use tacit_curve::{Encoding, Error};

const COUNT: usize = 4096;

fn rate(what: &str, mut work: impl FnMut() -> Result<(), Error>) {
    let mut best = f64::MAX;
    for _ in 0..8 {
        let start = Instant::now();
        work().expect("the inputs are good");
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what:>22} {:8.0} /s {:7.0} ns", COUNT as f64 / best, best / COUNT as f64 * 1e9);
}

fn main() -> Result<(), String> {
    let level = tacit_cpu::level()?;
    println!("{}", tacit_curve::backend(level));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| error.to_string())?;
    pool.install(|| {
        let messages: Vec<u8> = (0..COUNT * 16).map(|i| ((i * i) >> 3) as u8 ^ (i >> 4) as u8).collect();
        let scalar = tacit_curve::ristretto_random_scalar().map_err(|error| error.to_string())?;
        let (mut points, mut out): (Vec<Encoding>, Vec<Encoding>) = (vec![[0; 32]; COUNT], vec![[0; 32]; COUNT]);
        tacit_curve::ristretto_hash(level, &messages, 16, b"speed", &mut points)
            .map_err(|error| format!("{error:?}"))?;
        rate("ristretto_hash", || tacit_curve::ristretto_hash(level, &messages, 16, b"speed", &mut out));
        rate("ristretto_hash_mul", || {
            tacit_curve::ristretto_hash_mul(level, &messages, 16, b"speed", &scalar, &mut out)
        });
        rate("ristretto_mul", || tacit_curve::ristretto_mul(level, &points, &scalar, &mut out));
        rate("x25519_mul", || tacit_curve::x25519_mul(level, &points, &scalar, &mut out));
        Ok(())
    })
}
