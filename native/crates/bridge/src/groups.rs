//! ristretto255, X25519, and the oblivious function over ristretto255.

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
    module.add_function(wrap_pyfunction!(dleq_prove, module)?)?;
    module.add_function(wrap_pyfunction!(dleq_verify, module)?)?;
    module.add_function(wrap_pyfunction!(oprf_finalize, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_div_each, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_hash_mul_each, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_random_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(ristretto_random_scalars, module)?)?;
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
fn ristretto_random_scalars(py: Python<'_>, count: usize) -> Points<'_> {
    let drawn = threads::run(py, || tacit_curve::ristretto_random_scalars(count))?;
    let scalars = drawn.map_err(|error| PyOSError::new_err(error.to_string()))?;
    matrix(py, scalars.as_flattened().to_vec(), count, 32)
}

#[pyfunction]
fn ristretto_hash_mul_each<'py>(
    py: Python<'py>,
    digests: Matrix<'py, u8>,
    dst: &[u8],
    scalars: Matrix<'py, u8>,
) -> Points<'py> {
    let (rows, width, data) = (digests.shape()[0], digests.shape()[1], digests.as_slice()?);
    let scalars = as_many(encodings(&scalars)?, rows)?;
    fill(py, rows, |level, out| tacit_curve::ristretto_hash_mul_each(level, data, width, dst, scalars, out))
}

#[pyfunction]
fn ristretto_div_each<'py>(py: Python<'py>, points: Matrix<'py, u8>, scalars: Matrix<'py, u8>) -> Points<'py> {
    let points = encodings(&points)?;
    let scalars = as_many(encodings(&scalars)?, points.len())?;
    fill(py, points.len(), |level, out| tacit_curve::ristretto_div_each(level, points, scalars, out))
}

#[pyfunction]
fn oprf_finalize<'py>(py: Python<'py>, inputs: Matrix<'py, u8>, elements: Matrix<'py, u8>) -> Points<'py> {
    let (rows, width, data) = (inputs.shape()[0], inputs.shape()[1], inputs.as_slice()?);
    let elements = as_many(encodings(&elements)?, rows)?;
    if width >= 1 << 16 {
        return Err(PyValueError::new_err("inputs must be shorter than 2**16 bytes"));
    }
    let level = tacit_cpu::level().map_err(PyValueError::new_err)?;
    let out = threads::run(py, || {
        let mut out = vec![[0u8; 64]; rows];
        tacit_curve::oprf_finalize(level, data, width, elements, &mut out);
        out
    })?;
    matrix(py, out.into_flattened(), rows, 64)
}

#[pyfunction]
fn dleq_prove<'py>(
    py: Python<'py>,
    context: &[u8],
    secret: &[u8],
    nonce: &[u8],
    blinded: Matrix<'py, u8>,
    evaluated: Matrix<'py, u8>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (secret, nonce) = (Zeroizing::new(exactly(secret, "secret")?), Zeroizing::new(exactly(nonce, "nonce")?));
    let blinded = encodings(&blinded)?;
    let evaluated = as_many(encodings(&evaluated)?, provable(blinded.len())?)?;
    let proof = threads::run(py, || tacit_curve::dleq_prove(context, &secret, &nonce, blinded, evaluated))?;
    Ok(PyBytes::new(py, &proof.map_err(refused)?))
}

#[pyfunction]
fn dleq_verify<'py>(
    py: Python<'py>,
    context: &[u8],
    public: &[u8],
    blinded: Matrix<'py, u8>,
    evaluated: Matrix<'py, u8>,
    proof: &[u8],
) -> PyResult<bool> {
    let (public, proof) = (exactly(public, "public")?, exactly(proof, "proof")?);
    let blinded = encodings(&blinded)?;
    let evaluated = as_many(encodings(&evaluated)?, provable(blinded.len())?)?;
    threads::run(py, || tacit_curve::dleq_verify(context, &public, blinded, evaluated, &proof))?.map_err(refused)
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
    matrix(py, made.map_err(refused)?.into_flattened(), rows, 32)
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

/// The rows, if there are `count` of them.
fn as_many(rows: &[Encoding], count: usize) -> PyResult<&[Encoding]> {
    if rows.len() == count {
        Ok(rows)
    } else {
        Err(PyValueError::new_err(format!("there must be {count} rows on both sides, not {}", rows.len())))
    }
}

/// The count, if one proof can cover so many points.
fn provable(count: usize) -> PyResult<usize> {
    if count <= 1 << 16 { Ok(count) } else { Err(PyValueError::new_err("a proof covers at most 2**16 points")) }
}
