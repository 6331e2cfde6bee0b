import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { credentials } from "../api/credentials";
import { type FromTab, openLine, pauseAfter, worst } from "./line";

const heard: FromTab[] = [];
const asked: string[] = [];
let answers: (() => Response | Promise<Response>)[] = [];
let stop = (): void => {};

const stream = (...pieces: string[]): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    }),
    { status: 200 },
  );
const never = (): Promise<Response> => new Promise(() => {});

beforeEach(() => {
  heard.length = 0;
  asked.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve((answers.shift() ?? never)());
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const begin = (...given: typeof answers): void => {
  answers = given;
  stop = openLine({ jobs: true, inbox: false }, (message) => heard.push(message));
};
const news = (): unknown[] => heard.flatMap((message) => (message.kind === "news" ? [message.event] : []));

test("goes on after the last event, and says that it was away", async () => {
  begin(
    () => stream('id: 41\nevent: log\ndata: {"number":41}\n\n'),
    () => stream(": keep-alive\n\n"),
  );
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked[0]).toMatch(/\/events$/);
  expect(asked[1]).toMatch(/\/events\?after=41$/);
  expect(news()).toEqual(["log", "back"]);
});

test("a node that is away is asked again, ever more slowly", async () => {
  const away = (): Response => {
    throw new TypeError("away");
  };
  begin(away, away, away, away);
  await vi.advanceTimersByTimeAsync(500 + 1000 + 2000 + 10);
  expect(asked).toHaveLength(4);
  expect(heard.at(-1)).toEqual({ kind: "line", state: "down" });
  expect([1, 2, 3, 4, 5, 9].map(pauseAfter)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test("an ended session waits for the person", async () => {
  let back = (): void => {};
  credentials.signedIn = true;
  credentials.renewed = () =>
    new Promise((resolve) => {
      back = resolve;
    });
  begin(() => new Response(null, { status: 401 }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  back();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(2);
});

test("the worse of two streams is what is shown", () => {
  expect(worst(["open", "open"])).toBe("open");
  expect(worst(["open", "connecting"])).toBe("connecting");
  expect(worst(["down", "connecting"])).toBe("down");
});
