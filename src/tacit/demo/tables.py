"""The demo's tables: real patients from scikit-learn's bundled data, or generated customers with a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from tacit.schema.text import Text

_SEED = 20261120


@dataclass(frozen=True, slots=True)
class Offer:
    """What the feature party offers to its partners: a data product on its table."""

    name: str
    title: Text
    description: Text
    theme: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who holds what. `label_party` also proposes the job. `klass`: of the columns other than the key."""

    name: str
    flow: str  # file below flows/
    label_party: str
    feature_party: str
    dealer: str
    datasets: dict[str, str]  # party -> dataset name
    key: str
    label: str
    klass: str
    about: dict[str, Text]  # party -> what its table is
    offer: Offer

    @property
    def parties(self) -> tuple[str, ...]:
        return (self.label_party, self.feature_party, self.dealer)


HOSPITAL = Scenario(
    name="hospital",
    flow="breast_cancer.yaml",
    label_party="hospital",
    feature_party="lab",
    dealer="notary",
    datasets={"hospital": "patients", "lab": "tests"},
    key="patient_id",
    label="diagnosis",
    klass="personal.health",
    about={
        "hospital": Text("患者的诊断与十项测量", "Patients with their diagnosis and ten measurements"),
        "lab": Text("同一批标本的另外二十项测量", "Twenty further measurements of the same samples"),
    },
    offer=Offer(
        name="tissue-measurements",
        title=Text("肿块检验指标", "Measurements of tumour tissue"),
        description=Text(
            "乳腺肿块细针穿刺的二十项显微测量指标，每月更新。",
            "Twenty measurements under the microscope of breast tissue taken by fine needle, updated monthly.",
        ),
        theme=("医疗", "health"),
    ),
)
BANK = Scenario(
    name="bank",
    flow="bank_telecom.yaml",
    label_party="bank",
    feature_party="telecom",
    dealer="notary",
    datasets={"bank": "customers", "telecom": "usage"},
    key="customer_id",
    label="defaulted",
    klass="financial.credit",
    about={
        "bank": Text("借款客户的收入、负债与违约", "Borrowers with income, debt and defaults"),
        "telecom": Text("移动用户的消费与缴费", "Spending and bills of mobile customers"),
    },
    offer=Offer(
        name="mobile-usage",
        title=Text("移动用户消费与缴费", "Spending and bills of mobile customers"),
        description=Text(
            "月消费、逾期账单、在网时长与夜间使用比例，每月更新。",
            "Monthly spending, overdue bills, months with us and share of use at night, updated monthly.",
        ),
        theme=("电信", "telecom"),
    ),
)
SCENARIOS = {scenario.name: scenario for scenario in (HOSPITAL, BANK)}


def make_tables(scenario: Scenario) -> dict[str, pa.Table]:
    """Party -> its table. Each side is shuffled on its own, and each has rows that the other lacks."""
    return _patients() if scenario is HOSPITAL else _customers()


def write_tables(scenario: Scenario, folder: Path) -> dict[str, Path]:
    """Write the tables as CSV; party -> path."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for party, table in make_tables(scenario).items():
        paths[party] = folder / f"{party}.csv"
        pyarrow.csv.write_csv(table, paths[party])
    return paths


def _patients() -> dict[str, pa.Table]:
    """569 real patients: the hospital has the diagnosis and the ten means, the lab the other twenty measurements."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    names = [name.replace(" ", "_") for name in bunch.feature_names]
    columns = {name: bunch.data[:, i] for i, name in enumerate(names)}
    key = [f"P{10_000 + i}" for i in range(len(bunch.target))]
    hospital = {HOSPITAL.key: key, HOSPITAL.label: 1 - bunch.target, **{name: columns[name] for name in names[:10]}}
    lab = {HOSPITAL.key: key, **{name: columns[name] for name in names[10:]}}
    return {
        "hospital": _some_rows(pa.table(hospital), 0.97, seed=1),
        "lab": _some_rows(pa.table(lab), 0.96, seed=2),
    }


def _customers(count: int = 20_000) -> dict[str, pa.Table]:
    """Generated borrowers: some income figures at the bank, some usage figures at the telecom operator."""
    draw = np.random.default_rng(_SEED)
    hidden = draw.normal(size=(count, 3))
    income = np.exp(9 + 0.5 * hidden[:, 0] + 0.2 * draw.normal(size=count)).round(2)
    debt = np.clip(0.4 - 0.1 * hidden[:, 0] + 0.15 * draw.normal(size=count), 0, 2).round(4)
    age = np.clip(40 + 10 * hidden[:, 1] + 5 * draw.normal(size=count), 18, 90).astype(int)
    spend = np.exp(4 + 0.4 * hidden[:, 0] + 0.3 * draw.normal(size=count)).round(2)
    overdue = draw.poisson(np.exp(-1 - 0.9 * hidden[:, 2]))
    months = np.clip(48 + 20 * hidden[:, 1] + 12 * draw.normal(size=count), 1, 240).astype(int)
    night = np.clip(0.2 - 0.08 * hidden[:, 2] + 0.05 * draw.normal(size=count), 0, 1).round(4)
    logit = -1.6 - 1.1 * hidden[:, 2] - 0.7 * hidden[:, 0] + 2.0 * (debt - 0.4)
    defaulted = (draw.random(count) < 1 / (1 + np.exp(-logit))).astype(int)
    key = [f"1{39_0000_0000 + 7919 * i:010d}" for i in range(count)]
    bank = {BANK.key: key, BANK.label: defaulted, "age": age, "income": income, "debt_ratio": debt}
    telecom = {
        BANK.key: key,
        "monthly_spend": spend,
        "overdue_bills": overdue,
        "months_with_us": months,
        "night_share": night,
    }
    return {
        "bank": _some_rows(pa.table(bank), 0.9, seed=3),
        "telecom": _some_rows(pa.table(telecom), 0.85, seed=4),
    }


def _some_rows(table: pa.Table, share: float, *, seed: int) -> pa.Table:
    order = np.random.default_rng(_SEED + seed).permutation(table.num_rows)
    return table.take(pa.array(order[: int(share * table.num_rows)]))
