//! `tacit.kernel._native`: buffers in, arrays out, the GIL released in between. Not an API: `tacit.kernel` is.
//!
//! Shapes and types are checked by the Python face; what depends on values is checked here.
#![deny(unsafe_code)]

mod arrays;
mod bits;
mod blocks;
mod groups;
mod hashes;
mod keys;
mod ot;
mod ring;
mod stores;
mod threads;
mod vole;
mod weierstrass;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The native half of `tacit.kernel`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    tacit_cpu::level().map_err(PyImportError::new_err)?;
    module.add_function(wrap_pyfunction!(features, module)?)?;
    bits::register(module)?;
    blocks::register(module)?;
    groups::register(module)?;
    hashes::register(module)?;
    keys::register(module)?;
    ot::register(module)?;
    ring::register(module)?;
    stores::register(module)?;
    vole::register(module)?;
    weierstrass::register(module)?;
    threads::register(module)
}

/// Processor features found, the path chosen, threads.
#[pyfunction]
fn features(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let level = tacit_cpu::level().map_err(PyImportError::new_err)?;
    let cpu = PyDict::new(py);
    for (name, present) in tacit_cpu::features() {
        cpu.set_item(name, present)?;
    }
    let found = PyDict::new(py);
    found.set_item("cpu", cpu)?;
    found.set_item("best", tacit_cpu::best().name())?;
    found.set_item("path", level.name())?;
    found.set_item("group_backend", tacit_curve::backend(level))?;
    found.set_item("threads", threads::count())?;
    Ok(found)
}
