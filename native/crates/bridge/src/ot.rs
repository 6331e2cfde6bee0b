//! Correlated transfers: the state stays here, messages pass as bytes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyArithmeticError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tacit_block::Block;
use tacit_ot::{BaseReceiver, BaseSender, Error, Received};
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
pub fn choose(session: &Block) -> PyResult<(Zeroizing<Block>, BaseReceiver)> {
    let mut delta = Zeroizing::new([0; 16]);
    getrandom::fill(&mut *delta).map_err(|_| raised(Error::Randomness))?;
    let base = BaseReceiver::new(u128::from_le_bytes(*delta), session).map_err(raised)?;
    Ok((delta, base))
}

enum Sender {
    Based(Zeroizing<Block>, BaseReceiver),
    Ready(tacit_ot::CotSender),
    Unchecked(tacit_ot::CotSender, Zeroizing<Vec<Block>>),
    Gone,
}

/// The side of correlated transfers that has Δ.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct CotSender(Mutex<Sender>);

#[pymethods]
impl CotSender {
    #[new]
    fn new(session: &[u8]) -> PyResult<Self> {
        let (delta, base) = choose(&exactly(session, "session")?)?;
        Ok(CotSender(Mutex::new(Sender::Based(delta, base))))
    }

    fn base_message<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.0) {
            Sender::Based(_, base) => Ok(PyBytes::new(py, base.answer())),
            _ => Err(untimely()),
        }
    }

    fn connect(&self, offer: Buffer<'_>) -> PyResult<()> {
        let mut state = locked(&self.0);
        if !matches!(*state, Sender::Based(..)) {
            return Err(untimely());
        }
        let Sender::Based(delta, base) = std::mem::replace(&mut *state, Sender::Gone) else { return Err(untimely()) };
        let keys = base.finish(offer.as_slice()?).map_err(raised)?;
        *state = Sender::Ready(tacit_ot::CotSender::new(&delta, &keys));
        Ok(())
    }

    fn extend<'py>(&self, py: Python<'py>, count: usize, message: Buffer<'py>) -> PyResult<Blocks<'py>> {
        let message = message.as_slice()?;
        let made = threads::run(py, || match &mut *locked(&self.0) {
            Sender::Ready(sender) => Some(sender.extend(count, false, message)),
            _ => None,
        })?;
        let mut q = made.ok_or_else(untimely)?.map_err(raised)?;
        q.truncate(count);
        returned(py, std::mem::take(&mut *q))
    }

    fn extend_checked(&self, py: Python<'_>, count: usize, message: Buffer<'_>) -> PyResult<()> {
        let message = message.as_slice()?;
        threads::run(py, || {
            let mut state = locked(&self.0);
            if !matches!(*state, Sender::Ready(..)) {
                return Err(untimely());
            }
            let Sender::Ready(mut sender) = std::mem::replace(&mut *state, Sender::Gone) else {
                return Err(untimely());
            };
            let q = sender.extend(count, true, message).map_err(raised)?;
            *state = Sender::Unchecked(sender, q);
            Ok(())
        })?
    }

    fn check<'py>(&self, py: Python<'py>, count: usize, weights: &[u8], answer: Buffer<'py>) -> PyResult<Blocks<'py>> {
        let (weights, answer, level) = (exactly(weights, "weights")?, answer.as_slice()?, level()?);
        let mut state = locked(&self.0);
        if !matches!(*state, Sender::Unchecked(..)) {
            return Err(untimely());
        }
        let Sender::Unchecked(sender, mut q) = std::mem::replace(&mut *state, Sender::Gone) else {
            return Err(untimely());
        };
        sender.check(level, &mut q, &weights, answer).map_err(raised)?;
        *state = Sender::Ready(sender);
        q.truncate(count);
        returned(py, std::mem::take(&mut *q))
    }

    fn delta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.0) {
            Sender::Based(delta, _) => Ok(PyBytes::new(py, &**delta)),
            Sender::Ready(sender) | Sender::Unchecked(sender, _) => Ok(PyBytes::new(py, sender.delta())),
            Sender::Gone => Err(untimely()),
        }
    }
}

enum Receiver {
    Based(BaseSender),
    Ready(tacit_ot::CotReceiver),
    Unchecked(tacit_ot::CotReceiver, Received, usize),
    Gone,
}

/// The side of correlated transfers that chooses.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct CotReceiver(Mutex<Receiver>, [u8; tacit_ot::OFFER_BYTES]);

#[pymethods]
impl CotReceiver {
    #[new]
    fn new(session: &[u8]) -> PyResult<Self> {
        let (base, offer) = BaseSender::new(&exactly(session, "session")?).map_err(raised)?;
        Ok(CotReceiver(Mutex::new(Receiver::Based(base)), offer))
    }

    fn base_message<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.1)
    }

    fn connect(&self, answer: Buffer<'_>) -> PyResult<()> {
        let mut state = locked(&self.0);
        if !matches!(*state, Receiver::Based(..)) {
            return Err(untimely());
        }
        let Receiver::Based(base) = std::mem::replace(&mut *state, Receiver::Gone) else { return Err(untimely()) };
        let keys = base.finish(answer.as_slice()?).map_err(raised)?;
        *state = Receiver::Ready(tacit_ot::CotReceiver::new(&keys));
        Ok(())
    }

    fn extend<'py>(&self, py: Python<'py>, choices: Vector<'py, u8>) -> PyResult<(Bound<'py, PyBytes>, Blocks<'py>)> {
        let choices = choices.as_slice()?;
        let made = threads::run(py, || match &mut *locked(&self.0) {
            Receiver::Ready(receiver) => Some(receiver.extend(choices, false)),
            _ => None,
        })?;
        let (mut received, message) = made.ok_or_else(untimely)?.map_err(raised)?;
        received.blocks.truncate(choices.len());
        Ok((PyBytes::new(py, &message), returned(py, std::mem::take(&mut *received.blocks))?))
    }

    fn extend_checked<'py>(&self, py: Python<'py>, choices: Vector<'py, u8>) -> PyResult<Bound<'py, PyBytes>> {
        let choices = choices.as_slice()?;
        let message = threads::run(py, || {
            let mut state = locked(&self.0);
            if !matches!(*state, Receiver::Ready(..)) {
                return Err(untimely());
            }
            let Receiver::Ready(mut receiver) = std::mem::replace(&mut *state, Receiver::Gone) else {
                return Err(untimely());
            };
            let (received, message) = receiver.extend(choices, true).map_err(raised)?;
            *state = Receiver::Unchecked(receiver, received, choices.len());
            Ok(message)
        })??;
        Ok(PyBytes::new(py, &message))
    }

    fn check<'py>(&self, py: Python<'py>, weights: &[u8]) -> PyResult<(Bound<'py, PyBytes>, Blocks<'py>)> {
        let (weights, level) = (exactly(weights, "weights")?, level()?);
        let mut state = locked(&self.0);
        if !matches!(*state, Receiver::Unchecked(..)) {
            return Err(untimely());
        }
        let Receiver::Unchecked(receiver, mut received, count) = std::mem::replace(&mut *state, Receiver::Gone) else {
            return Err(untimely());
        };
        let answer = receiver.check(level, &mut received, &weights);
        *state = Receiver::Ready(receiver);
        received.blocks.truncate(count);
        Ok((PyBytes::new(py, &answer), returned(py, std::mem::take(&mut *received.blocks))?))
    }
}
