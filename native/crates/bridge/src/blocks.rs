//! GF(2^128) and the fixed-key hash over many blocks.

use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use tacit_block::{Block, Hash};
use tacit_cpu::Level;

use crate::arrays::{Matrix, Writable, exactly, matrix};
use crate::threads;

/// Blocks to a task.
const TASK: usize = 1 << 14;

/// An (n, 16) array for Python.
pub type Blocks<'py> = Bound<'py, PyArray2<u8>>;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(block_hash, module)?)?;
    module.add_function(wrap_pyfunction!(field_inner, module)?)?;
    module.add_function(wrap_pyfunction!(field_scale, module)?)
}

#[pyfunction]
fn block_hash<'py>(py: Python<'py>, blocks: Matrix<'py, u8>, key: &[u8]) -> PyResult<Blocks<'py>> {
    let (blocks, hash) = (rows(&blocks)?, Hash::new(&exactly(key, "key")?));
    let out = threads::run(py, || {
        let mut out = vec![[0; 16]; blocks.len()];
        out.par_chunks_mut(TASK).zip(blocks.par_chunks(TASK)).for_each(|(out, blocks)| hash.compress(blocks, out));
        out
    })?;
    returned(py, out)
}

#[pyfunction]
fn field_inner<'py>(py: Python<'py>, a: Matrix<'py, u8>, b: Matrix<'py, u8>) -> PyResult<Bound<'py, PyBytes>> {
    let (a, b, level) = (rows(&a)?, rows(&b)?, level()?);
    if a.len() != b.len() {
        return Err(PyValueError::new_err("a and b must have equally many rows"));
    }
    let sum = threads::run(py, || {
        let parts = a.par_chunks(TASK).zip(b.par_chunks(TASK));
        parts.map(|(a, b)| tacit_block::inner_product(level, a, b)).reduce(|| 0, |a, b| a ^ b)
    })?;
    Ok(PyBytes::new(py, &sum.to_le_bytes()))
}

#[pyfunction]
fn field_scale<'py>(py: Python<'py>, factor: &[u8], blocks: Matrix<'py, u8>) -> PyResult<Blocks<'py>> {
    let (factor, blocks, level) = (exactly::<16>(factor, "factor")?, rows(&blocks)?, level()?);
    let out = threads::run(py, || {
        let mut out = vec![[0; 16]; blocks.len()];
        let parts = out.par_chunks_mut(TASK).zip(blocks.par_chunks(TASK));
        parts.for_each(|(out, blocks)| tacit_block::add_scaled(level, &factor, blocks, out));
        out
    })?;
    returned(py, out)
}

/// The rows of an (n, 16) matrix.
pub fn rows<'a>(matrix: &'a Matrix<'_, u8>) -> PyResult<&'a [Block]> {
    match matrix.as_slice()?.as_chunks::<16>() {
        (rows, []) if matrix.as_array().ncols() == 16 => Ok(rows),
        _ => Err(PyValueError::new_err("blocks must have shape (n, 16)")),
    }
}

/// The rows of an (n, 16) matrix that is written to.
pub fn rows_mut<'a>(matrix: &'a mut Writable<'_, u8>) -> PyResult<&'a mut [Block]> {
    let columns = matrix.as_array().ncols();
    match matrix.as_slice_mut()?.as_chunks_mut::<16>() {
        (rows, []) if columns == 16 => Ok(rows),
        _ => Err(PyValueError::new_err("blocks must have shape (n, 16)")),
    }
}

/// Blocks as an (n, 16) array.
pub fn returned(py: Python<'_>, blocks: Vec<Block>) -> PyResult<Blocks<'_>> {
    let rows = blocks.len();
    matrix(py, blocks.into_flattened(), rows, 16)
}

/// The path of this process.
pub fn level() -> PyResult<Level> {
    tacit_cpu::level().map_err(PyValueError::new_err)
}
