//! The kernel's threads: one pool per process, made at first use, its size changeable.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Environment variable with the number of threads; otherwise all cores that this process may use.
const VARIABLE: &str = "TACIT_THREADS";

static POOL: RwLock<Option<Arc<ThreadPool>>> = RwLock::new(None);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(set_threads, module)?)
}

/// Threads that the kernel uses or would use.
pub fn count() -> usize {
    let pool = POOL.read().unwrap_or_else(PoisonError::into_inner).clone();
    pool.map_or_else(wanted, |pool| pool.current_num_threads())
}

/// Runs `work` in the pool, without the GIL.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = pool()?;
    Ok(py.detach(|| pool.install(work)))
}

/// `run` on a state that serves one caller at a time. The state is locked before the pool is entered: a thread of the
/// pool that waited for the lock could be one that its holder waits for, or the holder itself, which takes up other
/// work while it waits.
pub fn run_on<S: Send, T: Send>(
    py: Python<'_>,
    state: &Mutex<S>,
    work: impl FnOnce(&mut S) -> T + Send,
) -> PyResult<T> {
    let pool = pool()?;
    Ok(py.detach(|| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        pool.install(|| work(state))
    }))
}

#[pyfunction]
fn set_threads(count: usize) -> PyResult<()> {
    if count == 0 {
        return Err(PyValueError::new_err("count must be at least 1"));
    }
    let pool = build(count)?;
    *POOL.write().unwrap_or_else(PoisonError::into_inner) = Some(pool);
    Ok(())
}

fn pool() -> PyResult<Arc<ThreadPool>> {
    if let Some(pool) = POOL.read().unwrap_or_else(PoisonError::into_inner).clone() {
        return Ok(pool);
    }
    let mut place = POOL.write().unwrap_or_else(PoisonError::into_inner);
    if place.is_none() {
        *place = Some(build(wanted())?);
    }
    place.clone().ok_or_else(|| PyRuntimeError::new_err("the kernel has no threads"))
}

fn wanted() -> usize {
    let told = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).filter(|count| *count > 0);
    told.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn build(count: usize) -> PyResult<Arc<ThreadPool>> {
    let pool = ThreadPoolBuilder::new().num_threads(count).thread_name(|index| format!("tacit-kernel-{index}")).build();
    pool.map(Arc::new).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
