/**
 * Checks a receipt in the browser, without trusting the node that served it: every signature, every hash, and that
 * the parties' statements fit together. Mirrors `tacit.ledger.receipt`.
 */
import { canonical, digest, fingerprintOf, sha256, signatureFits } from "./crypto";

type Digests = Record<string, string>;

export interface FlowStep {
  id: string;
  operator: string;
  at: Record<string, string>;
  inputs?: Record<string, string>;
  params?: Record<string, unknown>;
  layout?: unknown;
}
export interface Account {
  step: string;
  attempt: number;
  operator: string;
  version: string;
  role: string;
  inputs: Digests;
  outputs: Digests;
  public_outputs: Digests;
  transcripts: Digests;
  started: number;
  ended: number;
}
export interface Part {
  job_id: string;
  party: string;
  key: string;
  flow_hash: string;
  disclosures_hash: string;
  project?: string;
  datasets: Record<string, { digest: string; rows: number; columns: number }>;
  operators: Record<string, string>;
  software: string;
  approved: number;
  nonce: string;
}
export interface JobAgreement {
  job_id: string;
  initiator: string;
  project?: string;
  flow: { name: string; title?: unknown; parties: Record<string, string>; steps: FlowStep[] };
  flow_hash: string;
  disclosures: Record<string, unknown[]>;
  parts: Record<string, { part: Part; signature: string }>;
  created: number;
}
export interface SignedReceipt {
  receipt: {
    job_id: string;
    agreement: JobAgreement;
    agreement_signatures: Record<string, string>;
    statements: Record<string, { statement: Statement; signature: string }>;
    issued: number;
  };
  signatures: Record<string, string>;
}
export interface Statement {
  job_id: string;
  party: string;
  agreement_hash: string;
  software: string;
  steps: Account[];
}

export type CheckId =
  | "keys"
  | "flow"
  | "disclosures"
  | "approvals"
  | "agreement"
  | "statements"
  | "chain"
  | "transcripts"
  | "countersignatures";

export interface Check {
  id: CheckId;
  ok: boolean;
  /** Of whom, or of what: "lab", "match.aligned". */
  found?: string;
}

export interface Keys {
  /** Fingerprints by party, from elsewhere than the receipt: what this node has pinned. */
  [party: string]: string;
}

/** Whether this looks like a receipt at all. */
export function isReceipt(document: unknown): document is SignedReceipt {
  const receipt = (document as Partial<SignedReceipt> | null)?.receipt;
  const agreement = receipt?.agreement;
  const given = [receipt?.statements, receipt?.agreement_signatures, agreement?.parts, agreement?.flow?.steps];
  return given.every((part) => typeof part === "object" && part !== null) && "signatures" in (document as object);
}

/** Every check with its outcome; `keys`: pinned fingerprints. A party without one fails the first check. */
export async function checkReceipt(signed: SignedReceipt, keys: Keys): Promise<Check[]> {
  const { receipt } = signed;
  const { agreement } = receipt;
  return Promise.all([
    outcome("keys", () => wrongKeys(agreement, keys)),
    outcome("flow", () => wrongFlow(agreement)),
    outcome("disclosures", () => wrongDisclosures(agreement)),
    outcome("approvals", () => wrongApprovals(agreement)),
    outcome("agreement", () => wrongSigners("job-agreement", agreement, receipt.agreement_signatures, agreement)),
    outcome("statements", () => wrongStatements(signed)),
    outcome("chain", () => wrongInputs(signed)),
    outcome("transcripts", () => wrongEnds(signed)),
    outcome("countersignatures", () => wrongSigners("receipt", receipt, signed.signatures, agreement)),
  ]);
}

async function outcome(id: CheckId, look: () => Promise<string[]> | string[]): Promise<Check> {
  try {
    const wrong = await look();
    return wrong.length === 0 ? { id, ok: true } : { id, ok: false, found: wrong.join(", ") };
  } catch {
    return { id, ok: false, found: "?" }; // a document that is not of this form
  }
}

const partsOf = (agreement: JobAgreement): [string, { part: Part; signature: string }][] =>
  Object.entries(agreement.parts).sort(([one], [other]) => (one < other ? -1 : 1));
const namesIn = (record: object): string => JSON.stringify(Object.keys(record).sort());
/** Whether the document says it: what every object inherits ("constructor") is nobody's word. */
const says = (record: object, name: string): boolean => Object.hasOwn(record, name);
async function failing<X>(items: X[], name: (item: X) => string, fits: (item: X) => Promise<boolean>) {
  const good = await Promise.all(items.map(fits));
  return items.filter((_, place) => !good[place]).map(name);
}

/** Without a party there is nobody whose keys they could be: such a receipt would pass everything else. */
async function wrongKeys(agreement: JobAgreement, keys: Keys): Promise<string[]> {
  const parts = partsOf(agreement);
  if (parts.length === 0) return ["∅"];
  return failing(
    parts,
    ([party]) => party,
    async ([party, { part }]) => says(keys, party) && keys[party] === (await fingerprintOf(part.key)),
  );
}

/** Layout and titles do not count. */
export function flowHash(flow: JobAgreement["flow"]): Promise<string> {
  const { title: _title, ...rest } = flow;
  const steps = flow.steps.map(({ layout: _layout, ...step }) => step);
  return digest({ ...rest, steps });
}

