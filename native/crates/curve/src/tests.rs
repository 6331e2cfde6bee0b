//! The vector units against curve25519-dalek, and the lanes' arithmetic against its definition.

use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

use crate::expand::Tag;
use crate::factor::{Factor, Factors};
use crate::vector::{Kind, Task, run};
use crate::{Encoding, Error, portable};

/// The kinds of multiplication to test here; none without AVX-512.
fn kinds() -> Vec<Kind> {
    let best = tacit_cpu::best();
    let kinds = [
        (tacit_cpu::Level::Avx512, Kind::Fma),
        (tacit_cpu::Level::Avx512, Kind::Emulated),
        (tacit_cpu::Level::Ifma, Kind::Ifma),
    ];
    kinds.into_iter().filter(|(level, _)| *level <= best).map(|(_, kind)| kind).collect()
}

/// Bytes that look random and are the same every time.
fn bytes<const N: usize>(seed: u64) -> [u8; N] {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
}

fn scalar(seed: u64) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&bytes(seed))
}

fn uniform(count: usize) -> Vec<[u8; 64]> {
    let mut rows: Vec<[u8; 64]> = (0..count as u64).map(bytes).collect();
    // The ends of the field, and numbers that are not canonical.
    for (row, fill) in rows.iter_mut().zip([0u8, 0xff]) {
        *row = [fill; 64];
    }
    rows
}

fn points(count: usize) -> Vec<Encoding> {
    let mut out = vec![[0; 32]; count];
    portable::map(&uniform(count + 2)[2..], &mut out);
    out
}

#[test]
fn maps_equal_dalek() {
    let uniform = uniform(37);
    let (mut expected, mut out) = (vec![[0; 32]; 37], vec![[0; 32]; 37]);
    portable::map(&uniform, &mut expected);
    for kind in kinds() {
        run(kind, Task::Map { uniform: &uniform, out: &mut out }).unwrap();
        assert_eq!(out, expected, "{kind:?}");
    }
}

fn factor(scalar: Scalar) -> Factor {
    Factor::new(&scalar.to_bytes()).unwrap()
}

#[test]
fn products_equal_dalek() {
    let (points, uniform) = (points(37), uniform(37));
    let scalars = [Scalar::ONE, -Scalar::ONE, Scalar::from(8u8), -Scalar::from(9u8), scalar(1), scalar(2)];
    for (round, shared) in scalars.into_iter().enumerate() {
        let shared = factor(shared);
        equal_dalek(&points, &uniform, [37, 1, 8, 9, 16, 17][round], || Factors::Shared(&shared));
    }
}

#[test]
fn products_with_a_scalar_each_equal_dalek() {
    let (points, uniform) = (points(37), uniform(37));
    let each: Vec<Factor> = (0..37).map(|seed| factor(scalar(seed))).collect();
    for count in [37, 1, 8, 9, 16, 17] {
        equal_dalek(&points, &uniform, count, || Factors::Each(&each[..count]));
    }
}

fn equal_dalek<'a>(points: &[Encoding], uniform: &[[u8; 64]], count: usize, factors: impl Fn() -> Factors<'a>) {
    let (points, uniform) = (&points[..count], &uniform[..count]);
    let (mut expected, mut mapped) = (vec![[0; 32]; count], vec![[0; 32]; count]);
    portable::mul(points, &factors(), &mut expected).unwrap();
    portable::map_mul(uniform, &factors(), &mut mapped);
    for kind in kinds() {
        let mut out = vec![[0; 32]; count];
        run(kind, Task::Mul { points, factors: factors(), out: &mut out }).unwrap();
        assert_eq!(out, expected, "{kind:?}");
        run(kind, Task::MapMul { uniform, factors: factors(), out: &mut out }).unwrap();
        assert_eq!(out, mapped, "{kind:?}");
    }
}

