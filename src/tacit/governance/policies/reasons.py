"""Why a use is refused, for the eyes of the owner: rule, columns, step, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tacit.governance.uses import Use
from tacit.schema.text import Text

_SHOWN = 8  # columns that a sentence names

_USES = {
    "read": Text("读取", "read"),
    "join_key": Text("用作关联键", "use as a join key"),
    "group_key": Text("用作分组", "use as groups"),
    "filter": Text("用作筛选条件", "use as a filter"),
    "aggregate": Text("聚合", "aggregate"),
    "feature": Text("用作特征", "use as a feature"),
    "label": Text("用作标签", "use as the label"),
    "score": Text("参与打分", "use in scores that are read"),
    "plaintext": Text("提供明文", "give in the clear"),
}
_WHY = {
    "policy.denied": Text("规则 {rule} 禁止", "the rule {rule} forbids it"),
    "policy.only": Text("不在规则 {rule} 允许的范围内", "it is not among what the rule {rule} allows"),
    "policy.level": Text(
        "该列的级别不允许，且没有例外（{rule}）", "its level does not allow it and no exception does ({rule})"
    ),
    "policy.group": Text("最小分组人数低于要求（{rule}）", "the smallest group may be too small ({rule})"),
    "policy.width": Text("可读得分中本方的列太少（{rule}）", "too few columns are mixed in a score ({rule})"),
    "policy.not_kept": Text("该算子无法保证规则 {rule} 的限制", "the operator cannot keep a bound of the rule {rule}"),
    "policy.noise_missing": Text(
        "结果未加噪声，规则 {rule} 要求噪声", "the rule {rule} asks for noise, and there is none"
    ),
    "policy.noise_too_small": Text("噪声小于规则 {rule} 的要求", "the noise is smaller than the rule {rule} asks for"),
    "policy.rows": Text("数据集行数超过规则 {rule} 的上限", "the dataset has more rows than the rule {rule} allows"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`rule`: its id, or "level:4" for a level default."""

    code: str
    rule: str
    dataset: str
    columns: tuple[str, ...]
    step: str
    operator: str
    use: str
    receivers: tuple[str, ...]
    text: Text


def reason(code: str, rule: str, dataset: str, use: Use, columns: Iterable[str]) -> Reason:
    """The reason for the columns of one use."""
    named = tuple(sorted(set(columns)))
    return Reason(
        code=code,
        rule=rule,
        dataset=dataset,
        columns=named,
        step=use.step,
        operator=use.operator,
        use=use.kind,
        receivers=use.receivers,
        text=_sentence(code, rule, dataset, use, named),
    )


def _sentence(code: str, rule: str, dataset: str, use: Use, columns: tuple[str, ...]) -> Text:
    more = len(columns) - _SHOWN
    listed = ", ".join(columns[:_SHOWN])
    kind, cause = _USES[use.kind], _WHY[code].format(rule=rule)
    zh_more, en_more = (f" 等 {len(columns)} 列", f" and {more} more") if more > 0 else ("", "")
    zh_to = f"（可读方：{'、'.join(use.receivers)}）" if use.receivers else ""
    en_to = f" (read by {', '.join(use.receivers)})" if use.receivers else ""
    function = f" {use.function}" if use.function else ""
    return Text(
        f"步骤 {use.step}：对 {dataset} 的列 {listed}{zh_more}{kind.zh}{function}{zh_to}：{cause.zh}。",
        f"Step {use.step}: {kind.en}{function} of {dataset}: {listed}{en_more}{en_to}: {cause.en}.",
    )
