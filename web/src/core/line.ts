/** The line itself: a leading tab holds the event streams and passes on what they say. */
import { BASE } from "../api/client";
import { credentials } from "../api/credentials";
import { makeReader } from "./sse";

export type LineState = "open" | "connecting" | "down";
export type FromTab =
  | { kind: "line"; state: LineState }
  | { kind: "news"; event: string; news: unknown; stream?: StreamName; id?: string };
type Between = FromTab | { kind: "hello" };
type Hear = (message: FromTab) => void;
type StreamName = "events" | "inbox/events";
type Sees = { jobs: boolean; inbox: boolean };

const CHANNEL = `tacit-live:${new URL(BASE).pathname}`;
/** The node says something at least every ten seconds. */
const SILENCE_MS = 25_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Begins to listen. Returns how to stop. */
export function openLine(sees: Sees, hear: Hear): () => void {
  const stop = new AbortController();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : undefined;
  const marks = new Map<StreamName, string>();
  let leading = false;
  let said: LineState = "connecting";
  const listen: Hear = (message) => {
    if (message.kind === "line") said = message.state;
    else if (message.stream !== undefined && message.id) marks.set(message.stream, message.id);
    hear(message);
  };
  const tellAll: Hear = (message) => {
    if (stop.signal.aborted) return;
    listen(message);
    channel?.postMessage(message);
  };
  channel?.addEventListener("message", ({ data }: MessageEvent<Between>) => {
    if (data.kind !== "hello") listen(data);
    else if (leading) channel.postMessage({ kind: "line", state: said } satisfies FromTab);
  });
  const lead = async (late: boolean): Promise<void> => {
    leading = true;
    if (late) tellAll({ kind: "news", event: "back", news: {} }); // the leader before went without a word
    await leadUntil(stop.signal, sees, marks, tellAll);
  };
  if ("locks" in navigator && channel !== undefined) void takeTurns(channel, stop.signal, lead);
  else void lead(false);
  return () => {
    stop.abort();
    channel?.close();
  };
}

/** One tab leads; the others wait until it is gone, and ask it how the line is. */
async function takeTurns(
  channel: BroadcastChannel,
  signal: AbortSignal,
  lead: (late: boolean) => Promise<void>,
): Promise<void> {
  const began = Date.now();
  channel.postMessage({ kind: "hello" } satisfies Between);
  try {
    await navigator.locks.request(CHANNEL, { signal }, () => lead(Date.now() - began > 1000));
  } catch {
    // stopped before it was this tab's turn
  }
}

async function leadUntil(signal: AbortSignal, sees: Sees, marks: Map<StreamName, string>, hear: Hear): Promise<void> {
  const wanted: StreamName[] = [
    ...(sees.jobs ? (["events"] as const) : []),
    ...(sees.inbox ? (["inbox/events"] as const) : []),
  ];
  const states = new Map<StreamName, LineState>(wanted.map((name) => [name, "connecting"]));
  const say = (name: StreamName, state: LineState): void => {
    states.set(name, state);
    hear({ kind: "line", state: worst([...states.values()]) });
  };
  await Promise.all(wanted.map((name) => follow(name, signal, marks, (state) => say(name, state), hear)));
}

export const worst = (states: LineState[]): LineState =>
  states.includes("down") ? "down" : states.includes("connecting") ? "connecting" : "open";

/** Follows one stream until told to stop; comes back after every interruption, where it was. */
async function follow(
  name: StreamName,
  signal: AbortSignal,
  marks: Map<StreamName, string>,
  say: (state: LineState) => void,
  hear: Hear,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const mark = name === "events" ? marks.get(name) : undefined;
    const stood = await once(`${BASE}/${name}${mark === undefined ? "" : `?after=${mark}`}`, signal, {
      opened: () => {
        say("open");
        if (failures > 0) hear({ kind: "news", event: "back", news: {} });
        failures = 0;
      },
      told: ({ event, data, id }) => hear({ kind: "news", event, news: JSON.parse(data), stream: name, id }),
    });
    if (signal.aborted) return;
    failures += 1;
    say(failures > 2 && !stood ? "down" : "connecting");
    await pause(pauseAfter(failures), signal);
  }
}

export const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 4));

interface Ears {
  opened(): void;
  told(told: { event: string; data: string; id: string }): void;
}

/** One connection. Resolves when it is over: whether it ever stood. Silence ends it, as a half-open one never would. */
async function once(url: string, signal: AbortSignal, ears: Ears): Promise<boolean> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  signal.addEventListener("abort", stop);
  let silence = window.setTimeout(stop, SILENCE_MS);
  let stood = false;
  try {
    const answer = await fetch(url, {
      headers: { Accept: "text/event-stream" },
      signal: end.signal,
      cache: "no-store",
    });
    if (answer.status === 401 && credentials.signedIn) {
      window.clearTimeout(silence);
      await credentials.renewed(); // as long as it takes somebody to sign in again
      return true;
    }
    if (!answer.ok || answer.body === null) return false;
    stood = true;
    ears.opened();
    const feed = makeReader(ears.told);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      window.clearTimeout(silence);
      silence = window.setTimeout(stop, SILENCE_MS);
      feed(piece.value);
    }
  } catch {
    // the node is away, or was silent for too long: the caller tries again
  } finally {
    window.clearTimeout(silence);
    signal.removeEventListener("abort", stop);
    end.abort();
  }
  return stood;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.clearTimeout(timer);
      for (const name of ["online", "visibilitychange"]) window.removeEventListener(name, done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = window.setTimeout(done, ms);
    for (const name of ["online", "visibilitychange"]) window.addEventListener(name, done);
    signal.addEventListener("abort", done);
  });
}
