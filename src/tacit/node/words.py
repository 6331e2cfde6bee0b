"""What the events of a job say to people, by code. Only codes travel between nodes; each node says them itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.schema.text import Text

_T = Text

WORDS: dict[str, Text] = {
    "job.submitted": _T("{party} 提交了任务", "{party} submitted the job"),
    "job.held": _T("{party} 的任务等待第二人审批", "at {party} the job waits for a second person"),
    "job.received": _T("{party} 收到任务，等待审批", "{party} received the job; it waits for approval"),
    "job.approved": _T("{party} 已批准", "{party} approved"),
    "job.rejected": _T("{party} 拒绝了任务：{code}", "{party} rejected the job: {code}"),
    "job.ready": _T("各方均已批准，合约已签署", "all parties approved; the agreement is signed"),
    "job.running": _T("任务开始运行", "the job runs"),
    "job.finished": _T("任务完成，凭证已由各方签署", "the job finished; all parties signed the receipt"),
    "job.failed": _T("任务失败：{peer} {code}", "the job failed: {code} at {peer}"),
    "job.cancelled": _T("{peer} 取消了任务", "{peer} cancelled the job"),
    "job.revoked": _T("任务已停止：{peer} 处{reason}", "the job was stopped: {reason} at {peer}"),
    "job.waiting": _T("正在等待 {peer}：{code}", "waiting for {peer}: {code}"),
    "job.resumed": _T("{peer} 恢复联系，任务继续", "{peer} is back; the job goes on"),
    "job.retried": _T("{party} 重试任务：已完成的步骤保留", "{party} retries the job; steps that are done stay done"),
    "job.recovered": _T("节点重启，任务继续", "the node was restarted; the job goes on"),
    "step.started": _T("步骤开始（第 {attempt} 次）", "the step starts (attempt {attempt})"),
    "step.succeeded": _T("{party} 完成步骤", "{party} finished the step"),
    "step.done": _T("步骤完成", "the step is done"),
    "step.failed": _T("{party} 的步骤失败：{code}", "the step failed at {party}: {code}"),
    "step.retry": _T("步骤将重试：{code}", "the step will be tried again: {code}"),
    "step.busy": _T("{peer} 没有空闲的工作进程，稍后重试", "{peer} has no free worker; trying again soon"),
}
REASONS: dict[str, Text] = {
    "agreement.terminated": _T("合约已终止", "the agreement was ended"),
    "agreement.amended": _T("合约已修订，不再涵盖此任务", "the agreement was amended and covers it no longer"),
    "agreement.expired": _T("合约已过期", "the agreement has expired"),
    "peer.terminated": _T("与某参与方的合约已终止", "the contract with a party was ended"),
    "dataset.removed": _T("数据集已移除或不再发布", "a dataset was removed or is published no longer"),
    "grant.revoked": _T("数据授权已撤销", "the grant of a dataset was revoked"),
    "policy.changed": _T("数据策略已变更", "a policy was changed"),
    "label.raised": _T("数据级别已上调", "the level of some data was raised"),
}
_UNKNOWN = _T("{event}", "{event}")
FIELDS = frozenset({"peer", "code", "attempt"})  # what the data of an event may hold


def say(event: str, party: str, data: Mapping[str, Any]) -> Text:
    """The sentence of an event. Unknown codes, as of a newer peer, are shown as they are."""
    values = {"peer": "?", "code": "?", "attempt": "?", **data, "party": party, "event": event}
    text = WORDS.get(event, _UNKNOWN)
    reason = REASONS.get(str(values["code"]), _T(str(values["code"]) or "?", str(values["code"]) or "?"))
    return Text(text.zh.format(**values, reason=reason.zh), text.en.format(**values, reason=reason.en))
