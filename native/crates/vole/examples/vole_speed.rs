//! Nanoseconds of processor time per output and bytes per output of both sides on one core:
//! `cargo run --release --example vole_speed [name of a set]`.

use std::time::Instant;

use tacit_block::Block;
use tacit_ot::{BaseReceiver, BaseSender};
use tacit_vole::{Error, SETS, VoleReceiver, VoleSender};

/// Nanoseconds of this thread on the processor where the system tells them, otherwise of the clock.
fn now(begin: Instant) -> f64 {
    #[cfg(target_os = "linux")]
    {
        const THREAD: i32 = 3;
        unsafe extern "C" {
            fn clock_gettime(clock: i32, time: *mut i64) -> i32;
        }
        let mut time = [0i64; 2];
        // SAFETY: the system writes two words of 64 bits.
        if size_of::<usize>() == 8 && unsafe { clock_gettime(THREAD, time.as_mut_ptr()) } == 0 {
            return time[0] as f64 * 1e9 + time[1] as f64;
        }
    }
    begin.elapsed().as_nanos() as f64
}

fn main() -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|_| Error::Count)?;
    pool.install(measure)
}

fn measure() -> Result<(), Error> {
    let (level, begin) = (tacit_cpu::best(), Instant::now());
    let lap = || now(begin);
    let wanted = std::env::args().nth(1);
    let sets = SETS.into_iter().filter(|set| wanted.as_ref().is_none_or(|name| name == set.name));
    for (set, malicious) in sets.flat_map(|set| [(set, false), (set, true)]) {
        set.code();
        let (session, delta, first) = ([1; 16], [0x5a; 16], 4);
        let times = [lap()];
        let (base_sender, offer) = BaseSender::new(&session)?;
        let base_receiver = BaseReceiver::new(u128::from_le_bytes(delta), &session)?;
        let keys = base_sender.finish(base_receiver.answer())?;
        let chosen = base_receiver.finish(&offer)?;
        let based = lap();
        let (mut receiver, start) = VoleReceiver::new(level, set, &session, &keys, first, malicious)?;
        let mut sender = VoleSender::new(level, set, &session, &delta, &chosen, &start, first, malicious)?;
        println!(
            "{} malicious {malicious}: base {:.1} ms, start {:.1} ms, {} bytes",
            set.name,
            (based - times[0]) / 1e6,
            (lap() - based) / 1e6,
            start.len()
        );
        let [mut a, mut b, mut c] = [(); 3].map(|()| vec![[0; 16]; 8 * set.outputs]);
        for blocks in [4, 8, 8, 8, 8] {
            let count = sender.length(blocks)?;
            let (a, b, c): (&mut [Block], &mut [Block], &mut [Block]) =
                (&mut a[..count], &mut b[..count], &mut c[..count]);
            let begin = lap();
            let message = receiver.request(blocks)?;
            let asked = lap();
            let reply = sender.extend(blocks, &message, b)?;
            let replied = lap();
            let (mut checked, mut proven) = (0.0, 0.0);
            if malicious {
                let challenge = receiver.challenge(&reply, [a, c])?;
                let challenged = lap();
                let proof = sender.prove(&challenge, b)?;
                proven = lap() - challenged;
                receiver.verify(&proof)?;
                checked += proven;
            } else {
                receiver.finish(&reply, [a, c])?;
            }
            let end = lap() - checked;
            println!(
                "  {blocks} blocks: {count} outputs, sender {:.1} ns, receiver {:.1} ns, {:.3} bytes",
                (replied - asked + proven) / count as f64,
                (asked - begin + end - replied) / count as f64,
                (message.len() + reply.len()) as f64 / count as f64
            );
        }
    }
    Ok(())
}
