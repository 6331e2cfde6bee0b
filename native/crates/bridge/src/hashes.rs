//! BLAKE3 and AES-CTR.

use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zeroize::Zeroizing;

use crate::arrays::{Buffer, Matrix, Vector, exactly, matrix};
use crate::blocks::{Blocks, returned, rows};
use crate::threads;

/// Below this many bytes the call does not leave its own thread.
const SMALL: usize = 64 * 1024;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Blake3>()?;
    module.add_function(wrap_pyfunction!(blake3_hash, module)?)?;
    module.add_function(wrap_pyfunction!(blake3_short, module)?)?;
    module.add_function(wrap_pyfunction!(blake3_strings, module)?)?;
    module.add_function(wrap_pyfunction!(bound_hash, module)?)?;
    module.add_function(wrap_pyfunction!(prg_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(prg_u64, module)?)
}

/// An incremental BLAKE3 hash, keyed if a key is given.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct Blake3(std::sync::Mutex<tacit_hash::Hasher>);

#[pymethods]
impl Blake3 {
    #[new]
    #[pyo3(signature = (key = None))]
    fn new(key: Option<&[u8]>) -> PyResult<Self> {
        let hasher = match key {
            Some(key) => tacit_hash::Hasher::new_keyed(&Zeroizing::new(exactly::<32>(key, "key")?)),
            None => tacit_hash::Hasher::new(),
        };
        Ok(Blake3(std::sync::Mutex::new(hasher)))
    }

    fn update(&self, py: Python<'_>, data: Buffer<'_>) -> PyResult<()> {
        let data = data.as_slice()?;
        let work = || tacit_hash::update(&mut self.lock(), data);
        if data.len() < 512 {
            work();
            return Ok(());
        }
        if data.len() < SMALL {
            py.detach(work);
            return Ok(());
        }
        threads::run_on(py, &self.0, |hasher| tacit_hash::update(hasher, data))
    }

    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.lock().finalize().as_bytes())
    }
}

impl Blake3 {
    fn lock(&self) -> std::sync::MutexGuard<'_, tacit_hash::Hasher> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[pyfunction]
fn blake3_hash<'py>(py: Python<'py>, data: Buffer<'py>) -> PyResult<Bound<'py, PyBytes>> {
    let data = data.as_slice()?;
    let digest = if data.len() < SMALL { tacit_hash::hash(data) } else { threads::run(py, || tacit_hash::hash(data))? };
    Ok(PyBytes::new(py, &digest))
}

#[pyfunction]
fn blake3_strings<'py>(
    py: Python<'py>,
    data: Buffer<'py>,
    offsets: Vector<'py, i64>,
    key: &[u8],
    out_len: usize,
) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let (data, offsets) = (data.as_slice()?, offsets.as_slice()?);
    let key = Zeroizing::new(exactly::<32>(key, "key")?);
    if out_len == 0 {
        return Err(PyValueError::new_err("out_len must be at least 1"));
    }
    let rows = offsets.len().saturating_sub(1);
    let out = threads::run(py, || {
        tacit_hash::offsets_fit(offsets, data.len()).then(|| tacit_hash::hash_strings(data, offsets, &key, out_len))
    })?;
    let out = out.ok_or_else(|| PyValueError::new_err("offsets must be n + 1 ascending positions inside data"))?;
    matrix(py, out, rows, out_len)
}

/// Positions of strings in an Arrow array.
#[derive(FromPyObject)]
enum Positions<'py> {
    Narrow(Vector<'py, i32>),
    Wide(Vector<'py, i64>),
}

#[pyfunction]
fn blake3_short<'py>(py: Python<'py>, data: Buffer<'py>, offsets: Positions<'py>, key: &[u8]) -> PyResult<Blocks<'py>> {
    let (data, key) = (data.as_slice()?, Zeroizing::new(exactly::<32>(key, "key")?));
    let out = match &offsets {
        Positions::Narrow(offsets) => {
            let offsets = offsets.as_slice()?;
            threads::run(py, || tacit_hash::hash_short(data, offsets, &key))?
        }
        Positions::Wide(offsets) => {
            let offsets = offsets.as_slice()?;
            threads::run(py, || tacit_hash::hash_short(data, offsets, &key))?
        }
    };
    returned(py, out.ok_or_else(|| PyValueError::new_err("offsets must be n + 1 ascending positions inside data"))?)
}

#[pyfunction]
fn bound_hash<'py>(
    py: Python<'py>,
    blocks: Matrix<'py, u8>,
    items: Matrix<'py, u8>,
    key: &[u8],
) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let (blocks, items, key) = (rows(&blocks)?, rows(&items)?, Zeroizing::new(exactly::<32>(key, "key")?));
    if blocks.len() != items.len() {
        return Err(PyValueError::new_err("blocks and items must have equally many rows"));
    }
    let out = threads::run(py, || {
        let mut out = vec![[0; 32]; blocks.len()];
        tacit_hash::hash_pairs(blocks, items, &key, &mut out);
        out
    })?;
    matrix(py, out.into_flattened(), blocks.len(), 32)
}

#[pyfunction]
fn prg_bytes<'py>(
    py: Python<'py>,
    key: &[u8],
    stream: u64,
    count: usize,
    offset: u64,
) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let key = Zeroizing::new(exactly::<16>(key, "key")?);
    ends_in_range(offset, count)?;
    let work = || {
        let mut out = vec![0u8; count];
        tacit_prg::fill(&key, stream, offset, &mut out);
        out
    };
    let out = if count < SMALL { work() } else { threads::run(py, work)? };
    Ok(out.into_pyarray(py))
}

#[pyfunction]
fn prg_u64<'py>(
    py: Python<'py>,
    key: &[u8],
    stream: u64,
    count: usize,
    offset: u64,
) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let key = Zeroizing::new(exactly::<16>(key, "key")?);
    ends_in_range(offset, count)?;
    let work = || tacit_prg::words(&key, stream, offset, count);
    let out = if count < SMALL / 8 { work() } else { threads::run(py, work)? };
    Ok(out.into_pyarray(py))
}

/// Positions stay below 2^60, so that no byte position overflows.
fn ends_in_range(offset: u64, count: usize) -> PyResult<()> {
    match offset.checked_add(count as u64) {
        Some(end) if end < 1 << 60 => Ok(()),
        _ => Err(PyValueError::new_err("offset + count must be below 2**60")),
    }
}
