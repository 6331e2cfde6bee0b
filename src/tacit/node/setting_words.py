"""What each setting of a node is for, as its people read it."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.schema.text import Text

_T = Text

WORDS: Mapping[str, Text] = {
    "name": _T("节点简称，一旦合作方认识就不再更改", "short name of this node; fixed once partners know it"),
    "institution": _T("机构全称，供人阅读", "full name of the organisation, for people"),
    "peer_address": _T("合作方访问本节点的地址（主机：端口）", "host:port under which peers reach this node"),
    "peer_host": _T("节点间端口监听的网络接口", "interface that the peer port listens on"),
    "peer_port": _T("节点间端口的监听端口", "port that peers reach this node at"),
    "api_host": _T("本地 API 监听的网络接口，请保持在本机", "interface of the local API; keep it on this machine"),
    "api_port": _T("本地 API 与控制台的端口", "port of the local API and of the console"),
    "api_url": _T("浏览器访问 API 的地址（若不在其端口上）", "where browsers find the API, if not at its port"),
    "api_hosts": _T("除本机回环地址外，API 的主机名", "host names of the API besides those of loopback"),
    "api_proxies": _T("采信其 X-Forwarded-For 的代理地址", "addresses whose X-Forwarded-For is believed"),
    "local_token": _T("能读取 api.token 的人可执行任何操作", "whoever can read api.token may do everything"),
    "session_idle_s": _T("登录会话闲置多久后结束（秒）", "a sign-in session ends when unused for so long"),
    "session_s": _T("登录会话最长持续时间（秒）", "how long a sign-in session lasts at most"),
    "oidc": _T("用户登录所用的身份提供方", "identity providers that users sign in at"),
    "database_url": _T(
        "SQLAlchemy 地址；默认为节点文件夹中的 node.db", "SQLAlchemy URL; default: node.db in the node's folder"
    ),
    "max_workers": _T("可同时运行的步骤数", "steps at a time"),
    "worker_memory_mb": _T("单个步骤的内存上限（MB）", "memory limit of one step"),
    "worker_cpu_s": _T("单个步骤的 CPU 时间上限（秒）", "CPU time limit of one step"),
    "worker_wall_s": _T("单个步骤的运行时长上限（秒）", "elapsed time limit of one step"),
    "max_attempts": _T("失败可能自行消失的步骤最多尝试的次数", "tries of a step whose failure may pass"),
    "give_up_s": _T("等待失联合作方的最长时间（秒）", "how long an absent peer is waited for"),
    "retry_hours": _T(
        "任务失败后多少小时内可以重试；0 表示不可重试", "how long after its failure a job may be retried; 0: never"
    ),
    "poll_s": _T("运行中的任务多久询问一次合作方（秒）", "how often a running job asks after its peers"),
    "peer_requests_per_s": _T("每个合作方每秒可发出的请求数", "requests per second that each peer may make"),
    "psi_min_result": _T(
        "求交结果至少要有多少个共同标识才会给出", "fewest common keys of a match whose result is given"
    ),
    "psi_similar_runs": _T(
        "合作方可用几乎相同的集合求交多少次；留空表示不限",
        "matches that a peer may make with almost the same set; none: no limit",
    ),
    "psi_similar_days": _T("上述次数按多少天统计", "over how many days those are counted"),
    "default_level": _T("尚未标注的列所用的级别", "level of a column that nobody has labelled"),
    "scan_datasets": _T("登记数据集时查找其中的个人信息", "look for personal data in a dataset when it is registered"),
    "dual_approval_level": _T("从此级别起须两人审批", "from this level on two people approve"),
    "local_may_sign_alone": _T("持有 api.token 的人无须第二人审批", "who holds api.token needs no second person"),
    "require_grant": _T(
        "合作方的任务使用本方数据集须有授权或合约",
        "a peer's job needs a grant or an agreement for each dataset of ours",
    ),
    "approval_due_s": _T("待审批的请求多久未处理即过期（秒）", "after this an undecided request expires"),
    "reminder_s": _T(
        "请求等待超过此时长，或距到期不足此时长时提醒（秒）", "an older request, or one this near its end, is recalled"
    ),
    "policy": _T(
        "数据集策略：强制执行（enforce）、仅在审计日志中记录会拒绝的内容（observe）或忽略（off）",
        "policies of datasets: keep them, only note in the audit trail what they would refuse, or ignore",
    ),
    "accept_applications": _T("没有邀请的节点也可申请成为合作方", "nodes without an invitation may apply to be peers"),
    "application_days": _T("未处理的申请多少天后过期", "an undecided application expires after these"),
    "vault": _T(
        "封存凭据的密钥存放位置：file、env 或 pkcs11:…", "where the key of stored credentials is: file, env or pkcs11:…"
    ),
    "vault_before": _T(
        "密钥先前的存放位置，执行 `connection rewrap` 之前保留", "where it was before, until `connection rewrap`"
    ),
    "http_private": _T("允许数据集来自内网的网页服务器", "datasets may come from web servers of private networks"),
    "console": _T("改用此文件夹中的网页控制台", "folder of another build of the web console"),
    "demo": _T(
        "本节点属于演示：控制台接受演示链接，打开即登录",
        "this node is of a demo: links of the demo sign in at its console",
    ),
    "log_level": _T("日志记录的详细程度", "how much the log tells"),
}
