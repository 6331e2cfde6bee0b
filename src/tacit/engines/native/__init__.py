"""The native engine: Tacit's own algorithms behind the door that every engine uses."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from tacit.engines.engine import Engine, StepCall, StepFunction
from tacit.errors import FlowError

_STEPS: dict[str, tuple[str, str]] = {  # operator -> (version, "module:function" below this package)
    "dataset.read": ("1", "dataset:run_read"),
    "table.profile": ("1", "table:run_profile"),
    "table.split": ("1", "table:run_split"),
    "preprocess.fit": ("1", "preprocess:run_fit"),
    "preprocess.apply": ("1", "preprocess:run_apply"),
    "psi": ("1", "psi:run_psi"),
    "psi.many": ("1", "psi_many:run_many"),
    "stats.joint": ("1", "stats:run_joint"),
    "logistic_regression.train": ("1", "logistic_regression:run_train"),
    "logistic_regression.predict": ("1", "logistic_regression:run_predict"),
    "evaluation.binary": ("1", "evaluation:run_binary"),
    "model.save": ("1", "model:run_save"),
    "model.load": ("1", "model:run_load"),
}


class NativeEngine:
    """Finds the function of an operator on first use, so that a worker loads only what it runs."""

    name = "native"
    version = "1"

    def operators(self) -> Mapping[str, str]:
        return {operator: version for operator, (version, _) in _STEPS.items()}

    def run(self, call: StepCall) -> None:
        _function_of(call.operator, call.version)(call)


def engine() -> Engine:
    """Entry point of `tacit.engines`."""
    return NativeEngine()


def modules() -> list[str]:
    """The modules that hold the steps, for a process that wants them loaded beforehand."""
    return sorted({f"{__name__}.{place.partition(':')[0]}" for _, place in _STEPS.values()})


def _function_of(operator: str, version: str) -> StepFunction:
    known = _STEPS.get(operator)
    if known is None or known[0] != version:
        raise FlowError(
            "engine.cannot_run",
            f"The native engine does not run {operator} version {version}.",
            expected=f"version {known[0]}" if known else "an operator listed by `tacit operator list`",
            hint="Bring all nodes to the same release of Tacit.",
        )
    module, function = known[1].split(":")
    step: StepFunction = getattr(import_module(f"{__name__}.{module}"), function)
    return step
