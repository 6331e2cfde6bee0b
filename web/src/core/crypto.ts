/**
 * What a browser can check by itself: canonical JSON (RFC 8785), SHA-256, chains of audit entries, Ed25519.
 * Must give the same bytes as the node; the fixtures are made by the node's own code.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Ed25519 and digests need a page that browsers call secure: https, or an address of this machine. */
export function canHash(): boolean {
  return typeof globalThis.crypto?.subtle?.digest === "function";
}

let known: Promise<boolean> | undefined;

/** Whether this browser knows Ed25519. */
export function canVerifySignatures(): Promise<boolean> {
  known ??= importKey(`ed25519:${"58".padEnd(64, "6")}`).then(
    () => true,
    () => false,
  );
  return canHash() ? known : Promise.resolve(false);
}

/** One text for one meaning: keys in the order of their UTF-16 units, numbers as ECMAScript writes them. */
export function canonical(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} has no canonical form`);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError("NaN and infinity have no canonical form");
  return JSON.stringify(value);
}

const encode = (text: string): Bytes => new TextEncoder().encode(text);
const hexOf = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function bytesOf(hex: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new TypeError("not hex");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Lower-case hex. */
export async function sha256(data: string | Bytes): Promise<string> {
  const bytes = typeof data === "string" ? encode(data) : data;
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Hash of the canonical form. */
export const digest = (value: unknown): Promise<string> => sha256(canonical(value));

const KEY_HEAD = "302a300506032b6570032100"; // SubjectPublicKeyInfo of Ed25519, RFC 8410

const rawKey = (key: string): string => {
  const raw = /^ed25519:([0-9a-f]{64})$/.exec(key)?.[1];
  if (raw === undefined) throw new TypeError("not a public key of Ed25519");
  return raw;
};

/** What people compare of a node's key. */
export const fingerprintOf = async (key: string): Promise<string> => sha256(bytesOf(KEY_HEAD + rawKey(key)));

const importKey = async (key: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytesOf(rawKey(key)), "Ed25519", false, ["verify"]);

/** Whether `signature` (base64) is the key's over the document, given for this purpose and for no other. */
export async function signatureFits(
  purpose: string,
  document: unknown,
  signature: string,
  key: string,
): Promise<boolean> {
  if (!/^[A-Za-z0-9+/]{86}==$/.test(signature)) return false;
  const signed = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0));
  const text = encode(`tacit\n${purpose}\nv1\n${canonical(document)}`);
  return crypto.subtle.verify("Ed25519", await importKey(key), signed, text);
}

/** An entry of the audit trail, with all that its hash covers. */
export interface ChainEntry {
  number: number;
  at: number;
  act: string;
  actor: string;
  subject: string;
  details: Record<string, string | number | boolean | null>;
  previous: string;
  hash: string;
}

export const CHAIN_START = "0".repeat(64);

export interface ChainState {
  /** Of the last entry that fits. */
  number: number;
  hash: string;
  /** Whether the hash noted earlier has been met. */
  anchored: boolean;
}

export interface ChainBreak {
  number: number;
  code: "audit.entry_missing" | "audit.entry_changed" | "audit.chain_broken" | "audit.head_missing";
}

export const chainStart = (): ChainState => ({ number: 0, hash: CHAIN_START, anchored: false });

/** What the `hash` of an entry must be. */
export function entryHash(entry: ChainEntry): Promise<string> {
  const { number, at, act, actor, subject, details, previous } = entry;
  return digest({ number, at, act, actor, subject, details, previous });
}

/** Goes on with a chain by the next entries, oldest first. `anchor`: a hash noted earlier. */
export async function followChain(
  from: ChainState,
  entries: readonly ChainEntry[],
  anchor?: string,
): Promise<{ state: ChainState; broken?: ChainBreak }> {
  const hashes = await Promise.all(entries.map(entryHash));
  let state = { ...from, anchored: from.anchored || anchor === from.hash };
  for (const [place, entry] of entries.entries()) {
    const code = faultOf(state, entry, hashes[place]);
    if (code !== undefined) return { state, broken: { number: state.number + 1, code } };
    state = { number: entry.number, hash: entry.hash, anchored: state.anchored || entry.hash === anchor };
  }
  return { state };
}

function faultOf(before: ChainState, entry: ChainEntry, hash: string | undefined): ChainBreak["code"] | undefined {
  if (entry.number !== before.number + 1) return "audit.entry_missing";
  if (entry.hash !== hash) return "audit.entry_changed";
  return entry.previous === before.hash ? undefined : "audit.chain_broken";
}
