"""Who may do what at a node: roles, actions, and which role has which action. Pure; `tacit.node.access` enforces it.

Separation of duties: nobody approves what they asked for (`tacit.governance.inbox`); an auditor reads everything and
changes nothing; an operator keeps the node running and sees neither datasets' rows nor results; an API key does only
what its scopes name, and never manages people. Source: NIST RBAC (ANSI INCITS 359-2012), separation of duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tacit.errors import ParameterError

ADMIN, OWNER, SCIENTIST = "administrator", "data_owner", "data_scientist"
COMPLIANCE, OPERATOR, AUDITOR, CLIENT = "compliance_officer", "operator", "auditor", "api_client"
LOCAL_ROLE = "local"  # whoever can read the node's token file; not given to anybody else

ROLES: dict[str, dict[str, str]] = {
    ADMIN: {"zh": "管理员", "en": "administrator"},
    OWNER: {"zh": "数据负责人", "en": "data owner"},
    SCIENTIST: {"zh": "数据分析人员", "en": "data scientist"},
    COMPLIANCE: {"zh": "合规人员", "en": "compliance officer"},
    OPERATOR: {"zh": "运维人员", "en": "operator"},
    AUDITOR: {"zh": "审计人员", "en": "auditor"},
    CLIENT: {"zh": "接口调用方", "en": "API client"},
}
PERSON_ROLES = frozenset(ROLES) - {CLIENT}
_EVERYBODY = (ADMIN, OWNER, SCIENTIST, COMPLIANCE, OPERATOR, AUDITOR, CLIENT)
_PERSONS = (ADMIN, OWNER, SCIENTIST, COMPLIANCE, OPERATOR, AUDITOR)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a route does. `changes`: it is more than reading."""

    name: str
    title: dict[str, str]
    roles: frozenset[str]
    changes: bool


def _read(name: str, zh: str, en: str, *roles: str) -> Action:
    """Auditors read everything."""
    return Action(name, {"zh": zh, "en": en}, frozenset((*roles, AUDITOR)), False)


def _act(name: str, zh: str, en: str, *roles: str) -> Action:
    return Action(name, {"zh": zh, "en": en}, frozenset(roles), True)


