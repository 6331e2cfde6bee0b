"""model.save and model.load of the native engine: a model and its preprocessing, kept together as one piece."""

from __future__ import annotations

from typing import Any

from tacit.algorithms.preprocess.transform import FORMAT, check_kind, read_transform
from tacit.engines.engine import StepCall
from tacit.errors import DataError
from tacit.schema.canonical import digest

KIND = "saved_model"


def run_save(call: StepCall) -> None:
    """Bundle this party's pieces and keep them under a name."""
    model = call.io.document("model")
    _check_model(model)
    transform = call.io.document("transform") if call.io.has_input("transform") else None
    if transform is not None:
        read_transform(transform)
    content = {"kind": KIND, "format": FORMAT, "model": model, "transform": transform}
    name = call.params["name"]
    version = call.io.save_model(name, {**content, "digest": digest(content)})
    report = {
        "kind": "model_saved",
        "name": name,
        "version": version,
        "model_kind": model["kind"],
        "model_id": model["model_id"],
        "transform_id": transform and transform["transform_id"],
    }
    call.io.put_document("report", report)


def run_load(call: StepCall) -> None:
    """Take the pieces apart again; `transform` is put only if one was saved with the model."""
    bundle = call.io.load_model(call.params["name"], call.params.get("version"))
    check_kind(bundle, KIND)
    content = {key: value for key, value in bundle.items() if key != "digest"}
    if set(content) != {"kind", "format", "model", "transform"} or bundle.get("digest") != digest(content):
        raise _damaged("content that does not fit its digest")
    _check_model(bundle["model"])
    call.io.put_document("model", bundle["model"])
    if bundle["transform"] is not None:
        read_transform(bundle["transform"])
        call.io.put_document("transform", bundle["transform"])


def _check_model(model: Any) -> None:
    """A model piece says what it is, and which model it belongs to."""
    kind = model.get("kind") if isinstance(model, dict) else None
    if not isinstance(kind, str) or kind in ("transform", KIND):
        raise DataError(
            "document.kind",
            "A document of a trained model is needed.",
            found=kind if isinstance(kind, str) else "a document without kind",
            expected="a model",
            hint="Connect the `model` output of a training step.",
        )
    check_kind(model, kind)
    if not isinstance(model.get("model_id"), str) or not model["model_id"]:
        raise _damaged("a model without its id")


def _damaged(found: str) -> DataError:
    return DataError(
        "document.damaged",
        "A saved model cannot be used.",
        found=found,
        hint="Load another version, or train the model again.",
    )
