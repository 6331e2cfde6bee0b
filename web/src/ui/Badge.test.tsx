import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setLanguage } from "../core/language";
import { core } from "../core/texts";
import { Level } from "./Badge";
import { ColumnType } from "./ColumnType";

beforeEach(() => core.preload());
const inChinese = async (): Promise<void> => {
  setLanguage("zh");
  await core.preload();
};
afterEach(() => {
  cleanup();
  setLanguage("en");
});

const shown = (child: React.ReactNode) =>
  render(
    <MantineProvider env="test">
      <Suspense>{child}</Suspense>
    </MantineProvider>,
  );

test("a level says what it means to whoever points at it, and to those who hear the page", async () => {
  shown(<Level level={3} />);
  const meaning = "Level 3 of 5: general harm if it became known (the default).";
  const badge = (await screen.findByText("Level 3")).parentElement as HTMLElement;
  expect(badge.getAttribute("aria-description")).toBe(meaning);
  expect(screen.queryByText(meaning)).toBeNull();
  fireEvent.mouseEnter(badge);
  expect(await screen.findByText(meaning)).toBeDefined();
});

test("in Chinese too", async () => {
  await inChinese();
  shown(<Level level={5} />);
  const badge = (await screen.findByText("5 级")).parentElement;
  expect(badge?.getAttribute("aria-description")).toBe("5 级（共 5 级）：泄露后危害公共利益或国家安全。");
});

test.each([
  ["integer", "整数"],
  ["number", "小数"],
  ["text", "文本"],
  ["boolean", "布尔"],
  ["date32[day]", "日期"],
  ["timestamp[us]", "日期时间"],
  ["time64[us]", "时刻"],
  ["list<element: int64>", "list<element: int64>"],
])("the type %s is %s", async (type, word) => {
  await inChinese();
  shown(<ColumnType type={type} />);
  expect(await screen.findByText(word)).toBeDefined();
});
