//! The keys that peeling had to set aside: exact solution through the dense entries. Rare, so short rather than fast.

use tacit_block::{Block, inverse, multiply, powers, word};

use crate::store::{Scratch, substitute, touched};

/// Chooses the dense entries so that the set-aside keys get their values too; nothing if that is impossible.
///
/// Every sparse entry is an affine function of the dense ones: substituting once for the constants and once for every
/// dense entry gives one linear equation per set-aside key.
pub fn settle(scratch: &Scratch, sparse: &[Block], dense: &mut [Block]) -> Option<()> {
    let gaps = &scratch.peel.gaps;
    let constant = responses(scratch, sparse.to_vec(), &scratch.values);
    let elements: Vec<Vec<u128>> = scratch.elements.iter().map(|element| powers(word(element), dense.len())).collect();
    let mut equations: Vec<Vec<u128>> = gaps.iter().map(|_| Vec::with_capacity(dense.len() + 1)).collect();
    for entry in 0..dense.len() {
        let values: Vec<Block> = elements.iter().map(|powers| powers[entry].to_le_bytes()).collect();
        let slopes = responses(scratch, vec![[0; 16]; sparse.len()], &values);
        equations.iter_mut().zip(slopes).for_each(|(equation, slope)| equation.push(slope));
    }
    equations.iter_mut().zip(constant).for_each(|(equation, constant)| equation.push(constant));
    solve(equations, dense)
}

/// What the set-aside keys lack after substitution: value − sum of their sparse entries.
fn responses(scratch: &Scratch, mut sparse: Vec<Block>, values: &[Block]) -> Vec<u128> {
    substitute(&scratch.peel.removed, values, &mut sparse);
    let lack = |key: &u32| touched(&sparse, &scratch.rows[*key as usize]) ^ word(&values[*key as usize]);
    scratch.peel.gaps.iter().map(lack).collect()
}

/// Gauss-Jordan elimination; unknowns without a pivot keep the random value they have.
fn solve(mut equations: Vec<Vec<u128>>, unknowns: &mut [Block]) -> Option<()> {
    let mut pivots = Vec::new();
    for row in 0..equations.len() {
        let pivot = (0..unknowns.len()).find(|column| equations[row][*column] != 0)?;
        let factor = inverse(equations[row][pivot]);
        let scaled: Vec<u128> = equations[row].iter().map(|entry| multiply(*entry, factor)).collect();
        for (other, equation) in equations.iter_mut().enumerate().filter(|(other, _)| *other != row) {
            debug_assert_ne!(other, row);
            let factor = equation[pivot];
            equation.iter_mut().zip(&scaled).for_each(|(entry, with)| *entry ^= multiply(*with, factor));
        }
        equations[row] = scaled;
        pivots.push(pivot);
    }
    let free: Vec<usize> = (0..unknowns.len()).filter(|column| !pivots.contains(column)).collect();
    for (equation, pivot) in equations.iter().zip(pivots) {
        let known = free.iter().fold(0, |sum, column| sum ^ multiply(equation[*column], word(&unknowns[*column])));
        unknowns[pivot] = (known ^ equation[unknowns.len()]).to_le_bytes();
    }
    Some(())
}
