//! Peeling: keys that alone touch a column are removed, until none are left.

use crate::rows::Row;
use crate::shape::Shape;

/// Bits of a column that hold the exclusive or of its keys' numbers; those above count the keys.
const NUMBER_BITS: u32 = 24;
/// Keys that a bin may have: their numbers fit.
pub const MOST_KEYS: usize = 1 << NUMBER_BITS;
const ONE: u32 = 1 << NUMBER_BITS;

/// A key that was removed: its number, the column that it alone touched by then, and its two others.
#[derive(Clone, Copy, Default)]
pub struct Removed {
    pub key: u32,
    pub column: u32,
    pub others: [u32; 2],
}

/// Memory of one thread, used for bin after bin.
#[derive(Default)]
pub struct Peel {
    columns: Vec<u32>,
    /// Columns with one key, each once, in the order in which they came to it. First in, first out: what is near in the
    /// queue then does not depend on each other, and the processor works on several at once.
    queue: Vec<u32>,
    first: usize,
    end: usize,
    /// Keys in the order of removal: the column is touched by no key removed later.
    pub removed: Vec<Removed>,
    /// Keys set aside so that the rest could be removed.
    pub gaps: Vec<u32>,
}

impl Peel {
    /// Removes all keys; sets keys aside where none touches a column alone. Nothing if more would have to be set aside
    /// than there are dense entries.
    pub fn run(&mut self, shape: &Shape, rows: &[Row]) -> Option<()> {
        self.fill(shape.sparse, rows)?;
        self.removed.clear();
        self.removed.reserve(rows.len());
        self.gaps.clear();
        let mut next = 0;
        loop {
            self.follow(rows);
            if self.removed.len() + self.gaps.len() == rows.len() {
                return Some(());
            }
            if self.gaps.len() == shape.dense {
                return None;
            }
            next = self.set_aside(next, rows);
        }
    }

    /// Counts the keys of every column, and queues those with one.
    fn fill(&mut self, sparse: usize, rows: &[Row]) -> Option<()> {
        self.columns.clear();
        self.columns.resize(sparse, 0);
        for (key, row) in (0u32..).zip(rows) {
            for place in &row[..3] {
                let column = &mut self.columns[*place as usize];
                *column = (*column ^ key).wrapping_add(ONE);
            }
        }
        // A count beyond 255 would wrap round: no hash does that, but it must not go unseen.
        let degrees: usize = self.columns.iter().map(|column| (column >> NUMBER_BITS) as usize).sum();
        if degrees != 3 * rows.len() {
            return None;
        }
        // A place more, since it is written before it is known whether it is needed.
        self.queue.resize(sparse + 1, 0);
        (self.first, self.end) = (0, 0);
        for (number, column) in (0u32..).zip(&self.columns) {
            self.queue[self.end] = number;
            self.end += usize::from(column >> NUMBER_BITS == 1);
        }
        Some(())
    }

    /// Removes the keys of queued columns, and of those that this leaves with one key, and so forth.
    fn follow(&mut self, rows: &[Row]) {
        while self.first < self.end {
            let number = self.queue[self.first];
            self.first += 1;
            let column = self.columns[number as usize];
            if column >> NUMBER_BITS != 1 {
                continue;
            }
            let key = column & (ONE - 1);
            let row = &rows[key as usize];
            self.remove(key, row);
            let [a, b, c, _] = *row;
            let others = [if number == a { b } else { a }, if number == c { b } else { c }];
            self.removed.push(Removed { key, column: number, others });
        }
    }

    #[inline(always)]
    fn remove(&mut self, key: u32, row: &Row) {
        for place in &row[..3] {
            let column = &mut self.columns[*place as usize];
            *column = column.wrapping_sub(ONE) ^ key;
            self.queue[self.end] = *place;
            self.end += usize::from(*column >> NUMBER_BITS == 1);
        }
    }

    /// Sets the first key aside that is still there, from number `next` on. Where to look next.
    fn set_aside(&mut self, next: u32, rows: &[Row]) -> u32 {
        let mut there = vec![true; rows.len()];
        for key in self.removed.iter().map(|removed| &removed.key).chain(&self.gaps) {
            there[*key as usize] = false;
        }
        let key = (next..).find(|key| there[*key as usize]).unwrap_or(0);
        self.gaps.push(key);
        self.remove(key, &rows[key as usize]);
        key + 1
    }
}
