//! Vector oblivious linear evaluation: the state stays here, messages pass as bytes.

use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tacit_block::Block;
use tacit_ot::{BaseReceiver, BaseSender};
use tacit_vole::{Code, Parameters, Request, SETS};
use zeroize::Zeroizing;

use crate::arrays::{Buffer, Matrix, exactly};
use crate::blocks::{Blocks, level, returned, rows};
use crate::ot::{choose, locked, raised, untimely};
use crate::threads;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<VoleSender>()?;
    module.add_class::<VoleReceiver>()?;
    module.add_function(wrap_pyfunction!(vole_compress, module)?)?;
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

/// The expand-convolute code on a vector of twice `outputs` blocks.
#[pyfunction]
fn vole_compress<'py>(py: Python<'py>, blocks: Matrix<'py, u8>, weight: usize, seed: &[u8]) -> PyResult<Blocks<'py>> {
    let (blocks, seed, level) = (rows(&blocks)?, exactly(seed, "seed")?, level()?);
    let out = threads::run(py, || {
        let code = Code::new(blocks.len() / 2, weight, &seed);
        let (lower, upper) = blocks.split_at(code.outputs());
        let mut values: Vec<u128> = upper.iter().map(|block| u128::from_le_bytes(*block)).collect();
        let mut out = lower.to_vec();
        code.convolve(level, &mut values);
        code.expand(&values, &mut out);
        out
    })?;
    returned(py, out)
}

fn named(name: &str) -> PyResult<&'static Parameters> {
    Parameters::named(name).ok_or_else(|| PyValueError::new_err("there is no such parameter set"))
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
    state: Mutex<Sender>,
}

#[pymethods]
impl VoleSender {
    #[new]
    fn new(session: &[u8], parameters: &str) -> PyResult<Self> {
        let session = exactly(session, "session")?;
        let parameters = named(parameters)?;
        let (delta, base) = choose(&session)?;
        Ok(VoleSender { parameters, session, state: Mutex::new(Sender::Based(delta, base)) })
    }

    fn base_message<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match &*locked(&self.state) {
            Sender::Based(_, base) => Ok(PyBytes::new(py, base.answer())),
            _ => Err(untimely()),
        }
    }

    fn connect(&self, py: Python<'_>, offer: Buffer<'_>, start: Buffer<'_>) -> PyResult<()> {
        let (offer, start, level) = (offer.as_slice()?, start.as_slice()?, level()?);
        threads::run(py, || {
            let mut state = locked(&self.state);
            if !matches!(*state, Sender::Based(..)) {
                return Err(untimely());
            }
            let Sender::Based(delta, base) = std::mem::replace(&mut *state, Sender::Gone) else {
                return Err(untimely());
            };
            let keys = base.finish(offer).map_err(raised)?;
            let sender = tacit_vole::VoleSender::new(level, self.parameters, &self.session, &delta, &keys, start);
            *state = Sender::Ready(Box::new(sender.map_err(raised)?));
            Ok(())
        })?
    }

    fn extend<'py>(
        &self,
        py: Python<'py>,
        blocks: usize,
        message: Buffer<'py>,
    ) -> PyResult<(Bound<'py, PyBytes>, Blocks<'py>)> {
        let message = message.as_slice()?;
        let made = threads::run(py, || match &mut *locked(&self.state) {
            Sender::Ready(sender) => Some(sender.extend(blocks, message)),
            _ => None,
        })?;
        let extended = made.ok_or_else(untimely)?.map_err(raised)?;
        Ok((PyBytes::new(py, &extended.reply), returned(py, extended.outputs)?))
    }

    fn corrected<'py>(&self, py: Python<'py>, x: Matrix<'py, u8>, b: Matrix<'py, u8>) -> PyResult<Blocks<'py>> {
        let (x, b) = (rows(&x)?, rows(&b)?);
        if x.len() != b.len() {
            return Err(PyValueError::new_err("x and b must have equally many rows"));
        }
        let made = threads::run(py, || match &*locked(&self.state) {
            Sender::Ready(sender) => Some(sender.corrected(x, b)),
            _ => None,
        })?;
        returned(py, made.ok_or_else(untimely)?)
    }
}

enum Receiver {
    Based(BaseSender),
    Ready(Box<tacit_vole::VoleReceiver>),
    Asked(Box<tacit_vole::VoleReceiver>, Request),
    Gone,
}

/// The side with A and C.
#[pyclass(frozen, module = "tacit.kernel._native")]
struct VoleReceiver {
    parameters: &'static Parameters,
    session: Block,
    offer: [u8; tacit_ot::OFFER_BYTES],
    state: Mutex<Receiver>,
}

#[pymethods]
impl VoleReceiver {
    #[new]
    fn new(session: &[u8], parameters: &str) -> PyResult<Self> {
        let session = exactly(session, "session")?;
        let parameters = named(parameters)?;
        let (base, offer) = BaseSender::new(&session).map_err(raised)?;
        Ok(VoleReceiver { parameters, session, offer, state: Mutex::new(Receiver::Based(base)) })
    }

    fn base_message<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.offer)
    }

    fn connect<'py>(&self, py: Python<'py>, answer: Buffer<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let (answer, level) = (answer.as_slice()?, level()?);
        let start = threads::run(py, || {
            let mut state = locked(&self.state);
            if !matches!(*state, Receiver::Based(..)) {
                return Err(untimely());
            }
            let Receiver::Based(base) = std::mem::replace(&mut *state, Receiver::Gone) else {
                return Err(untimely());
            };
            let keys = base.finish(answer).map_err(raised)?;
            let (receiver, start) =
                tacit_vole::VoleReceiver::new(level, self.parameters, &self.session, &keys).map_err(raised)?;
            *state = Receiver::Ready(Box::new(receiver));
            Ok(start)
        })??;
        Ok(PyBytes::new(py, &start))
    }

    fn request<'py>(&self, py: Python<'py>, blocks: usize) -> PyResult<Bound<'py, PyBytes>> {
        let message = threads::run(py, || {
            let mut state = locked(&self.state);
            match std::mem::replace(&mut *state, Receiver::Gone) {
                Receiver::Ready(mut receiver) => {
                    let request = receiver.request(blocks).map_err(raised);
                    match request {
                        Ok(request) => {
                            let message = request.message.clone();
                            *state = Receiver::Asked(receiver, request);
                            Ok(message)
                        }
                        Err(error) => {
                            *state = Receiver::Ready(receiver);
                            Err(error)
                        }
                    }
                }
                other => {
                    *state = other;
                    Err(untimely())
                }
            }
        })??;
        Ok(PyBytes::new(py, &message))
    }

    fn finish<'py>(&self, py: Python<'py>, reply: Buffer<'py>) -> PyResult<(Blocks<'py>, Blocks<'py>)> {
        let reply = reply.as_slice()?;
        let [a, c] = threads::run(py, || {
            let mut state = locked(&self.state);
            if !matches!(*state, Receiver::Asked(..)) {
                return Err(untimely());
            }
            let Receiver::Asked(mut receiver, request) = std::mem::replace(&mut *state, Receiver::Gone) else {
                return Err(untimely());
            };
            let made = receiver.finish(request, reply).map_err(raised)?;
            *state = Receiver::Ready(receiver);
            Ok(made)
        })??;
        Ok((returned(py, a)?, returned(py, c)?))
    }
}
