//! Nanoseconds per output and bytes per output of both sides: `cargo run --release --example vole_speed`.

use std::time::Instant;

use tacit_block::Block;
use tacit_vole::{Error, SETS, VoleReceiver, VoleSender};

fn main() -> Result<(), Error> {
    let level = tacit_cpu::best();
    let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
    let chosen: Vec<Block> = keys.iter().map(|pair| pair[1]).collect();
    for set in SETS {
        let (mut receiver, start) = VoleReceiver::new(level, set, &[1; 16], &keys)?;
        let mut sender = VoleSender::new(level, set, &[1; 16], &[0xff; 16], &chosen, &start)?;
        for blocks in [1, 8, 8] {
            let begin = Instant::now();
            let request = receiver.request(blocks)?;
            let asked = begin.elapsed();
            let sent = request.message.len();
            let begin = Instant::now();
            let extended = sender.extend(blocks, &request.message)?;
            let answered = begin.elapsed();
            let begin = Instant::now();
            let [a, _] = receiver.finish(request, &extended.reply)?;
            let received = begin.elapsed() + asked;
            let count = a.len() as f64;
            println!(
                "{} {blocks} blocks: {} outputs, sender {:.1} ns, receiver {:.1} ns, {:.2} bytes",
                set.name,
                a.len(),
                answered.as_nanos() as f64 / count,
                received.as_nanos() as f64 / count,
                (sent + extended.reply.len()) as f64 / count
            );
        }
    }
    Ok(())
}
