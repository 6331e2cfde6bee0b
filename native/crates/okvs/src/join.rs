//! Which tags of two lists of bins are equal.

use rayon::prelude::*;

/// A free slot of the table.
const FREE: u32 = u32::MAX;

/// Pairs (own number, peer's number) of equal tags of the same bin, in the order of the peer's list.
///
/// Own bins are given by `offsets`; the peer's have `peer_bin` tags each. Of equal own tags the first is found.
pub fn join(own: &[u8], offsets: &[usize], peer: &[u8], peer_bin: usize, width: usize) -> Vec<(u32, u32)> {
    let found: Vec<Vec<(u32, u32)>> = (0..offsets.len() - 1)
        .into_par_iter()
        .map_init(Vec::new, |table, bin| {
            let own = (offsets[bin], &own[offsets[bin] * width..offsets[bin + 1] * width]);
            let peer = (bin * peer_bin, &peer[bin * peer_bin * width..][..peer_bin * width]);
            join_bin(own, peer, width, table)
        })
        .collect();
    found.concat()
}

fn join_bin(own: (usize, &[u8]), peer: (usize, &[u8]), width: usize, table: &mut Vec<u32>) -> Vec<(u32, u32)> {
    let (first, own) = own;
    let (peer_first, peer) = peer;
    let slots = (2 * own.len() / width).next_power_of_two().max(2);
    table.clear();
    table.resize(slots, FREE);
    let tag = |number: u32| &own[number as usize * width..][..width];
    for (number, new) in (0u32..).zip(own.chunks_exact(width)) {
        let mut slot = place(new, slots);
        while table[slot] != FREE && tag(table[slot]) != new {
            slot = (slot + 1) & (slots - 1);
        }
        if table[slot] == FREE {
            table[slot] = number;
        }
    }
    let mut found = Vec::new();
    for (number, wanted) in peer.chunks_exact(width).enumerate() {
        let mut slot = place(wanted, slots);
        while table[slot] != FREE {
            if tag(table[slot]) == wanted {
                found.push((first as u32 + table[slot], (peer_first + number) as u32));
                break;
            }
            slot = (slot + 1) & (slots - 1);
        }
    }
    found
}

/// Where the search for a tag begins: its first four bytes, multiplied into the slots.
#[inline(always)]
fn place(tag: &[u8], slots: usize) -> usize {
    let head = u32::from_le_bytes([tag[0], tag[1], tag[2], tag[3]]);
    ((u64::from(head.wrapping_mul(0x9e37_79b1)) * slots as u64) >> 32) as usize
}
