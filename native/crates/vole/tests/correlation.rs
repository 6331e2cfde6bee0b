//! C = A·Δ + B, step after step, for every parameter set; and what a party that deviates meets.

use tacit_block::{Block, multiply, word};
use tacit_cpu::Level;
use tacit_vole::{Error, Parameters, SETS, VoleReceiver, VoleSender};

const DELTA: u128 = 0x0123_4567_89ab_cdef_8888_dead_beef_0001;

type Both = (VoleSender, VoleReceiver);

fn start(set: &'static Parameters, first: usize, malicious: bool) -> (VoleReceiver, Vec<u8>, Vec<Block>) {
    let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
    let chosen = keys.iter().enumerate().map(|(bit, pair)| pair[(DELTA >> bit & 1) as usize]).collect();
    let level = tacit_cpu::best();
    let (receiver, start) = VoleReceiver::new(level, set, &[1; 16], &keys, first, malicious).unwrap();
    assert_eq!(start.len(), set.start_bytes(first, malicious));
    (receiver, start, chosen)
}

fn pair(level: Level, set: &'static Parameters, first: usize, malicious: bool) -> Both {
    let (receiver, start, keys) = start(set, first, malicious);
    let delta = DELTA.to_le_bytes();
    (VoleSender::new(level, set, &[1; 16], &delta, &keys, &start, first, malicious).unwrap(), receiver)
}

fn reply(sender: &mut VoleSender, blocks: usize, message: &[u8]) -> (Vec<u8>, Vec<Block>) {
    let mut b = vec![[0; 16]; sender.length(blocks).unwrap()];
    (sender.extend(blocks, message, &mut b).unwrap(), b)
}

fn is_right(a: &[Block], b: &[Block], c: &[Block]) -> bool {
    a.iter().zip(c).zip(b).all(|((a, c), b)| word(c) == multiply(word(a), DELTA) ^ word(b))
}

#[test]
fn the_correlation_holds_step_after_step() {
    for set in SETS {
        for level in [Level::Scalar, tacit_cpu::best()] {
            let (mut sender, mut receiver) = pair(level, set, 2, false);
            for blocks in [1, 2] {
                let message = receiver.request(blocks).unwrap();
                assert_eq!(message.len(), set.request_bytes(blocks, false));
                let (reply, b) = reply(&mut sender, blocks, &message);
                assert_eq!(reply.len(), set.reply_bytes(blocks));
                let mut outputs = [(); 2].map(|()| vec![[0; 16]; receiver.length().unwrap()]);
                let [a, c] = &mut outputs;
                receiver.finish(&reply, [a, c]).unwrap();
                assert!(a.len() == b.len() && a.len() > blocks * set.outputs * 3 / 4);
                assert!(is_right(a, &b, c));
                let mut corrected = b.clone();
                sender.correct(a, &mut corrected);
                assert!(corrected == *c);
            }
        }
    }
}

#[test]
fn steps_may_overlap() {
    let (mut sender, mut receiver) = pair(tacit_cpu::best(), SETS[0], 3, true);
    let mut asked = vec![(1, receiver.request(1).unwrap()), (2, receiver.request(2).unwrap())];
    assert_eq!(receiver.ready(), 0);
    let mut replied = Vec::new();
    for round in 0..3 {
        for (blocks, message) in asked.drain(..) {
            replied.push(reply(&mut sender, blocks, &message));
        }
        let mut challenges = Vec::new();
        for (reply, b) in replied.drain(..) {
            let mut outputs = [(); 2].map(|()| vec![[0; 16]; b.len()]);
            let [a, c] = &mut outputs;
            challenges.push((receiver.challenge(&reply, [a, c]).unwrap(), b, outputs));
        }
        assert_eq!(receiver.ready(), 16);
        asked.extend([(1, receiver.request(1).unwrap()), (1 + round, receiver.request(1 + round).unwrap())]);
        for (challenge, b, [a, c]) in challenges {
            receiver.verify(&sender.prove(&challenge, &b).unwrap()).unwrap();
            assert!(is_right(&a, &b, &c));
        }
    }
}

