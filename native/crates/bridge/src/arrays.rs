//! Between NumPy arrays and slices, without copies.

use numpy::{Element, IntoPyArray, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyReadwriteArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A C-contiguous matrix that Python lends.
pub type Matrix<'py, T> = PyReadonlyArray2<'py, T>;
/// A C-contiguous matrix that Python lends to be written to.
pub type Writable<'py, T> = PyReadwriteArray2<'py, T>;
/// A contiguous vector that Python lends.
pub type Vector<'py, T> = PyReadonlyArray1<'py, T>;

/// Bytes that Python lends: `bytes` directly, any other buffer as a uint8 vector.
#[derive(FromPyObject)]
pub enum Buffer<'py> {
    Bytes(Bound<'py, PyBytes>),
    Vector(Vector<'py, u8>),
}

impl Buffer<'_> {
    pub fn as_slice(&self) -> PyResult<&[u8]> {
        match self {
            Buffer::Bytes(bytes) => Ok(bytes.as_bytes()),
            Buffer::Vector(vector) => Ok(vector.as_slice()?),
        }
    }
}

/// The rows of an (n, N) matrix.
pub fn encodings<'a, const N: usize>(matrix: &'a Matrix<'_, u8>) -> PyResult<&'a [[u8; N]]> {
    match matrix.as_slice()?.as_chunks::<N>() {
        (rows, []) if matrix.as_array().ncols() == N => Ok(rows),
        _ => Err(PyValueError::new_err(format!("points must have shape (n, {N})"))),
    }
}

/// A key or scalar of exactly N bytes.
pub fn exactly<const N: usize>(bytes: &[u8], what: &str) -> PyResult<[u8; N]> {
    bytes.try_into().map_err(|_| PyValueError::new_err(format!("{what} must have {N} bytes")))
}

/// `words` as a matrix with rows of `width`.
pub fn matrix<T: Element>(
    py: Python<'_>,
    words: Vec<T>,
    rows: usize,
    width: usize,
) -> PyResult<Bound<'_, PyArray2<T>>> {
    words.into_pyarray(py).reshape([rows, width])
}
