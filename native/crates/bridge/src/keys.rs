//! Keys in bins: the state stays here, groups of bins are lent as views.
#![allow(unsafe_code)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use numpy::ndarray::{ArrayView1, ArrayView2, Dimension};
use numpy::{Element, IntoPyArray, PyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use tacit_keys::{Adding, Finished, Held, Limit};

use crate::arrays::{Matrix, exactly};
use crate::blocks::rows;
use crate::ot::locked;
use crate::threads;

/// Keys, their rows, where bins begin.
type Group<'py> = (Bound<'py, PyArray2<u8>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<i64>>);
/// Rows of repeats, and the rows that stay.
type Repeats<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<KeyBins>()
}

enum State {
    Adding(Box<Adding>),
    Finished(Box<Finished>),
    Broken,
}

/// Keys that are added, then finished, then read bin by bin.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct KeyBins(Mutex<State>);

/// What views lie in; kept alive by them.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct Lent(Arc<Held>);

#[pymethods]
impl KeyBins {
    #[new]
    fn new(seed: &[u8], expected: usize, memory: usize, folder: Option<PathBuf>, keep_repeats: bool) -> PyResult<Self> {
        let limit = folder.filter(|_| memory > 0).map(|folder| Limit { memory, folder });
        let adding = Adding::new(&exactly(seed, "seed")?, expected, limit, keep_repeats);
        Ok(KeyBins(Mutex::new(State::Adding(Box::new(adding)))))
    }

    fn add(&self, py: Python<'_>, digests: Matrix<'_, u8>) -> PyResult<()> {
        let digests = rows(&digests)?;
        let added = threads::run_on(py, &self.0, |state| {
            let State::Adding(adding) = state else { return None };
            let added = adding.add(digests);
            if added.is_err() {
                *state = State::Broken;
            }
            Some(added)
        })?;
        if added.ok_or_else(untimely)?? { Ok(()) } else { Err(too_many()) }
    }

    fn skip(&self, rows: u64) -> PyResult<()> {
        match &mut *locked(&self.0) {
            State::Adding(adding) => adding.skip(rows).then_some(()).ok_or_else(too_many),
            _ => Err(untimely()),
        }
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let finished = threads::run_on(py, &self.0, |state| {
            if !matches!(state, State::Adding(_)) {
                return None;
            }
            let State::Adding(adding) = std::mem::replace(state, State::Broken) else { return None };
            Some(adding.finish().map(|finished| *state = State::Finished(Box::new(finished))))
        })?;
        Ok(finished.ok_or_else(untimely)??)
    }

    fn arrange(&self, py: Python<'_>, bits: u32) -> PyResult<()> {
        let arranged = threads::run_on(py, &self.0, |state| match state {
            State::Finished(finished) => Some(finished.arrange(bits)),
            _ => None,
        })?;
        Ok(arranged.ok_or_else(untimely)??)
    }

    fn group<'py>(&self, py: Python<'py>, first: usize, stop: usize) -> PyResult<Group<'py>> {
        let found = threads::run_on(py, &self.0, |state| {
            let State::Finished(finished) = state else { return None };
            let inside = first <= stop && stop <= finished.bins();
            Some(inside.then(|| finished.group(first, stop)))
        })?;
        let group = found.ok_or_else(untimely)?.ok_or_else(|| PyValueError::new_err("there are no such bins"))?;
        lend(py, group?)
    }

    fn repeats<'py>(&self, py: Python<'py>) -> PyResult<Repeats<'py>> {
        let state = locked(&self.0);
        let State::Finished(finished) = &*state else { return Err(untimely()) };
        let (dropped, kept): (Vec<u32>, Vec<u32>) = finished.repeats.iter().copied().unzip();
        Ok((dropped.into_pyarray(py), kept.into_pyarray(py)))
    }

    /// (rows, distinct, repeated); only rows while keys are added.
    fn counts(&self) -> PyResult<(u64, Option<usize>, Option<usize>)> {
        match &*locked(&self.0) {
            State::Adding(adding) => Ok((adding.rows(), None, None)),
            State::Finished(finished) => Ok((finished.rows, Some(finished.distinct), Some(finished.repeated))),
            State::Broken => Err(untimely()),
        }
    }
}

/// A group as arrays that cannot be written; keys and rows are not copied.
fn lend(py: Python<'_>, group: tacit_keys::Group) -> PyResult<Group<'_>> {
    let offsets = group.offsets.into_pyarray(py);
    let lent = Bound::new(py, Lent(group.held))?;
    let (keys, numbers) = (&lent.get().0.keys[group.range.clone()], &lent.get().0.rows[group.range]);
    let keys = ArrayView2::from_shape((keys.len(), 16), keys.as_flattened());
    let keys = keys.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let owner = || lent.clone().into_any();
    // SAFETY: `lent` holds the memory for as long as the arrays hold `lent`. Nobody writes to it: it is shared and so
    // never changed from here, and the arrays are made read-only before Python sees them.
    let (keys, numbers) = unsafe {
        let numbers = PyArray1::borrow_from_array(&ArrayView1::from(numbers), owner());
        (PyArray2::borrow_from_array(&keys, owner()), numbers)
    };
    Ok((frozen(keys)?, frozen(numbers)?, offsets))
}

/// The array, no longer writeable.
fn frozen<'py, T: Element, D: Dimension>(array: Bound<'py, PyArray<T, D>>) -> PyResult<Bound<'py, PyArray<T, D>>> {
    array.try_readwrite()?.make_nonwriteable();
    Ok(array)
}

fn untimely() -> PyErr {
    PyRuntimeError::new_err("not the next step of these keys")
}

fn too_many() -> PyErr {
    PyValueError::new_err("there are more than 2**32 rows")
}