_LIST = (
    # -- the node and its peers
    _read("node.read", "查看本节点", "see this node", *_EVERYBODY),
    _read("node.diagnose", "检查节点状态", "examine the node's state", ADMIN, OPERATOR, COMPLIANCE, CLIENT),
    _act("node.change", "更改节点设置", "change the node's settings", ADMIN, OPERATOR),
    _read("operator.read", "查看算子", "see the operators", *_EVERYBODY),
    _read("peer.read", "查看对端", "see the peers", *_EVERYBODY),
    _read("peer.ping", "探测对端", "ask a peer for a sign of life", ADMIN, OPERATOR, SCIENTIST, CLIENT),
    _read(
        "peer.explore", "查看对端发布的数据集", "see what a peer publishes", ADMIN, OWNER, SCIENTIST, COMPLIANCE, CLIENT
    ),
    _act("peer.change", "更改对端地址", "change a peer's address", ADMIN, OPERATOR),
    _act("peer.remove", "终止与对端的合约", "end the contract with a peer", ADMIN, COMPLIANCE),
    _read("invitation.read", "查看邀请", "see the invitations", ADMIN, OPERATOR),
    _act("invitation.create", "创建邀请", "invite a peer", ADMIN),
    _act("invitation.accept", "接受邀请", "accept an invitation", ADMIN),
    _act("invitation.revoke", "撤销邀请", "revoke an invitation", ADMIN),
    # -- data
    _read("dataset.read", "查看数据目录", "see the catalogue", *_EVERYBODY),
    _read("dataset.profile", "查看数据概况", "see a sampled profile", OWNER, COMPLIANCE),
    _act("dataset.register", "登记数据集", "register a dataset", OWNER, CLIENT),
    _act("dataset.change", "更改数据集", "change a dataset's entry", OWNER, CLIENT),
    _act("dataset.refresh", "重新读取数据集", "read a changed dataset again", OWNER, CLIENT),
    _act("dataset.remove", "移除数据集", "remove a dataset", OWNER, CLIENT),
    _read("source.read", "查看连接", "see the sources", ADMIN, OWNER, CLIENT),
    _read("source.test", "测试连接", "test a source", OWNER, CLIENT),
    _read("source.discover", "发现连接中的数据表", "discover a source's tables", OWNER),
    _act("source.add", "添加连接", "add a source", OWNER),
    _act("source.change", "更改连接", "change a source", OWNER),
    _act("source.remove", "移除连接", "remove a source", OWNER),
    _read("credential.read", "查看凭据条目", "see which credentials there are", ADMIN, OWNER),
    _act("credential.add", "添加凭据", "store a credential", OWNER),
    _act("credential.change", "更改凭据", "replace a credential", OWNER),
    _act("credential.remove", "移除凭据", "remove a credential", OWNER),
    _act("vault.rotate", "轮换保险库密钥", "change the vault's key", ADMIN),
    _read("label.read", "查看分类分级", "see classes and levels", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _act("label.suggest", "生成分级建议", "have classes and levels suggested", OWNER, COMPLIANCE, CLIENT),
    _act("label.confirm", "确认分类分级", "confirm classes and levels", OWNER, COMPLIANCE),
    _act("label.declassify", "批准降级", "approve a lower level", COMPLIANCE),
    # -- policies and budgets
    _read("policy.read", "查看策略", "see the policies", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _read("policy.try", "用历史任务试算策略", "try a policy on past jobs", OWNER, COMPLIANCE),
    _act("policy.change", "更改策略", "write a policy", OWNER, COMPLIANCE),
    _act("policy.activate", "启用或停用策略", "switch a policy on or off", OWNER, COMPLIANCE),
    _act("policy.remove", "移除策略", "remove a policy", COMPLIANCE),
    _read("budget.read", "查看预算", "see the budgets", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _act("budget.change", "更改预算", "change a budget", COMPLIANCE),
    # -- agreements, grants, approvals
    _read("agreement.read", "查看合约", "see the agreements", *_EVERYBODY),
    _act("agreement.propose", "提议合约", "propose an agreement", COMPLIANCE),
    _act("agreement.negotiate", "协商合约", "negotiate an agreement", COMPLIANCE),
    _act("agreement.approve", "批准或拒绝合约", "approve or reject an agreement", COMPLIANCE),
    _act("agreement.amend", "修订合约", "amend an agreement", COMPLIANCE),
    _act("agreement.terminate", "终止合约", "terminate an agreement", COMPLIANCE),
    _read("grant.read", "查看授权", "see the grants", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _act("grant.request", "申请授权", "ask for a grant", SCIENTIST, CLIENT),
    _act("grant.give", "授予数据集", "grant a dataset", OWNER),
    _act("grant.revoke", "撤销授权", "revoke a grant", OWNER, COMPLIANCE),
    _read("inbox.read", "查看待办", "see what waits for a person", *_PERSONS),
    _act(  # by which of their roles, or whose delegation, the sign-off looks at for each item
        "inbox.decide", "处理待办", "decide what waits for a person", ADMIN, OWNER, SCIENTIST, COMPLIANCE
    ),
    _act("standing.propose", "提交流程长期批准", "put a flow up for standing approval", OWNER, SCIENTIST, COMPLIANCE),
    _act("standing.revoke", "撤销流程长期批准", "revoke a standing approval", OWNER, COMPLIANCE),
    _read("delegation.read", "查看委托", "see the delegations", ADMIN, OWNER, COMPLIANCE),
    _act("delegation.give", "委托他人处理", "delegate one's approvals", OWNER, COMPLIANCE),
    _act("delegation.revoke", "收回委托", "take a delegation back", ADMIN, OWNER, COMPLIANCE),
    _read("rule.read", "查看自动批准规则", "see the rules", OWNER, COMPLIANCE, CLIENT),
    _act("rule.add", "添加自动批准规则", "add a rule", OWNER, COMPLIANCE),
    _act("rule.remove", "移除自动批准规则", "remove a rule", OWNER, COMPLIANCE),
    # -- flows and jobs
    _read("flow.check", "检查流程", "check a flow", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _read("flow.explain", "解释流程与披露", "explain a flow and its disclosure", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _read("flow.read", "查看流程草稿", "see the drafts of flows", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _act("flow.write", "编写流程草稿", "write drafts of flows", OWNER, SCIENTIST),
    _act("flow.remove", "删除流程草稿", "remove drafts of flows", OWNER, SCIENTIST),
    _read("job.read", "查看任务", "see the jobs", *_EVERYBODY),
    _read("job.verify", "验证凭证", "verify a receipt", *_EVERYBODY),
    _act("job.submit", "提交任务", "submit a job", SCIENTIST, CLIENT),
    _act("job.approve", "批准或拒绝任务", "approve or reject a job", OWNER, COMPLIANCE),
    _act("job.retry", "重试失败的任务", "retry a job that failed", SCIENTIST, OPERATOR, CLIENT),
    _act("job.cancel", "取消任务", "cancel a job", OWNER, SCIENTIST, COMPLIANCE, OPERATOR, CLIENT),
    _read("result.read", "读取结果", "read results", OWNER, SCIENTIST, CLIENT),
    _act("result.request", "申请结果放行", "ask for the release of results", OWNER, SCIENTIST, CLIENT),
    _act("result.release", "批准结果放行", "release a result", OWNER, COMPLIANCE),
    _act("result.remove", "删除结果", "delete results", OWNER, SCIENTIST, CLIENT),
    _read("model.read", "查看模型", "see the models", OWNER, SCIENTIST, COMPLIANCE, CLIENT),
    _act("model.release", "发布模型版本", "put a model version up for release", OWNER, SCIENTIST, COMPLIANCE),
    _act("model.retire", "停用模型版本", "retire a model version", OWNER, COMPLIANCE),
    _act("model.remove", "删除模型", "delete a model", OWNER, SCIENTIST),
    _read("schedule.read", "查看定时任务", "see the schedules", OWNER, SCIENTIST, COMPLIANCE, OPERATOR, CLIENT),
    _act("schedule.add", "添加定时任务", "add a schedule", SCIENTIST, CLIENT),
    _act("schedule.change", "暂停或恢复定时任务", "pause or resume a schedule", SCIENTIST, OPERATOR, CLIENT),
    _act("schedule.remove", "移除定时任务", "remove a schedule", SCIENTIST, CLIENT),
    # -- records
    _read("audit.read", "查看审计日志", "read the audit trail", COMPLIANCE),
    _read("audit.verify", "校验审计日志", "verify the audit trail", COMPLIANCE, OPERATOR),
    _read("metering.read", "查看计量", "see the metering", ADMIN, OWNER, COMPLIANCE, OPERATOR, CLIENT),
    _read("metering.export", "导出计量与账单", "export metering for billing", ADMIN, OWNER, COMPLIANCE, CLIENT),
    _act("price.change", "更改价格与分成", "change prices and shares", OWNER),
    _read("backup.read", "查看备份", "see the backups", ADMIN, OPERATOR),
    _act("backup.create", "创建备份", "make a backup", ADMIN, OPERATOR),
    # -- the network
    _read("portal.read", "查看服务门户", "see the service portal", *_EVERYBODY),
    _act("portal.apply", "申请加入", "apply to join", ADMIN),
    _act("portal.decide", "审核加入申请", "decide on an application", ADMIN, COMPLIANCE),
    _read("product.read", "查看数据产品", "see the data products", *_EVERYBODY),
    _act("product.publish", "发布数据产品", "publish a data product", OWNER),
    _act("product.withdraw", "下架数据产品", "withdraw a data product", OWNER, COMPLIANCE),
    _act("product.request", "申请数据产品", "ask for a data product", OWNER, COMPLIANCE),  # it signs an offer
    # -- people
    _read("session.read", "查看本人与本人会话", "see oneself and one's sessions", *_EVERYBODY),
    _act("session.change", "更改本人密码与会话", "change one's password and sessions", *_PERSONS),
    _read("user.read", "查看用户", "see the users", ADMIN),
    _act("user.add", "添加用户", "add a user", ADMIN),
    _act("user.change", "更改用户与角色", "change a user and their roles", ADMIN),
    _act("user.remove", "移除用户", "remove a user", ADMIN),
    _read("client.read", "查看接口调用方", "see the API clients", ADMIN),
    _act("client.add", "添加接口调用方", "add an API client", ADMIN),
    _act("client.change", "更改接口调用方", "change an API client", ADMIN),
    _act("client.remove", "移除接口调用方", "remove an API client", ADMIN),
)
ACTIONS: dict[str, Action] = {action.name: action for action in _LIST}
SCOPES = frozenset(name for name, action in ACTIONS.items() if CLIENT in action.roles)  # that an API key may have
OWN = frozenset({"session.read", "session.change"})  # what everybody may do about themselves

MODEL = """
[request_definition]
r = role, action
[policy_definition]
p = role, action
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && r.action == p.action
"""


def policy() -> list[tuple[str, str]]:
    """The lines of the access policy: (role, action). The node's own account has every action."""
    given = [(role, action.name) for action in _LIST for role in sorted(action.roles)]
    return [*given, *((LOCAL_ROLE, action.name) for action in _LIST)]


def check_roles(roles: Iterable[str]) -> frozenset[str]:
    """The roles of a person. Raises ParameterError: access.role_unknown, access.roles_conflict."""
    wanted = frozenset(roles)
    unknown = sorted(wanted - PERSON_ROLES)
    if unknown or not wanted:
        raise ParameterError(
            "access.role_unknown",
            "There is no such role for a person.",
            found=unknown[0] if unknown else "no role",
            expected=", ".join(sorted(PERSON_ROLES)),
        )
    if AUDITOR in wanted and len(wanted) > 1:
        raise ParameterError(
            "access.roles_conflict",
            "An auditor has no other role: who checks does not act.",
            found=", ".join(sorted(wanted)),
            hint="Make a second account for the other person, or take the role of auditor away.",
        )
    return wanted


def check_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """The actions that an API key is limited to. Raises ParameterError("access.scope_unknown")."""
    wanted = frozenset(scopes)
    unknown = sorted(wanted - SCOPES)
    if unknown or not wanted:
        raise ParameterError(
            "access.scope_unknown",
            "An API key cannot have this scope.",
            found=unknown[0] if unknown else "no scope",
            expected="actions that are open to API clients, such as job.submit",
            hint="`tacit client scopes` lists them.",
        )
    return wanted