#[test]
fn bad_points_are_refused_as_dalek_does() {
    let one = factor(Scalar::ONE);
    let good = points(1)[0];
    let mut candidates: Vec<Encoding> = (0..60).map(bytes).collect();
    candidates.iter_mut().for_each(|candidate| {
        candidate[0] &= 0xfe;
        candidate[31] &= 0x7f;
    });
    let p = std::array::from_fn(|i| [0xed, 0xff, 0x7f][usize::from(i > 0) + usize::from(i > 30)]);
    let near: Vec<Encoding> = [0, 1, 2, 18].map(|add| add_small(p, add)).to_vec();
    candidates.extend(near);
    candidates.extend([[0; 32], [1; 32], [0xff; 32], good]);
    for candidate in candidates {
        let mut slice = vec![good; 20];
        slice[13] = candidate;
        let mut out = vec![[0; 32]; 20];
        let expected = portable::mul(&slice, &Factors::Shared(&one), &mut out);
        for kind in kinds() {
            let done = run(kind, Task::Mul { points: &slice, factors: Factors::Shared(&one), out: &mut out });
            assert_eq!(done, expected, "{kind:?} {candidate:x?}");
        }
    }
}

fn add_small(mut number: Encoding, add: u8) -> Encoding {
    number[0] += add;
    number
}

#[test]
fn ladders_equal_dalek() {
    let mut points: Vec<Encoding> = (0..37).map(bytes).collect();
    points[3] = [0xff; 32];
    for seed in 0..4 {
        let mut scalar: Encoding = bytes(seed);
        (scalar[0], scalar[31]) = (scalar[0] & 248, scalar[31] & 127 | 64);
        let mut expected = vec![[0; 32]; points.len()];
        portable::ladder(&points, &scalar, &mut expected).unwrap();
        for kind in kinds() {
            let mut out = vec![[0; 32]; points.len()];
            run(kind, Task::Ladder { points: &points, scalar: &scalar, out: &mut out }).unwrap();
            assert_eq!(out, expected, "{kind:?}");
        }
    }
}

#[test]
fn ladders_refuse_low_order_and_keep_their_neighbours() {
    let mut points: Vec<Encoding> = (0..20).map(bytes).collect();
    let scalar = add_small([64; 32], 8);
    points[11] = add_small([0; 32], 1);
    let mut expected = vec![[0; 32]; points.len()];
    let _ = portable::ladder(&points, &scalar, &mut expected);
    for kind in kinds() {
        let mut out = vec![[0; 32]; points.len()];
        let done = run(kind, Task::Ladder { points: &points, scalar: &scalar, out: &mut out });
        assert_eq!(done, Err(Error::Point(11)), "{kind:?}");
        assert_eq!(out[..11], expected[..11], "{kind:?}");
    }
}

#[test]
fn hashes_of_every_length_equal_sha2() {
    if kinds().is_empty() {
        return;
    }
    for length in [0usize, 1, 7, 110, 111, 112, 113, 127, 128, 129, 239, 240, 300] {
        let messages: Vec<u8> = (0..19 * length).map(|i| (i * 37 + i / 200) as u8).collect();
        let write = |row: usize, out: &mut [u8]| out.copy_from_slice(&messages[row * length..][..length]);
        let mut out = [[0; 64]; 19];
        crate::vector::hash(length, &write, &mut out);
        for (row, out) in out.iter().enumerate() {
            assert_eq!(out[..], Sha512::digest(&messages[row * length..][..length])[..], "{length}");
        }
        for size in [1, 46, 47, 255] {
            let tag = Tag::new(&vec![7; size]).unwrap();
            crate::vector::expand(&messages, length, &tag.prime, &mut out);
            for (row, out) in out.iter().enumerate() {
                assert_eq!(*out, tag.expand(&messages[row * length..][..length]), "{length} {size}");
            }
        }
    }
}

#[test]
fn the_self_test_passes_here() {
    for kind in kinds() {
        assert!(crate::dispatch::agrees_with_portable(kind), "{kind:?}");
    }
    assert!(!crate::backend(tacit_cpu::best()).contains("failed"));
}
