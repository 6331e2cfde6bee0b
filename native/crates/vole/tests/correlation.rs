//! C = A·Δ + B, step after step, for every parameter set.

use tacit_block::{Block, multiply, word};
use tacit_cpu::Level;
use tacit_vole::{Error, Parameters, SETS, VoleReceiver, VoleSender};

const DELTA: u128 = 0x0123_4567_89ab_cdef_8888_dead_beef_0001;

fn pair(level: Level, set: &'static Parameters) -> (VoleSender, VoleReceiver) {
    let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
    let chosen: Vec<Block> = keys.iter().enumerate().map(|(bit, pair)| pair[(DELTA >> bit & 1) as usize]).collect();
    let (receiver, start) = VoleReceiver::new(level, set, &[1; 16], &keys).unwrap();
    assert_eq!(start.len(), set.start_bytes());
    (VoleSender::new(level, set, &[1; 16], &DELTA.to_le_bytes(), &chosen, &start).unwrap(), receiver)
}

#[test]
fn the_correlation_holds_step_after_step() {
    for set in SETS {
        let (mut sender, mut receiver) = pair(tacit_cpu::best(), set);
        for blocks in [1, 2] {
            let request = receiver.request(blocks).unwrap();
            assert_eq!(request.message.len(), set.request_bytes(blocks));
            let extended = sender.extend(blocks, &request.message).unwrap();
            assert_eq!(extended.reply.len(), set.reply_bytes(blocks));
            let [a, c] = receiver.finish(request, &extended.reply).unwrap();
            assert!(a.len() == c.len() && a.len() == extended.outputs.len());
            assert!(a.len() > blocks * set.outputs * 3 / 4);
            for ((a, c), b) in a.iter().zip(&c).zip(&extended.outputs) {
                assert_eq!(word(c), multiply(word(a), DELTA) ^ word(b));
            }
            let corrected = sender.corrected(&a, &extended.outputs);
            assert!(corrected == c);
        }
    }
}

#[test]
fn what_cannot_be_had_is_refused() {
    let (mut sender, mut receiver) = pair(Level::Scalar, SETS[0]);
    assert_eq!(receiver.request(2).err(), Some(Error::Count));
    assert_eq!(sender.extend(1, &[0; 99]).err(), Some(Error::Message));
    let request = receiver.request(1).unwrap();
    assert_eq!(receiver.finish(request, &[0; 99]).err(), Some(Error::Message));
}
