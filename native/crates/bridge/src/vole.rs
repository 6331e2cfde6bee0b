//! Vector oblivious linear evaluation: the state stays here, messages pass as bytes.

use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tacit_block::Block;
use tacit_ot::{BaseReceiver, BaseSender, Error};
use tacit_vole::{Code, Parameters, SETS};
use zeroize::Zeroizing;

use crate::arrays::{Buffer, Matrix, Writable, exactly};
use crate::blocks::{Blocks, level, returned, rows, rows_mut};
use crate::ot::{choose, locked, raised, untimely};
use crate::threads;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<VoleSender>()?;
    module.add_class::<VoleReceiver>()?;
    module.add_function(wrap_pyfunction!(vole_compress, module)?)?;
    module.add_function(wrap_pyfunction!(vole_start_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(vole_request_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(vole_reply_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(vole_sets, module)?)
}

/// Name → public numbers of every parameter set.
#[pyfunction]
fn vole_sets(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    for set in SETS {
        let numbers = PyDict::new(py);
        numbers.set_item("outputs", set.outputs)?;
        numbers.set_item("noise", set.noise)?;
        numbers.set_item("weight", set.weight)?;
        numbers.set_item("depth", set.depth())?;
        numbers.set_item("batch_limit", tacit_vole::BATCH_LIMIT)?;
        all.set_item(set.name, numbers)?;
    }
    Ok(all)
}

/// Bytes of the receiver's first message of a set.
#[pyfunction]
fn vole_start_bytes(parameters: &str, first: usize, malicious: bool) -> PyResult<usize> {
    Ok(named(parameters)?.start_bytes(steps(first)?, malicious))
}

/// Bytes of the receiver's request for so many blocks of a set.
#[pyfunction]
fn vole_request_bytes(parameters: &str, blocks: usize, malicious: bool) -> PyResult<usize> {
    Ok(named(parameters)?.request_bytes(blocks, malicious))
}

/// Bytes of the sender's reply for so many blocks of a set.
#[pyfunction]
fn vole_reply_bytes(parameters: &str, blocks: usize) -> PyResult<usize> {
    Ok(named(parameters)?.reply_bytes(blocks))
}

/// The expand-convolute code on a vector of twice `outputs` blocks.
#[pyfunction]
fn vole_compress<'py>(py: Python<'py>, blocks: Matrix<'py, u8>, weight: usize, seed: &[u8]) -> PyResult<Blocks<'py>> {
    let (blocks, seed, level) = (rows(&blocks)?, exactly(seed, "seed")?, level()?);
    let out = threads::run(py, || {
        let code = Code::new(blocks.len() / 2, weight, &seed);
        let mut values: Vec<u128> = blocks.iter().map(|block| u128::from_le_bytes(*block)).collect();
        let (out, upper) = values.split_at_mut(code.outputs());
        code.convolve(level, upper);
        code.expand(level, upper, 0, out);
        out.iter().map(|value| value.to_le_bytes()).collect()
    })?;
    returned(py, out)
}

fn named(name: &str) -> PyResult<&'static Parameters> {
    Parameters::named(name).ok_or_else(|| PyValueError::new_err("there is no such parameter set"))
}

/// Blocks that the first base correlations are for.
fn steps(first: usize) -> PyResult<usize> {
    let limit = tacit_vole::BATCH_LIMIT;
    let allowed = (1..=limit).contains(&first).then_some(first);
    allowed.ok_or_else(|| PyValueError::new_err(format!("first must be in 1..{limit}")))
}

enum Sender {
    Based(Zeroizing<Block>, BaseReceiver),
    Ready(Box<tacit_vole::VoleSender>),
    Gone,
}

/// The side with Δ and B.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct VoleSender {
    parameters: &'static Parameters,
    session: Block,
    first: usize,
    malicious: bool,
    state: Mutex<Sender>,
}

impl VoleSender {
    /// Does a step; one that fails a check leaves nothing to go on with.
    fn step<T: Send>(
        &self,
        py: Python<'_>,
        step: impl FnOnce(&mut tacit_vole::VoleSender) -> Result<T, Error> + Send,
    ) -> PyResult<T> {
        threads::run_on(py, &self.state, |state| {
            let Sender::Ready(sender) = state else { return Err(untimely()) };
            let made = step(sender);
            if made.as_ref().err() == Some(&Error::Check) {
                *state = Sender::Gone;
            }
            made.map_err(raised)
        })?
    }
}

#[pymethods]
impl VoleSender {
    #[new]
    fn new(py: Python<'_>, session: &[u8], parameters: &str, first: usize, malicious: bool) -> PyResult<Self> {
        let (session, parameters, first) = (exactly(session, "session")?, named(parameters)?, steps(first)?);
        let (delta, base) = choose(py, &session)?;
        Ok(VoleSender { parameters, session, first, malicious, state: Mutex::new(Sender::Based(delta, base)) })
    }

