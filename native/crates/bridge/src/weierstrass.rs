//! P-256 and SM2.

use numpy::{PyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tacit_weierstrass::{Encoding, Error, NistP256, Sm2, Suite};
use zeroize::Zeroizing;

use crate::arrays::{Matrix, encodings, exactly, matrix};
use crate::threads;

type Points<'py> = PyResult<Bound<'py, PyArray2<u8>>>;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(p256_random_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(p256_hash_mul, module)?)?;
    module.add_function(wrap_pyfunction!(p256_mul, module)?)?;
    module.add_function(wrap_pyfunction!(sm2_random_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(sm2_hash_mul, module)?)?;
    module.add_function(wrap_pyfunction!(sm2_mul, module)?)
}

#[pyfunction]
fn p256_random_scalar(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    random_scalar::<NistP256>(py)
}

#[pyfunction]
fn p256_hash_mul<'py>(py: Python<'py>, digests: Matrix<'py, u8>, dst: &[u8], scalar: &[u8]) -> Points<'py> {
    hash_mul::<NistP256>(py, &digests, dst, scalar)
}

#[pyfunction]
fn p256_mul<'py>(py: Python<'py>, points: Matrix<'py, u8>, scalar: &[u8]) -> Points<'py> {
    mul::<NistP256>(py, &points, scalar)
}

#[pyfunction]
fn sm2_random_scalar(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    random_scalar::<Sm2>(py)
}

#[pyfunction]
fn sm2_hash_mul<'py>(py: Python<'py>, digests: Matrix<'py, u8>, dst: &[u8], scalar: &[u8]) -> Points<'py> {
    hash_mul::<Sm2>(py, &digests, dst, scalar)
}

#[pyfunction]
fn sm2_mul<'py>(py: Python<'py>, points: Matrix<'py, u8>, scalar: &[u8]) -> Points<'py> {
    mul::<Sm2>(py, &points, scalar)
}

fn random_scalar<C: Suite>(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let scalar = tacit_weierstrass::random_scalar::<C>().map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &*scalar))
}

fn hash_mul<'py, C: Suite>(py: Python<'py>, digests: &Matrix<'py, u8>, dst: &[u8], scalar: &[u8]) -> Points<'py> {
    let (rows, width, data) = (digests.shape()[0], digests.shape()[1], digests.as_slice()?);
    let scalar = Zeroizing::new(exactly(scalar, "scalar")?);
    fill(py, rows, |out| tacit_weierstrass::hash_mul::<C>(data, width, dst, &scalar, out))
}

fn mul<'py, C: Suite>(py: Python<'py>, points: &Matrix<'py, u8>, scalar: &[u8]) -> Points<'py> {
    let points = encodings(points)?;
    let scalar = Zeroizing::new(exactly(scalar, "scalar")?);
    fill(py, points.len(), |out| tacit_weierstrass::mul::<C>(points, &scalar, out))
}

fn fill<'py>(
    py: Python<'py>,
    rows: usize,
    work: impl FnOnce(&mut [Encoding]) -> Result<(), Error> + Send,
) -> Points<'py> {
    let made = threads::run(py, || {
        let mut out = vec![[0u8; 33]; rows];
        work(&mut out).map(|()| out)
    })?;
    matrix(py, made.map_err(refused)?.into_flattened(), rows, 33)
}

fn refused(error: Error) -> PyErr {
    match error {
        Error::Point(index) => {
            PyValueError::new_err(format!("point {index} is not a valid encoding of a usable point"))
        }
        Error::Scalar => PyValueError::new_err("scalar must be canonical and not zero"),
        Error::Tag => PyValueError::new_err("dst must not be empty"),
    }
}
