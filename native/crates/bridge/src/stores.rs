//! Key-value stores in bins, tags and their join.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray3, PyReadwriteArray3};
use pyo3::exceptions::{PyArithmeticError, PyOSError, PyValueError};
use pyo3::prelude::*;
use tacit_block::{Block, Hash, Stream};
use tacit_okvs::{Bins, Failure, Found, Matcher, Shape, Tagger};
use zeroize::Zeroizing;

use crate::arrays::{Matrix, Vector, exactly, matrix};
use crate::blocks::{Blocks, level, returned, rows};
use crate::threads;

/// Keys, their old numbers, where bins begin.
type Partition<'py> = (Blocks<'py>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<i64>>);
/// Tags of all bins, and where each comes from.
type Padded<'py> = (Bound<'py, PyArray3<u8>>, Bound<'py, PyArray1<u32>>);

/// Own numbers and places of equal tags, and a bit for every place.
type Matched<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u8>>);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(bin_capacity, module)?)?;
    module.add_function(wrap_pyfunction!(bin_partition, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_shape, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_encode, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_encode_masked, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_decode, module)?)?;
    module.add_function(wrap_pyfunction!(okvs_decode_tags, module)?)?;
    module.add_function(wrap_pyfunction!(tag_hash, module)?)?;
    module.add_function(wrap_pyfunction!(tag_pad, module)?)?;
    module.add_function(wrap_pyfunction!(tag_join, module)?)?;
    module.add_function(wrap_pyfunction!(tag_match, module)?)
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
    made.map_err(unsolved)?.into_flattened().into_pyarray(py).reshape([bins, shape.entries(), 16])
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn okvs_encode_masked<'py>(
    py: Python<'py>,
    mut masks: PyReadwriteArray3<'py, u8>,
    keys: Matrix<'py, u8>,
    offsets: Vector<'py, i64>,
    capacity: usize,
    bits: f64,
    seed: &[u8],
    value_key: &[u8],
) -> PyResult<()> {
    let (keys, seed, level) = (rows(&keys)?, exactly(seed, "seed")?, level()?);
    let hash = Hash::new(&exactly(value_key, "value_key")?);
    let offsets = checked(offsets.as_slice()?, keys.len(), capacity)?;
    let shape = Shape::new(capacity, bits);
    if masks.as_array().dim() != (offsets.len() - 1, shape.entries(), 16) {
        return Err(PyValueError::new_err(format!("masks must have shape (bins, {}, 16)", shape.entries())));
    }
    let masks: &mut [Block] = masks.as_slice_mut()?.as_chunks_mut().0;
    let keys = Bins { keys, offsets: &offsets };
    threads::run(py, || tacit_okvs::encode_masked(level, &shape, &seed, keys, &hash, masks))?.map_err(unsolved)
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
    let vectors = stored(&vectors, offsets.len() - 1, &shape)?;
    let out = threads::run(py, || {
        let mut out = vec![[0; 16]; keys.len()];
        let keys = Bins { keys, offsets: &offsets };
        tacit_okvs::decode(level, &shape, &seed, keys, vectors, &mut out);
        out
    })?;
    returned(py, out)
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn okvs_decode_tags<'py>(
    py: Python<'py>,
    keys: Matrix<'py, u8>,
    vectors: PyReadonlyArray3<'py, u8>,
    offsets: Vector<'py, i64>,
    capacity: usize,
    bits: f64,
    seed: &[u8],
    tag_key: &[u8],
    width: usize,
) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let (keys, seed, level) = (rows(&keys)?, exactly(seed, "seed")?, level()?);
    let tagger = Tagger::new(&exactly(tag_key, "tag_key")?, width);
    let offsets = checked(offsets.as_slice()?, keys.len(), usize::MAX)?;
    let shape = Shape::new(capacity, bits);
    let vectors = stored(&vectors, offsets.len() - 1, &shape)?;
    let out = threads::run(py, || {
        let mut out = vec![0; keys.len() * width];
        let keys = Bins { keys, offsets: &offsets };
        tacit_okvs::decode_tags(level, &shape, &seed, keys, vectors, &tagger, &mut out);
        out
    })?;
    matrix(py, out, keys.len(), width)
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
    let found = matched(py, &tags, &offsets, &peer)?;
    let rows = found.own.len();
    matrix(py, found.own.into_iter().zip(found.places).flat_map(|(own, place)| [own, place]).collect(), rows, 2)
}

#[pyfunction]
fn tag_match<'py>(
    py: Python<'py>,
    tags: Matrix<'py, u8>,
    offsets: Vector<'py, i64>,
    peer: PyReadonlyArray3<'py, u8>,
) -> PyResult<Matched<'py>> {
    let found = matched(py, &tags, &offsets, &peer)?;
    Ok((found.own.into_pyarray(py), found.places.into_pyarray(py), found.bitmap.into_pyarray(py)))
}

fn matched(
    py: Python<'_>,
    tags: &Matrix<'_, u8>,
    offsets: &Vector<'_, i64>,
    peer: &PyReadonlyArray3<'_, u8>,
) -> PyResult<Found> {
    let (count, width) = tags.as_array().dim();
    let (bins, per_bin, peer_width) = peer.as_array().dim();
    let (own, offsets) = (tags.as_slice()?, checked(offsets.as_slice()?, count, tacit_okvs::MOST_KEYS)?);
    if (bins, peer_width) != (offsets.len() - 1, width) {
        return Err(PyValueError::new_err(format!("peer must have shape ({}, m, {width})", offsets.len() - 1)));
    }
    let peer = peer.as_slice()?;
    threads::run(py, || Matcher { own, offsets: &offsets, width }.find(peer, per_bin))
}

/// Vectors of a shape; ValueError if they are not.
fn stored<'a>(vectors: &'a PyReadonlyArray3<'_, u8>, bins: usize, shape: &Shape) -> PyResult<&'a [Block]> {
    if vectors.as_array().dim() != (bins, shape.entries(), 16) {
        return Err(PyValueError::new_err(format!("vectors must have shape (bins, {}, 16)", shape.entries())));
    }
    Ok(vectors.as_slice()?.as_chunks().0)
}

fn unsolved(failure: Failure) -> PyErr {
    PyArithmeticError::new_err(format!("bin {} has no solution under this seed, or a key twice", failure.0))
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
