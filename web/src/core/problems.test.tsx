import { act, cleanup, render, screen } from "@testing-library/react";
import { type ReactNode, Suspense } from "react";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import hints from "./errors.hints.en.json";
import { setLanguage } from "./language";
import { type Told, useCodeHint, useProblemText } from "./problems";
import { patternsOf, said } from "./said";
import phrases from "./said.zh.json";
import { core } from "./texts";

function Shown({ problem }: { problem: Told }) {
  const { title, detail, hint } = useProblemText()(problem);
  return (
    <>
      <p>{title}</p>
      <p>{detail}</p>
      <p>{hint}</p>
    </>
  );
}
const Hint = ({ code }: { code: string }) => <p>{useCodeHint()(code)}</p>;

const shown = (element: ReactNode): Promise<void> =>
  act(async () => void render(<Suspense fallback="…">{element}</Suspense>));
const LABEL: Told = {
  code: "data.label_not_binary",
  message: "The label column 'readmitted' is not binary.",
  found: "12 such cells",
  expected: "0 and 1 (or false and true)",
  hint: "Recode the column readmitted.",
};

beforeAll(async () => {
  await Promise.all(["en", "zh"].map((name) => import(`./errors.${name}.json`)));
  await Promise.all(["en", "zh"].map((name) => import(`./errors.hints.${name}.json`)));
});
afterEach(() => {
  cleanup();
  setLanguage("en");
});

describe("in Chinese", () => {
  test("what happened, what was found and what to do are Chinese", async () => {
    setLanguage("zh");
    await core.preload();
    await shown(<Shown problem={{ ...LABEL, hint: hints["data.label_not_binary"] }} />);
    expect(await screen.findByText(/重新编码标签/)).toBeTruthy();
    expect(screen.getByText("实际：12 个这样的单元格。应为：0 和 1（或 false 和 true）。")).toBeTruthy();
    expect(document.body.textContent).not.toContain("Recode");
  });

  test("a hint that differs from the usual one of its code is said itself", async () => {
    setLanguage("zh");
    const hint = "Choose another label, or recode it: 1 for the event to predict, 0 otherwise.";
    await shown(<Shown problem={{ ...LABEL, hint }} />);
    expect(await screen.findByText("请另选标签，或重新编码：要预测的事件为 1，其余为 0。")).toBeTruthy();
  });

  test("a hint that names something keeps the name", async () => {
    setLanguage("zh");
    await shown(<Shown problem={{ ...LABEL, hint: "Did you mean psi?" }} />);
    expect(await screen.findByText("您要的是否为 psi？")).toBeTruthy();
  });

  test("a code of another package keeps its own words", async () => {
    setLanguage("zh");
    await shown(<Shown problem={{ code: "addon.unknown", message: "It broke.", hint: "Ask its makers." }} />);
    expect(await screen.findByText("Ask its makers.")).toBeTruthy();
  });

  test("commands are the console's places", async () => {
    setLanguage("zh");
    await shown(<Hint code="job.wrong_state" />);
    expect(await screen.findByText("请在“任务 › 该任务”查看其状态。")).toBeTruthy();
  });
});

describe("in English", () => {
  test("the error's own hint comes first, with places for commands", async () => {
    await core.preload();
    await shown(<Shown problem={{ ...LABEL, hint: "Look at it with `tacit job show JOB`; see `node.toml`." }} />);
    expect(await screen.findByText("Look at it under “Jobs › the job”; see node.toml.")).toBeTruthy();
  });

  test("an error without a hint has that of its code", async () => {
    await shown(<Shown problem={{ ...LABEL, hint: null }} />);
    expect(await screen.findByText(/Recode the label/)).toBeTruthy();
  });
});

test("phrases are said in Chinese, the longest first, with the phrases in them", () => {
  const patterns = patternsOf(phrases);
  expect(said("at most 3 bytes", patterns)).toBe("不超过 3 字节");
  expect(said("Step train: use as a feature of patients: age, bmi: the rule no-train forbids it.", patterns)).toBe(
    "步骤 train：对 patients 的列 age, bmi用作特征：规则 no-train 禁止",
  );
  expect(said("patients", patterns)).toBe("patients");
});
