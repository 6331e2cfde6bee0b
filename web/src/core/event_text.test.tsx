import { act, cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test } from "vitest";
import type { JobEvent } from "../api/types";
import { useEventText } from "./event_text";
import { setLanguage } from "./language";
import { core } from "./texts";

const event = (code: string): JobEvent => ({
  number: 1,
  job_id: "one",
  party: "lab",
  time: "2026-11-21T10:00:00Z",
  level: "error",
  step: "train",
  code: "step.failed",
  text: { en: `the step failed at lab: ${code}`, zh: `lab 的步骤失败：${code}` },
  data: { code },
});
const Line = ({ code }: { code: string }) => <p>{useEventText()(event(code))}</p>;
const shown = async (code: string): Promise<void> => {
  await core.preload();
  await act(async () => void render(<Suspense fallback="…">{<Line code={code} />}</Suspense>));
};
afterEach(() => {
  cleanup();
  setLanguage("en");
});

test.each([
  ["en", "the step failed at lab: The peer stopped on an error of its own (peer.failed)"],
  ["zh", "lab 的步骤失败：对端因自身错误而停止（peer.failed）"],
] as const)("a code in a line is said in words (%s)", async (language, line) => {
  setLanguage(language);
  await shown("peer.failed");
  expect(await screen.findByText(line)).toBeTruthy();
});

test("an unknown code stays", async () => {
  await shown("addon.broke");
  expect(await screen.findByText("the step failed at lab: addon.broke")).toBeTruthy();
});
