/** The chairs of a demo: the consoles of nodes on this machine among which one person may change. */
import { recall, remember } from "../core/remembered";

export interface Chair {
  name: string;
  port: number;
  /** Signs in once; spent if the person has sat there. */
  code: string;
}

/** What only a demo may know: the column to predict, and how good models are alone and on pooled data. */
export interface Facts {
  label: string;
  alone: number;
  pooled: number;
}

export interface Demo {
  chairs: Chair[];
  facts?: Facts;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const CHAIR = /^([A-Za-z0-9][A-Za-z0-9_-]{0,62})\.(\d{2,5})\.([A-Za-z0-9_-]{20,100})$/;
const FACTS = /^([^~]{1,128})~(0\.\d+|1\.0+)~(0\.\d+|1\.0+)$/;

/** `name.port.code~…`; nothing if one of them is not well-formed. */
export function readChairs(text: string | null): Chair[] | undefined {
  const found = (text ?? "").split("~").map((part) => CHAIR.exec(part));
  const chairs = found.flatMap((one) =>
    one ? [{ name: one[1] ?? "", port: Number(one[2]), code: one[3] ?? "" }] : [],
  );
  return chairs.length === found.length && chairs.length > 1 && chairs.length <= 16 ? chairs : undefined;
}

export function readFacts(text: string | null): Facts | undefined {
  const found = FACTS.exec(text ?? "");
  return found ? { label: found[1] ?? "", alone: Number(found[2]), pooled: Number(found[3]) } : undefined;
}

/** Whether the node says so: anybody can write a link as the demo does, and it signs in without a click. */
const isOfDemo = (): boolean => document.querySelector('meta[name="tacit-demo"]') !== null;

/** Of a link; nothing unless the node is a demo's and this page is itself one of the chairs, on this machine. */
export function readDemo(query: URLSearchParams, here: Pick<Location, "hostname" | "port">): Demo | undefined {
  if (!isOfDemo()) return undefined;
  const chairs = readChairs(query.get("chairs"));
  const isHere = chairs?.some((chair) => String(chair.port) === here.port) === true && LOOPBACK.has(here.hostname);
  return chairs !== undefined && isHere ? { chairs, facts: readFacts(query.get("facts")) } : undefined;
}

/** The demo that this browser was let into. */
export function demoNow(): Demo | undefined {
  const kept = recall("demo");
  return kept === undefined ? undefined : readDemo(new URLSearchParams(kept), window.location);
}

export function keepDemo(demo: Demo): void {
  remember("demo", String(queryOf(demo)));
}

export const ownChair = (demo: Demo): Chair | undefined =>
  demo.chairs.find((chair) => String(chair.port) === window.location.port);

/** The way to a chair, with everything that it has to know. `place`: where to go there. */
export function wayTo(chair: Chair, demo: Demo, place: string, more: Record<string, string>): string {
  const query = queryOf(demo);
  query.set("next", place);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `http://${window.location.hostname}:${chair.port}/#/sign-in?${query}`;
}

/** What is there under the same address at every node: jobs, agreements, forms; of other things, only their list. */
export function placeElsewhere(path: string): string {
  const [, area = "", id] = path.split("/");
  const isShared = (area === "jobs" && id !== "compare") || (area === "projects" && id !== "new");
  return isShared || area === "" || path === "/data/connect" ? path : `/${area}`;
}

function queryOf({ chairs, facts }: Demo): URLSearchParams {
  const query = new URLSearchParams();
  query.set("chairs", chairs.map((chair) => `${chair.name}.${chair.port}.${chair.code}`).join("~"));
  if (facts) query.set("facts", `${facts.label}~${facts.alone.toFixed(4)}~${facts.pooled.toFixed(4)}`);
  return query;
}