    fn base_message<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.state) {
            Sender::Based(_, base) => Ok(PyBytes::new(py, base.answer())),
            _ => Err(untimely()),
        }
    }

    fn connect(&self, py: Python<'_>, offer: Buffer<'_>, start: Buffer<'_>) -> PyResult<()> {
        let (offer, start, level) = (offer.as_slice()?, start.as_slice()?, level()?);
        threads::run_on(py, &self.state, |state| {
            if !matches!(state, Sender::Based(..)) {
                return Err(untimely());
            }
            let Sender::Based(delta, base) = std::mem::replace(state, Sender::Gone) else {
                return Err(untimely());
            };
            let keys = base.finish(offer).map_err(raised)?;
            let (set, session) = (self.parameters, &self.session);
            let sender =
                tacit_vole::VoleSender::new(level, set, session, &delta, &keys, start, self.first, self.malicious);
            *state = Sender::Ready(Box::new(sender.map_err(raised)?));
            Ok(())
        })?
    }

    fn length(&self, py: Python<'_>, blocks: usize) -> PyResult<usize> {
        self.step(py, |sender| sender.length(blocks))
    }

    fn extend<'py>(
        &self,
        py: Python<'py>,
        blocks: usize,
        message: Buffer<'py>,
        mut out: Writable<'py, u8>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (message, out) = (message.as_slice()?, rows_mut(&mut out)?);
        Ok(PyBytes::new(py, &self.step(py, |sender| sender.extend(blocks, message, out))?))
    }

    fn prove<'py>(&self, py: Python<'py>, challenge: Buffer<'py>, b: Matrix<'py, u8>) -> PyResult<Bound<'py, PyBytes>> {
        let (challenge, b) = (challenge.as_slice()?, rows(&b)?);
        Ok(PyBytes::new(py, &self.step(py, |sender| sender.prove(challenge, b))?))
    }

    fn correct(&self, py: Python<'_>, x: Matrix<'_, u8>, mut out: Writable<'_, u8>) -> PyResult<()> {
        let (x, out) = (rows(&x)?, rows_mut(&mut out)?);
        if x.len() != out.len() {
            return Err(PyValueError::new_err("x and b must have equally many rows"));
        }
        self.step(py, |sender| {
            sender.correct(x, out);
            Ok(())
        })
    }
}

enum Receiver {
    Based(BaseSender),
    Ready(Box<tacit_vole::VoleReceiver>),
    Gone,
}

/// The side with A and C.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct VoleReceiver {
    parameters: &'static Parameters,
    session: Block,
    first: usize,
    malicious: bool,
    offer: [u8; tacit_ot::OFFER_BYTES],
    state: Mutex<Receiver>,
}

impl VoleReceiver {
    /// As `VoleSender::step`.
    fn step<T: Send>(
        &self,
        py: Python<'_>,
        step: impl FnOnce(&mut tacit_vole::VoleReceiver) -> Result<T, Error> + Send,
    ) -> PyResult<T> {
        threads::run_on(py, &self.state, |state| {
            let Receiver::Ready(receiver) = state else { return Err(untimely()) };
            let made = step(receiver);
            if matches!(made, Err(Error::Check | Error::Message)) {
                *state = Receiver::Gone;
            }
            made.map_err(raised)
        })?
    }
}

#[pymethods]
impl VoleReceiver {
    #[new]
    fn new(session: &[u8], parameters: &str, first: usize, malicious: bool) -> PyResult<Self> {
        let (session, parameters, first) = (exactly(session, "session")?, named(parameters)?, steps(first)?);
        let (base, offer) = BaseSender::new(&session).map_err(raised)?;
        Ok(VoleReceiver { parameters, session, first, malicious, offer, state: Mutex::new(Receiver::Based(base)) })
    }

    fn base_message<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.offer)
    }

    fn connect<'py>(&self, py: Python<'py>, answer: Buffer<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let (answer, level) = (answer.as_slice()?, level()?);
        let start = threads::run_on(py, &self.state, |state| {
            if !matches!(state, Receiver::Based(..)) {
                return Err(untimely());
            }
            let Receiver::Based(base) = std::mem::replace(state, Receiver::Gone) else {
                return Err(untimely());
            };
            let keys = base.finish(answer).map_err(raised)?;
            let (set, session) = (self.parameters, &self.session);
            let made = tacit_vole::VoleReceiver::new(level, set, session, &keys, self.first, self.malicious);
            let (receiver, start) = made.map_err(raised)?;
            *state = Receiver::Ready(Box::new(receiver));
            Ok(start)
        })??;
        Ok(PyBytes::new(py, &start))
    }

    fn ready(&self, py: Python<'_>) -> PyResult<usize> {
        self.step(py, |receiver| Ok(receiver.ready()))
    }

    fn request<'py>(&self, py: Python<'py>, blocks: usize) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.step(py, |receiver| receiver.request(blocks))?))
    }

    fn length(&self, py: Python<'_>) -> PyResult<usize> {
        let made = self.step(py, |receiver| Ok(receiver.length()))?;
        made.map_err(|_| untimely())
    }

    fn finish(
        &self,
        py: Python<'_>,
        reply: Buffer<'_>,
        mut a: Writable<'_, u8>,
        mut c: Writable<'_, u8>,
    ) -> PyResult<()> {
        let (reply, a, c) = (reply.as_slice()?, rows_mut(&mut a)?, rows_mut(&mut c)?);
        self.step(py, |receiver| receiver.finish(reply, [a, c]))
    }

    fn challenge<'py>(
        &self,
        py: Python<'py>,
        reply: Buffer<'py>,
        mut a: Writable<'py, u8>,
        mut c: Writable<'py, u8>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (reply, a, c) = (reply.as_slice()?, rows_mut(&mut a)?, rows_mut(&mut c)?);
        Ok(PyBytes::new(py, &self.step(py, |receiver| receiver.challenge(reply, [a, c]))?))
    }

    fn verify(&self, py: Python<'_>, proof: Buffer<'_>) -> PyResult<()> {
        let proof = proof.as_slice()?;
        self.step(py, |receiver| receiver.verify(proof))
    }
}
