//! Correlated transfers: the state stays here, messages pass as bytes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyArithmeticError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tacit_block::Block;
use tacit_ot::{BaseReceiver, BaseSender, ColumnReceiver, ColumnSender, Error};
use zeroize::Zeroizing;

use crate::arrays::{Buffer, Vector, exactly};
use crate::blocks::{Blocks, level, returned};
use crate::threads;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<CotSender>()?;
    module.add_class::<CotReceiver>()
}

/// The Python error for one of the crate's.
pub fn raised(error: Error) -> PyErr {
    match error {
        Error::Message => PyValueError::new_err("the peer's message has the wrong length or does not decode"),
        Error::Count => PyValueError::new_err("that many cannot be made in this step"),
        Error::Check => PyArithmeticError::new_err("the consistency check failed"),
        Error::Randomness => PyOSError::new_err("the operating system gave no randomness"),
    }
}

/// The error for a method called before or after its time.
pub fn untimely() -> PyErr {
    PyRuntimeError::new_err("this step is not the next one")
}

/// Locks a state, whatever became of another thread that had it.
pub fn locked<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Random Δ, and the base receiver that chooses by its bits.
pub fn choose(py: Python<'_>, session: &Block) -> PyResult<(Zeroizing<Block>, BaseReceiver)> {
    let mut delta = Zeroizing::new([0; 16]);
    getrandom::fill(&mut *delta).map_err(|_| raised(Error::Randomness))?;
    let choices = u128::from_le_bytes(*delta);
    let base = threads::run(py, || BaseReceiver::new(choices, session))?.map_err(raised)?;
    Ok((delta, base))
}

enum Sender {
    Based(Zeroizing<Block>, BaseReceiver),
    Ready(ColumnSender),
    Gone,
}

/// The side of correlated transfers that has Δ.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct CotSender(Mutex<Sender>, Block);

#[pymethods]
impl CotSender {
    #[new]
    fn new(py: Python<'_>, session: &[u8]) -> PyResult<Self> {
        let session = exactly(session, "session")?;
        let (delta, base) = choose(py, &session)?;
        Ok(CotSender(Mutex::new(Sender::Based(delta, base)), session))
    }

    fn base_message<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.0) {
            Sender::Based(_, base) => Ok(PyBytes::new(py, base.answer())),
            _ => Err(untimely()),
        }
    }

    fn connect(&self, py: Python<'_>, offer: Buffer<'_>) -> PyResult<()> {
        let offer = offer.as_slice()?;
        threads::run_on(py, &self.0, |state| {
            if !matches!(state, Sender::Based(..)) {
                return Err(untimely());
            }
            let Sender::Based(delta, base) = std::mem::replace(state, Sender::Gone) else { return Err(untimely()) };
            let keys = base.finish(offer).map_err(raised)?;
            *state = Sender::Ready(ColumnSender::new(&self.1, &delta, &keys, 1, &[]).map_err(raised)?);
            Ok(())
        })?
    }

    fn extend<'py>(&self, py: Python<'py>, count: usize, message: Buffer<'py>, checked: bool) -> PyResult<Blocks<'py>> {
        let (message, level) = (message.as_slice()?, level()?);
        let made = threads::run_on(py, &self.0, |state| {
            let Sender::Ready(columns) = state else { return Err(untimely()) };
            let made = tacit_ot::extend_sender(columns, level, count, checked, message);
            if made.as_ref().err() == Some(&Error::Check) {
                *state = Sender::Gone;
            }
            made.map_err(raised)
        })?;
        let mut q = made?;
        q.truncate(count);
        returned(py, std::mem::take(&mut *q))
    }

    fn delta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.0) {
            Sender::Based(delta, _) => Ok(PyBytes::new(py, &**delta)),
            Sender::Ready(columns) => Ok(PyBytes::new(py, columns.delta())),
            Sender::Gone => Err(untimely()),
        }
    }
}

enum Receiver {
    Based(BaseSender),
    Ready(ColumnReceiver),
    Gone,
}

/// The side of correlated transfers that chooses.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct CotReceiver(Mutex<Receiver>, Block, [u8; tacit_ot::OFFER_BYTES]);

#[pymethods]
impl CotReceiver {
    #[new]
    fn new(session: &[u8]) -> PyResult<Self> {
        let session = exactly(session, "session")?;
        let (base, offer) = BaseSender::new(&session).map_err(raised)?;
        Ok(CotReceiver(Mutex::new(Receiver::Based(base)), session, offer))
    }

    fn base_message<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.2)
    }

    fn connect(&self, py: Python<'_>, answer: Buffer<'_>) -> PyResult<()> {
        let answer = answer.as_slice()?;
        threads::run_on(py, &self.0, |state| {
            if !matches!(state, Receiver::Based(..)) {
                return Err(untimely());
            }
            let Receiver::Based(base) = std::mem::replace(state, Receiver::Gone) else { return Err(untimely()) };
            let keys = base.finish(answer).map_err(raised)?;
            *state = Receiver::Ready(ColumnReceiver::new(&self.1, &keys, 1).0);
            Ok(())
        })?
    }

    fn extend<'py>(
        &self,
        py: Python<'py>,
        choices: Vector<'py, u8>,
        checked: bool,
    ) -> PyResult<(Bound<'py, PyBytes>, Blocks<'py>)> {
        let (choices, level) = (choices.as_slice()?, level()?);
        let made = threads::run_on(py, &self.0, |state| match state {
            Receiver::Ready(columns) => Some(tacit_ot::extend_receiver(columns, level, choices, checked)),
            _ => None,
        })?;
        let (mut t, message) = made.ok_or_else(untimely)?.map_err(raised)?;
        t.truncate(choices.len());
        Ok((PyBytes::new(py, &message), returned(py, std::mem::take(&mut *t))?))
    }
}