async function wrongFlow(agreement: JobAgreement): Promise<string[]> {
  const { flow, parts, initiator } = agreement;
  const wrong = (await flowHash(flow)) === agreement.flow_hash ? [] : [flow.name];
  if (namesIn(flow.parties) !== namesIn(parts) || !says(parts, initiator)) wrong.push(namesIn(parts));
  const seats = flow.steps.flatMap((step) => Object.values(step.at));
  wrong.push(...new Set(seats.filter((party) => !says(parts, party)))); // whoever sits there signed nothing
  const nonces = new Set(partsOf(agreement).map(([, { part }]) => part.nonce));
  return nonces.size === Object.keys(parts).length ? wrong : [...wrong, "nonce"];
}

async function wrongDisclosures(agreement: JobAgreement): Promise<string[]> {
  const told = await sha256(canonical(agreement.disclosures));
  return partsOf(agreement)
    .filter(([, { part }]) => part.disclosures_hash !== told)
    .map(([party]) => party);
}

function wrongApprovals(agreement: JobAgreement): Promise<string[]> {
  return failing(
    partsOf(agreement),
    ([party]) => party,
    async ([party, { part, signature }]) =>
      part.party === party &&
      part.job_id === agreement.job_id &&
      part.flow_hash === agreement.flow_hash &&
      part.project === agreement.project &&
      (await signatureFits("part", part, signature, part.key)),
  );
}

/** All parties, and nobody else, signed the document. */
async function wrongSigners(
  purpose: string,
  document: unknown,
  signatures: Record<string, string>,
  agreement: JobAgreement,
): Promise<string[]> {
  const strangers = Object.keys(signatures).filter((party) => !says(agreement.parts, party));
  const wrong = await failing(
    partsOf(agreement),
    ([party]) => party,
    async ([party, { part }]) => signatureFits(purpose, document, signatures[party] ?? "", part.key),
  );
  return [...wrong, ...strangers];
}

async function wrongStatements({ receipt }: SignedReceipt): Promise<string[]> {
  const { agreement, statements } = receipt;
  const hash = await digest(agreement);
  const strangers = Object.keys(statements).filter((party) => !says(agreement.parts, party));
  const about = (statement: Statement, party: string): boolean =>
    statement.party === party &&
    statement.job_id === agreement.job_id &&
    receipt.job_id === agreement.job_id &&
    statement.agreement_hash === hash &&
    tellsItsSteps(statement, agreement);
  const wrong = await failing(
    partsOf(agreement),
    ([party]) => party,
    async ([party, { part }]) => {
      const signed = statements[party];
      if (signed === undefined || !about(signed.statement, party)) return false;
      return signatureFits("statement", signed.statement, signed.signature, part.key);
    },
  );
  return [...wrong, ...strangers];
}

/** Exactly the steps that the party takes part in, each as it was approved. */
function tellsItsSteps(statement: Statement, agreement: JobAgreement): boolean {
  const { party, steps } = statement;
  const expected = agreement.flow.steps.filter((step) => Object.values(step.at).includes(party));
  const told = steps.map((account) => account.step).sort();
  const due = expected.map((step) => step.id).sort();
  if (JSON.stringify(told) !== JSON.stringify(due)) return false;
  const approved = agreement.parts[party]?.part.operators ?? {};
  return steps.every((account) => {
    const step = expected.find((one) => one.id === account.step);
    if (step === undefined || step.operator !== account.operator || step.at[account.role] !== party) return false;
    const peers = Object.keys(account.transcripts).every((role) => says(step.at, role) && role !== account.role);
    return peers && approved[step.operator] === account.version && account.ended >= account.started;
  });
}

/** Inputs that are not what came out of the step before, or not the approved dataset. */
function wrongInputs({ receipt }: SignedReceipt): string[] {
  const { agreement, statements } = receipt;
  const steps = new Map(agreement.flow.steps.map((step) => [step.id, step]));
  return Object.values(statements).flatMap(({ statement }) => {
    const outputs = new Map(
      statement.steps.flatMap((each) => Object.entries(each.outputs).map(([port, of]) => [`${each.step}.${port}`, of])),
    );
    const datasets = agreement.parts[statement.party]?.part.datasets ?? {};
    return statement.steps.flatMap((account) =>
      Object.entries(account.inputs)
        .filter(([port, told]) => {
          const step = steps.get(account.step);
          const source = step?.inputs?.[port];
          if (source === undefined && port === "dataset") return datasets[`${step?.params?.dataset}`]?.digest !== told;
          return outputs.get(source ?? "") !== told;
        })
        .map(([port]) => `${statement.party}: ${account.step}.${port}`),
    );
  });
}

/** Steps whose two ends saw different messages, results, or attempts. */
function wrongEnds({ receipt }: SignedReceipt): string[] {
  return receipt.agreement.flow.steps
    .filter((step) => {
      const accounts = Object.values(receipt.statements)
        .flatMap(({ statement }) => statement.steps)
        .filter((account) => account.step === step.id);
      const attempts = new Set(accounts.map((account) => account.attempt));
      return attempts.size !== 1 || accounts.some((one) => accounts.some((other) => !endsAgree(one, other)));
    })
    .map((step) => step.id);
}

function endsAgree(one: Account, other: Account): boolean {
  if (one.role === other.role) return true;
  if (one.transcripts[other.role] !== other.transcripts[one.role]) return false;
  return Object.entries(one.public_outputs).every(([port, told]) => (other.public_outputs[port] ?? told) === told);
}
