//! Products over Z_2^64.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tacit_cpu::Level;

use crate::arrays::{Matrix, Vector, matrix};
use crate::threads;

/// Multiplications below which a product stays on the calling thread.
const SMALL: usize = 1 << 18;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ring_matmul, module)?)?;
    module.add_function(wrap_pyfunction!(ring_matvec, module)?)?;
    module.add_function(wrap_pyfunction!(ring_matvec_t, module)?)
}

#[pyfunction]
fn ring_matmul<'py>(py: Python<'py>, a: Matrix<'py, u64>, b: Matrix<'py, u64>) -> PyResult<Bound<'py, PyArray2<u64>>> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    if b.shape()[0] != k {
        return Err(PyValueError::new_err("a must have as many columns as b has rows"));
    }
    let (a, b) = (a.as_slice()?, b.as_slice()?);
    let out = run(py, m.saturating_mul(k).saturating_mul(n), |level| tacit_ring::matmul(level, a, b, m, k, n))?;
    matrix(py, out, m, n)
}

#[pyfunction]
fn ring_matvec<'py>(py: Python<'py>, a: Matrix<'py, u64>, v: Vector<'py, u64>) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let (m, k) = (a.shape()[0], a.shape()[1]);
    let (a, v) = (a.as_slice()?, v.as_slice()?);
    if v.len() != k {
        return Err(PyValueError::new_err("v must have as many entries as a has columns"));
    }
    Ok(run(py, a.len(), |level| tacit_ring::matvec(level, a, v, m))?.into_pyarray(py))
}

#[pyfunction]
fn ring_matvec_t<'py>(
    py: Python<'py>,
    a: Matrix<'py, u64>,
    v: Vector<'py, u64>,
) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let (m, k) = (a.shape()[0], a.shape()[1]);
    let (a, v) = (a.as_slice()?, v.as_slice()?);
    if v.len() != m {
        return Err(PyValueError::new_err("v must have as many entries as a has rows"));
    }
    Ok(run(py, a.len(), |level| tacit_ring::matvec_t(level, a, v, k))?.into_pyarray(py))
}

fn run(py: Python<'_>, size: usize, work: impl FnOnce(Level) -> Vec<u64> + Send) -> PyResult<Vec<u64>> {
    let level = tacit_cpu::level().map_err(PyValueError::new_err)?;
    if size < SMALL { Ok(py.detach(|| work(level))) } else { threads::run(py, || work(level)) }
}
