//! Bit order, planes and packing.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arrays::{Matrix, Vector, matrix};
use crate::threads;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(bit_reverse_u64, module)?)?;
    module.add_function(wrap_pyfunction!(bit_planes, module)?)?;
    module.add_function(wrap_pyfunction!(bit_planes_join, module)?)?;
    module.add_function(wrap_pyfunction!(bit_pack, module)?)?;
    module.add_function(wrap_pyfunction!(bit_unpack, module)?)
}

#[pyfunction]
fn bit_reverse_u64<'py>(py: Python<'py>, words: Vector<'py, u64>) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let words = words.as_slice()?;
    Ok(threads::run(py, || tacit_bits::reverse(words))?.into_pyarray(py))
}

#[pyfunction]
fn bit_planes<'py>(py: Python<'py>, words: Vector<'py, u64>) -> PyResult<Bound<'py, PyArray2<u64>>> {
    let words = words.as_slice()?;
    let width = words.len().div_ceil(64);
    matrix(py, threads::run(py, || tacit_bits::to_planes(words))?, 64, width)
}

#[pyfunction]
fn bit_planes_join<'py>(
    py: Python<'py>,
    planes: Matrix<'py, u64>,
    count: usize,
) -> PyResult<Bound<'py, PyArray1<u64>>> {
    if planes.shape() != [64, count.div_ceil(64)] {
        return Err(PyValueError::new_err("planes must have shape (64, ceil(count / 64))"));
    }
    let planes = planes.as_slice()?;
    Ok(threads::run(py, || tacit_bits::from_planes(planes, count))?.into_pyarray(py))
}

#[pyfunction]
fn bit_pack<'py>(py: Python<'py>, bits: Vector<'py, u8>) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let bits = bits.as_slice()?;
    let words = py.detach(|| tacit_bits::pack(bits));
    let words = words.map_err(|index| PyValueError::new_err(format!("entry {index} is neither 0 nor 1")))?;
    Ok(words.into_pyarray(py))
}

#[pyfunction]
fn bit_unpack<'py>(py: Python<'py>, words: Vector<'py, u64>, count: usize) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let words = words.as_slice()?;
    if count.div_ceil(64) != words.len() {
        return Err(PyValueError::new_err("words must have ceil(count / 64) entries"));
    }
    Ok(py.detach(|| tacit_bits::unpack(words, count)).into_pyarray(py))
}
