//! Key-value stores in bins, tags and their join.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray3};
use pyo3::exceptions::{PyArithmeticError, PyOSError, PyValueError};
use pyo3::prelude::*;
use tacit_block::{Block, Stream};
use tacit_okvs::{Bins, Shape};
use zeroize::Zeroizing;

use crate::arrays::{Matrix, Vector, exactly, matrix};
use crate::blocks::{Blocks, level, returned, rows};
use crate::threads;

/// Keys, their old numbers, where bins begin.
type Partition<'py> = (Blocks<'py>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<i64>>);
/// Tags of all bins, and where each comes from.
type Padded<'py> = (Bound<'py, PyArray3<u8>>, Bound<'py, PyArray1<u32>>);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(bin_capacity, module)?)?;
    module.add_function(wrap_pyfunction!(bin_partition, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_shape, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_encode, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_decode, module)?)?;
    module.add_function(wrap_pyfunction!(tag_hash, module)?)?;
    module.add_function(wrap_pyfunction!(tag_pad, module)?)?;
    module.add_function(wrap_pyfunction!(tag_join, module)?)
}

#[pyfunction]
fn bin_capacity(keys: usize, bins: usize, bits: f64) -> usize {
    tacit_okvs::bin_capacity(keys, bins, bits)
}

#[pyfunction]
fn bin_partition<'py>(py: Python<'py>, keys: Matrix<'py, u8>, bins: usize) -> PyResult<Partition<'py>> {
    let keys = rows(&keys)?;
    let parts = threads::run(py, || tacit_okvs::partition(keys, bins))?;
    let offsets: Vec<i64> = parts.offsets.iter().map(|offset| *offset as i64).collect();
    Ok((returned(py, parts.keys)?, parts.order.into_pyarray(py), offsets.into_pyarray(py)))
}

#[pyfunction]
fn okvs_shape(capacity: usize, bits: f64) -> (usize, usize) {
    let shape = Shape::new(capacity, bits);
    (shape.sparse, shape.dense)
}

#[pyfunction]
fn okvs_encode<'py>(
    py: Python<'py>,
    keys: Matrix<'py, u8>,
    values: Matrix<'py, u8>,
    offsets: Vector<'py, i64>,
    capacity: usize,
    bits: f64,
    seed: &[u8],
) -> PyResult<Bound<'py, PyArray3<u8>>> {
    let (keys, values, seed, level) = (rows(&keys)?, rows(&values)?, exactly(seed, "seed")?, level()?);
    let offsets = checked(offsets.as_slice()?, keys.len(), capacity)?;
    if values.len() != keys.len() {
        return Err(PyValueError::new_err("values must have as many rows as keys"));
    }
    let (shape, random, bins) = (Shape::new(capacity, bits), random()?, offsets.len() - 1);
    let made = threads::run(py, || {
        let mut out = vec![[0; 16]; bins * shape.entries()];
        let keys = Bins { keys, offsets: &offsets };
        tacit_okvs::encode(level, &shape, &seed, keys, values, &random, &mut out).map(|()| out)
    })?;
    let out = made.map_err(|failure| {
        PyArithmeticError::new_err(format!("bin {} has no solution under this seed, or a key twice", failure.0))
    })?;
    out.into_flattened().into_pyarray(py).reshape([bins, shape.entries(), 16])
}

#[pyfunction]
fn okvs_decode<'py>(
    py: Python<'py>,
    keys: Matrix<'py, u8>,
    vectors: PyReadonlyArray3<'py, u8>,
    offsets: Vector<'py, i64>,
    capacity: usize,
    bits: f64,
    seed: &[u8],
) -> PyResult<Blocks<'py>> {
    let (keys, seed, level) = (rows(&keys)?, exactly(seed, "seed")?, level()?);
    let offsets = checked(offsets.as_slice()?, keys.len(), usize::MAX)?;
    let shape = Shape::new(capacity, bits);
    if vectors.as_array().dim() != (offsets.len() - 1, shape.entries(), 16) {
        return Err(PyValueError::new_err(format!("vectors must have shape (bins, {}, 16)", shape.entries())));
    }
    let vectors: &[Block] = vectors.as_slice()?.as_chunks().0;
    let out = threads::run(py, || {
        let mut out = vec![[0; 16]; keys.len()];
        let keys = Bins { keys, offsets: &offsets };
        tacit_okvs::decode(level, &shape, &seed, keys, vectors, &mut out);
        out
    })?;
    returned(py, out)
}

#[pyfunction]
fn tag_hash<'py>(
    py: Python<'py>,
    blocks: Matrix<'py, u8>,
    key: &[u8],
    width: usize,
) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let (blocks, key) = (rows(&blocks)?, exactly(key, "key")?);
    let out = threads::run(py, || tacit_okvs::tags(&key, width, blocks))?;
    matrix(py, out, blocks.len(), width)
}

#[pyfunction]
fn tag_pad<'py>(
    py: Python<'py>,
    tags: Matrix<'py, u8>,
    offsets: Vector<'py, i64>,
    capacity: usize,
) -> PyResult<Padded<'py>> {
    let (count, width) = tags.as_array().dim();
    let (tags, offsets) = (tags.as_slice()?, checked(offsets.as_slice()?, count, capacity)?);
    let random = random()?;
    let padded = threads::run(py, || tacit_okvs::pad(tags, width, &offsets, capacity, &random))?;
    let tags = padded.tags.into_pyarray(py).reshape([offsets.len() - 1, capacity, width])?;
    Ok((tags, padded.origins.into_pyarray(py)))
}

#[pyfunction]
fn tag_join<'py>(
    py: Python<'py>,
    tags: Matrix<'py, u8>,
    offsets: Vector<'py, i64>,
    peer: PyReadonlyArray3<'py, u8>,
) -> PyResult<Bound<'py, PyArray2<u32>>> {
    let (count, width) = tags.as_array().dim();
    let (bins, per_bin, peer_width) = peer.as_array().dim();
    let (tags, offsets) = (tags.as_slice()?, checked(offsets.as_slice()?, count, usize::MAX)?);
    if (bins, peer_width) != (offsets.len() - 1, width) {
        return Err(PyValueError::new_err(format!("peer must have shape ({}, m, {width})", offsets.len() - 1)));
    }
    let peer = peer.as_slice()?;
    let pairs = threads::run(py, || tacit_okvs::join(tags, &offsets, peer, per_bin, width))?;
    let rows = pairs.len();
    matrix(py, pairs.into_iter().flat_map(|(own, peer)| [own, peer]).collect(), rows, 2)
}

/// Offsets as positions; ValueError unless they ascend from 0 to `count` in steps of `capacity` at most.
fn checked(offsets: &[i64], count: usize, capacity: usize) -> PyResult<Vec<usize>> {
    let ends = offsets.first() == Some(&0) && offsets.last().is_some_and(|last| usize::try_from(*last) == Ok(count));
    if !ends || !offsets.is_sorted() {
        return Err(PyValueError::new_err("offsets must be bins + 1 ascending positions from 0 to the number of rows"));
    }
    let offsets: Vec<usize> = offsets.iter().map(|offset| *offset as usize).collect();
    match offsets.windows(2).position(|pair| pair[1] - pair[0] > capacity) {
        Some(bin) => Err(PyValueError::new_err(format!("bin {bin} holds more than {capacity}"))),
        None => Ok(offsets),
    }
}

/// A generator seeded by the operating system.
fn random() -> PyResult<Stream> {
    let mut seed = Zeroizing::new([0; 16]);
    getrandom::fill(&mut *seed).map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(Stream::new(&seed))
}
