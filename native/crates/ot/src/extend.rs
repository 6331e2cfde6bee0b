//! Correlated transfers from columns: q_j = t_j + r_j Δ, the columns' rows.
//!
//! The receiver has bits r_j and blocks t_j, the sender Δ and q_j. One message, from the receiver, which may hold a
//! proof that its choices are the same in every column.

use tacit_block::{Block, transpose, word};
use tacit_cpu::Level;
use zeroize::Zeroizing;

use crate::columns::{ColumnReceiver, ColumnSender, columns_bytes};
use crate::{Error, WIDTH};

/// Bytes of the message for `count` transfers, over trees of `bits` base transfers.
pub fn extension_bytes(bits: usize, count: usize, checked: bool) -> usize {
    columns_bytes(bits, count.div_ceil(WIDTH), checked)
}

/// q for `count` transfers, rounded up to whole squares of 128. `Error::Check`: the columns must not be used again.
pub fn extend_sender(
    columns: &mut ColumnSender,
    level: Level,
    count: usize,
    checked: bool,
    message: &[u8],
) -> Result<Zeroizing<Vec<Block>>, Error> {
    let squares = count.div_ceil(WIDTH);
    Ok(rows(&columns.extend(level, squares, checked, message)?, squares))
}

/// t for the transfers that choose by `choices` (bytes of 0 and 1), rounded up likewise with random choices, and the
/// message for the sender.
pub fn extend_receiver(
    columns: &mut ColumnReceiver,
    level: Level,
    choices: &[u8],
    checked: bool,
) -> Result<(Zeroizing<Vec<Block>>, Vec<u8>), Error> {
    let choices = packed(choices)?;
    let (columns, message) = columns.extend(level, &choices, checked)?;
    Ok((rows(&columns, choices.len()), message))
}

/// Bits into blocks, the rest random.
fn packed(choices: &[u8]) -> Result<Zeroizing<Vec<Block>>, Error> {
    let mut out = Zeroizing::new(vec![[0; 16]; choices.len().div_ceil(WIDTH)]);
    getrandom::fill(out.as_flattened_mut()).map_err(|_| Error::Randomness)?;
    for (at, choice) in choices.iter().enumerate() {
        let byte = &mut out[at / WIDTH][at % WIDTH / 8];
        *byte = *byte & !(1 << (at % 8)) | (choice & 1) << (at % 8);
    }
    Ok(out)
}

/// Rows of the matrix whose 128 columns follow each other, `squares` blocks each.
fn rows(columns: &[Block], squares: usize) -> Zeroizing<Vec<Block>> {
    let mut out = Zeroizing::new(Vec::with_capacity(columns.len()));
    let mut square = Zeroizing::new([0; WIDTH]);
    for number in 0..squares {
        for (bit, row) in square.iter_mut().enumerate() {
            *row = word(&columns[bit * squares + number]);
        }
        transpose(&mut square);
        out.extend(square.iter().map(|row| row.to_le_bytes()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELTA: u128 = 0xdead_beef_0000_ffff_0123_4567_89ab_cdef;

    fn pair(bits: usize) -> (ColumnSender, ColumnReceiver) {
        let keys: Vec<[Block; 2]> = (0..128).map(|bit| [[bit; 16], [bit ^ 0x80; 16]]).collect();
        let chosen: Vec<Block> = keys.iter().enumerate().map(|(bit, pair)| pair[(DELTA >> bit & 1) as usize]).collect();
        let (receiver, setup) = ColumnReceiver::new(&[1; 16], &keys, bits);
        (ColumnSender::new(&[1; 16], &DELTA.to_le_bytes(), &chosen, bits, &setup).unwrap(), receiver)
    }

    #[test]
    fn the_correlation_holds_again_and_again() {
        let level = tacit_cpu::best();
        for (bits, checked) in [(1, false), (1, true), (2, true), (4, false), (4, true)] {
            let (mut sender, mut receiver) = pair(bits);
            for count in [1, 128, 300] {
                let choices: Vec<u8> = (0..count).map(|at| (at * at / 3 % 2) as u8).collect();
                let (t, message) = extend_receiver(&mut receiver, level, &choices, checked).unwrap();
                assert_eq!(message.len(), extension_bytes(bits, count, checked));
                let q = extend_sender(&mut sender, level, count, checked, &message).unwrap();
                assert_eq!((q.len(), t.len()), (count.next_multiple_of(128), count.next_multiple_of(128)));
                for ((q, t), choice) in q.iter().zip(t.iter()).zip(&choices) {
                    assert_eq!(word(q) ^ word(t), DELTA * u128::from(*choice));
                }
            }
        }
    }

    #[test]
    fn every_change_of_a_checked_message_is_caught() {
        for bits in [1, 4] {
            for place in 0..40 {
                let (mut sender, mut receiver) = pair(bits);
                let (_, mut message) = extend_receiver(&mut receiver, Level::Scalar, &[1; 200], true).unwrap();
                let length = message.len();
                message[place * length / 40] ^= 1 << (place % 8);
                let found = extend_sender(&mut sender, Level::Scalar, 200, true, &message);
                assert_eq!(found.err(), Some(Error::Check));
            }
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let (mut sender, _) = pair(1);
        assert_eq!(extend_sender(&mut sender, Level::Scalar, 128, false, &[0; 100]).err(), Some(Error::Message));
    }
}
