/** Hints of the node name commands and settings; in the console a command's place stands instead of it. */
import type { Language } from "./language";
import type { CoreKey } from "./nav";
import type { T } from "./texts";

/** By `noun verb`, else by `noun`: the way from the navigation. Other commands have no place here and stay. */
const PLACES: Record<string, CoreKey[]> = {
  agreement: ["nav.projects"],
  "agreement history": ["nav.projects", "place.project", "place.negotiation"],
  audit: ["nav.audit"],
  client: ["nav.settings", "place.clients"],
  connection: ["nav.data"],
  "connection add": ["nav.data", "nav.data.connect"],
  data: ["nav.data"],
  "data add": ["nav.data", "nav.data.connect"],
  delegation: ["nav.approvals", "nav.approvals.delegations"],
  "flow check": ["nav.flows", "place.flow"],
  grant: ["nav.data", "nav.data.requests"],
  inbox: ["nav.approvals"],
  "inbox standing": ["nav.approvals", "nav.approvals.standing"],
  job: ["nav.jobs"],
  "job log": ["nav.jobs", "place.job", "place.log"],
  "job schedule": ["nav.schedules"],
  "job schedules": ["nav.schedules"],
  "job show": ["nav.jobs", "place.job"],
  "job unschedule": ["nav.schedules"],
  "job watch": ["nav.jobs", "place.job"],
  label: ["nav.data", "place.dataset", "place.labels"],
  model: ["nav.models"],
  "node doctor": ["nav.operations", "place.doctor"],
  operator: ["nav.flows", "place.flow"],
  peer: ["nav.operations", "place.nodes"],
  "peer accept": ["nav.operations", "place.invitations"],
  "peer application": ["nav.operations", "nav.portal"],
  "peer applications": ["nav.operations", "nav.portal"],
  "peer apply": ["nav.operations", "nav.portal"],
  "peer approve": ["nav.operations", "nav.portal"],
  "peer invite": ["nav.operations", "place.invitations"],
  "peer withdraw": ["nav.operations", "nav.portal"],
  policy: ["nav.data", "place.dataset", "place.policy"],
  product: ["nav.data", "nav.data.market", "place.mine"],
  "product search": ["nav.data", "nav.data.market"],
  receipt: ["nav.audit", "nav.audit.receipts"],
  result: ["nav.jobs", "place.job", "place.results"],
  rule: ["nav.approvals", "nav.approvals.rules"],
  user: ["nav.settings", "place.users"],
  "user roles": ["nav.settings", "place.roles"],
};

const COMMAND = /^tacit ([a-z]+)(?: ([a-z-]+))?/;
const LABELS: Record<string, CoreKey> = { found: "problem.found_word", expected: "problem.expected_word" };

/** What stands between backticks: a command's place, the label of a line of the problem, else itself. */
function shown(code: string, t: T<CoreKey>): string | undefined {
  const label = Object.hasOwn(LABELS, code) ? LABELS[code] : undefined;
  if (label !== undefined) return t(label);
  const [, noun = "", verb = ""] = COMMAND.exec(code) ?? [];
  return (PLACES[`${noun} ${verb}`] ?? PLACES[noun])?.map((key) => t(key)).join(" › ");
}

/** `text` as the console says it. A sentence that works "with" a command is done "under" its place. */
export function inConsole(text: string, t: T<CoreKey>, language: Language): string {
  const means = new RegExp(`(${t("place.with")})?\`([^\`]+)\``, "g");
  const told = text.replace(means, (_whole, means: string | undefined, code: string) => {
    const place = shown(code, t);
    if (place === undefined) return `${means ?? ""}${code}`;
    return means === undefined ? `“${place}”` : t("place.under", { place });
  });
  return language === "zh" ? told.replace(/ ?(“[^”]*”) ?/g, "$1") : told;
}
