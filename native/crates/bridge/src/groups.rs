//! ristretto255 and X25519.

use numpy::{PyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tacit_cpu::Level;
use tacit_curve::{Encoding, Error};
use zeroize::Zeroizing;

use crate::arrays::{Matrix, encodings, exactly, matrix};
use crate::threads;

type Points<'py> = PyResult<Bound<'py, PyArray2<u8>>>;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ristretto_random_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_hash, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_hash_mul, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_mul, module)?)?;
    module.add_function(wrap_pyfunction!(x25519_random_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(x25519_mul, module)?)
}

#[pyfunction]
fn ristretto_random_scalar(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let scalar = tacit_curve::ristretto_random_scalar().map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &*scalar))
}

#[pyfunction]
fn ristretto_hash<'py>(py: Python<'py>, digests: Matrix<'py, u8>, dst: &[u8]) -> Points<'py> {
    let (rows, width, data) = (digests.shape()[0], digests.shape()[1], digests.as_slice()?);
    fill(py, rows, |level, out| tacit_curve::ristretto_hash(level, data, width, dst, out))
}

#[pyfunction]
fn ristretto_hash_mul<'py>(py: Python<'py>, digests: Matrix<'py, u8>, dst: &[u8], scalar: &[u8]) -> Points<'py> {
    let (rows, width, data) = (digests.shape()[0], digests.shape()[1], digests.as_slice()?);
    let scalar = Zeroizing::new(exactly(scalar, "scalar")?);
    fill(py, rows, |level, out| tacit_curve::ristretto_hash_mul(level, data, width, dst, &scalar, out))
}

#[pyfunction]
fn ristretto_mul<'py>(py: Python<'py>, points: Matrix<'py, u8>, scalar: &[u8]) -> Points<'py> {
    let points = encodings(&points)?;
    let scalar = Zeroizing::new(exactly(scalar, "scalar")?);
    fill(py, points.len(), |level, out| tacit_curve::ristretto_mul(level, points, &scalar, out))
}

#[pyfunction]
fn x25519_random_scalar(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let scalar = tacit_curve::x25519_random_scalar().map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &*scalar))
}

#[pyfunction]
fn x25519_mul<'py>(py: Python<'py>, points: Matrix<'py, u8>, scalar: &[u8]) -> Points<'py> {
    let points = encodings(&points)?;
    let scalar = Zeroizing::new(exactly(scalar, "scalar")?);
    fill(py, points.len(), |level, out| tacit_curve::x25519_mul(level, points, &scalar, out))
}

fn fill<'py>(
    py: Python<'py>,
    rows: usize,
    work: impl FnOnce(Level, &mut [Encoding]) -> Result<(), Error> + Send,
) -> Points<'py> {
    let level = tacit_cpu::level().map_err(PyValueError::new_err)?;
    let made = threads::run(py, || {
        let mut out = vec![[0u8; 32]; rows];
        work(level, &mut out).map(|()| out)
    })?;
    let out = made.map_err(|error| match error {
        Error::Point(index) => {
            PyValueError::new_err(format!("point {index} is not a valid encoding of a usable point"))
        }
        Error::Scalar => PyValueError::new_err("scalar must be canonical and not zero"),
        Error::Tag => PyValueError::new_err("dst must not be empty"),
    })?;
    matrix(py, out.into_flattened(), rows, 32)
}
