"""What the label's owner reaches alone, and what pooling everything in the clear would reach: only a demo may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tacit.demo.tables import Scenario

_SEED = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """Areas under the ROC curve on the same test rows."""

    alone: float
    pooled: float


def expect_baseline(scenario: Scenario, tables: dict[str, pa.Table], l2: float) -> Baseline:
    """Before anybody has trained: tested on a quarter of the common rows, drawn here with a fixed seed."""
    first, second = ({str(key) for key in table.column(scenario.key).to_pylist()} for table in tables.values())
    keys = sorted(first & second)
    drawn = np.random.default_rng(_SEED).permutation(len(keys))[: len(keys) // 4]
    return measure_baseline(scenario, tables, {keys[i] for i in drawn}, l2)


def measure_baseline(scenario: Scenario, tables: dict[str, pa.Table], test_keys: set[str], l2: float) -> Baseline:
    """scikit-learn's logistic regression with the same penalty, trained on the same rows as the secure one."""
    first = tables[scenario.label_party].to_pandas().astype({scenario.key: str}).set_index(scenario.key)
    second = tables[scenario.feature_party].to_pandas().astype({scenario.key: str}).set_index(scenario.key)
    shared = first.join(second, how="inner")
    is_test = shared.index.isin(test_keys)
    own = [name for name in first.columns if name != scenario.label]
    everything = [name for name in shared.columns if name != scenario.label]

    def area(columns: list[str]) -> float:
        return _area(shared[columns].to_numpy(float), shared[scenario.label].to_numpy(), is_test, l2)

    return Baseline(alone=area(own), pooled=area(everything))


def _area(features: Any, label: Any, is_test: np.ndarray[Any, np.dtype[np.bool_]], l2: float) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    inverse = 1 / (l2 * int((~is_test).sum()))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=inverse, max_iter=5000))
    model.fit(features[~is_test], label[~is_test])
    return float(roc_auc_score(label[is_test], model.predict_proba(features[is_test])[:, 1]))
