//! Memory that is used again and again: fresh pages cost as much as the work on them.
#![allow(unsafe_code)]

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use tacit_block::Block;

use crate::code::Lane;

/// Working memory of one block: convolved values, a tree's leaves, and outputs.
pub struct Scratch<L> {
    pub values: Vec<L>,
    pub leaves: Vec<Block>,
    pub outputs: Vec<L>,
}

/// Scratches that no thread uses at the moment.
#[derive(Default)]
pub struct Scratches<L>(Mutex<Vec<Scratch<L>>>);

/// A scratch on loan.
pub struct Loan<'a, L>(&'a Scratches<L>, Option<Scratch<L>>);

impl<L: Lane> Scratches<L> {
    /// One for `outputs` outputs by trees of `leaves` leaves, with any content.
    pub fn take(&self, outputs: usize, leaves: usize) -> Loan<'_, L> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let scratch = free.unwrap_or_else(|| {
            let mut values = Vec::with_capacity(outputs);
            advise(&mut values);
            values.resize(outputs, L::default());
            Scratch { values, leaves: vec![[0; 16]; leaves], outputs: vec![L::default(); leaves] }
        });
        Loan(self, Some(scratch))
    }
}

impl<L> Deref for Loan<'_, L> {
    type Target = Scratch<L>;

    fn deref(&self) -> &Scratch<L> {
        self.1.as_ref().expect("a loan has its scratch until it is dropped")
    }
}

impl<L> DerefMut for Loan<'_, L> {
    fn deref_mut(&mut self) -> &mut Scratch<L> {
        self.1.as_mut().expect("a loan has its scratch until it is dropped")
    }
}

impl<L> Drop for Loan<'_, L> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).extend(self.1.take());
    }
}

impl<L> Drop for Scratch<L> {
    fn drop(&mut self) {
        // Whole-slice fills, as wiping element by element takes long. The compiler cannot drop them.
        wipe(&mut self.values);
        wipe(&mut self.leaves);
        wipe(&mut self.outputs);
    }
}

fn wipe<T>(values: &mut [T]) {
    // SAFETY: only for numbers and arrays of numbers, for which zeroes are a value.
    unsafe { std::ptr::write_bytes(values.as_mut_ptr(), 0, values.len()) };
    std::hint::black_box(values);
}

/// Asks for huge pages for a vector's memory: random accesses then miss no address translation.
#[cfg(target_os = "linux")]
fn advise<T>(values: &mut Vec<T>) {
    const HUGE_PAGES: i32 = 14;
    const PAGE: usize = 4096;
    unsafe extern "C" {
        fn madvise(start: *mut std::ffi::c_void, length: usize, advice: i32) -> i32;
    }
    let start = values.as_mut_ptr() as usize;
    let (first, end) = (start.next_multiple_of(PAGE), start + values.capacity() * size_of::<T>());
    if end > first + PAGE {
        // SAFETY: the range lies within memory of this vector, and the advice changes no content. A refusal is as good.
        unsafe { madvise(first as *mut _, (end - first) / PAGE * PAGE, HUGE_PAGES) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_: &mut Vec<T>) {}