/// One checked step in which something is changed on its way.
fn attacked(
    request: impl Fn(&mut [u8]),
    reply: impl Fn(&mut [u8]),
    end: impl Fn(&mut [u8], &mut [u8]),
) -> Option<Error> {
    let (mut sender, mut receiver) = pair(tacit_cpu::best(), SETS[0], 1, true);
    let mut message = receiver.request(1).unwrap();
    request(&mut message);
    let mut b = vec![[0; 16]; sender.length(1).unwrap()];
    let mut answer = match sender.extend(1, &message, &mut b) {
        Ok(answer) => answer,
        Err(error) => return Some(error),
    };
    reply(&mut answer);
    let mut outputs = [(); 2].map(|()| vec![[0; 16]; b.len()]);
    let [a, c] = &mut outputs;
    let mut challenge = receiver.challenge(&answer, [a, c]).unwrap();
    let mut proof = sender.prove(&challenge, &b).unwrap();
    end(&mut challenge, &mut proof);
    receiver.verify(&proof).err()
}

#[test]
fn the_honest_pass() {
    assert_eq!(attacked(|_| (), |_| (), |_, _| ()), None);
}

#[test]
fn a_changed_reply_is_caught_in_every_place() {
    let width = 16 * (SETS[0].depth() + 1);
    // The seed of salts, the correction of a base correlation, one inner level, and both sums of the last one.
    let correction = 16 + 77 * width + 16 * SETS[0].depth();
    for place in [3, correction, 16 + 77 * width + 16 * 3] {
        assert_eq!(attacked(|_| (), |reply| reply[place] ^= 4, |_, _| ()), Some(Error::Check));
    }
    let last = 16 + 200 * width + 16 * (SETS[0].depth() - 2);
    let both = |reply: &mut [u8]| [last, last + 16].into_iter().for_each(|place| reply[place] ^= 1);
    assert_eq!(attacked(|_| (), both, |_, _| ()), Some(Error::Check));
}

#[test]
fn the_same_change_of_every_correction_is_caught() {
    // What a sender does that uses another Δ in its trees than in the base correlations.
    let width = 16 * (SETS[0].depth() + 1);
    let all = |reply: &mut [u8]| (0..256).for_each(|tree| reply[16 + tree * width + 16 * SETS[0].depth()] ^= 1);
    assert_eq!(attacked(|_| (), all, |_, _| ()), Some(Error::Check));
}

#[test]
fn a_changed_request_is_caught_before_any_reply() {
    for place in [0, 1000, 5000] {
        assert_eq!(attacked(|message| message[place] ^= 1, |_| (), |_, _| ()), Some(Error::Check));
    }
    let last = |message: &mut [u8]| *message.last_mut().unwrap() ^= 1;
    assert_eq!(attacked(last, |_| (), |_, _| ()), Some(Error::Check));
}

#[test]
fn a_changed_end_is_caught() {
    assert_eq!(attacked(|_| (), |_| (), |_, proof| proof[31] ^= 1), Some(Error::Check));
}

#[test]
fn a_changed_start_is_caught() {
    let set = SETS[0];
    for part in 0..20 {
        let (_, mut message, keys) = start(set, 1, true);
        let place = part * message.len() / 20;
        // Both sums of a level at once: one of them is not used.
        message[place] ^= 1;
        message[place + 16] ^= 1;
        let delta = DELTA.to_le_bytes();
        let made = VoleSender::new(Level::Scalar, set, &[1; 16], &delta, &keys, &message, 1, true);
        assert_eq!(made.err(), Some(Error::Check));
    }
}

#[test]
fn what_cannot_be_had_is_refused() {
    let (mut sender, mut receiver) = pair(Level::Scalar, SETS[0], 1, false);
    assert_eq!(receiver.request(2).err(), Some(Error::Count));
    assert_eq!(receiver.length().err(), Some(Error::Count));
    assert_eq!(sender.length(2).err(), Some(Error::Count));
    let mut b = vec![[0; 16]; sender.length(1).unwrap()];
    assert_eq!(sender.extend(1, &[0; 99], &mut b).err(), Some(Error::Message));
    receiver.request(1).unwrap();
    let mut outputs = [(); 2].map(|()| vec![[0; 16]; receiver.length().unwrap()]);
    let [a, c] = &mut outputs;
    assert_eq!(receiver.finish(&[0; 99], [a, c]).err(), Some(Error::Message));
}
