//! Transposition of a 128 × 128 bit matrix.

/// Swaps rows and columns: bit j of row i becomes bit i of row j.
pub fn transpose(rows: &mut [u128; 128]) {
    let mut width = 64usize;
    let mut mask = u128::MAX >> 64;
    while width > 0 {
        for start in (0..128).step_by(2 * width) {
            for row in start..start + width {
                let swap = ((rows[row] >> width) ^ rows[row + width]) & mask;
                rows[row] ^= swap << width;
                rows[row + width] ^= swap;
            }
        }
        width /= 2;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposition_swaps_rows_and_columns() {
        let mut rows = [0u128; 128];
        let mut seed = 1u128;
        for row in &mut rows {
            seed = seed.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
            *row = seed ^ (seed >> 64);
        }
        let before = rows;
        transpose(&mut rows);
        for (i, row) in before.iter().enumerate() {
            for (j, column) in rows.iter().enumerate() {
                assert_eq!(row >> j & 1, column >> i & 1);
            }
        }
    }
}
