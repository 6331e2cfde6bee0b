import { expect, test } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en");
const zh = makeFormat("zh");
const plain = (text: string): string => text.replace(/\s+/g, " ");

test("sizes", () => {
  expect([0, 999, 1000, 15_300, 2_500_000, 7.2e9].map((size) => en.bytes(size))).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "15 kB",
    "2.5 MB",
    "7.2 GB",
  ]);
});

test("durations", () => {
  expect([0.012, 3.27, 59.4, 61, 3_725, 90_061].map((value) => plain(en.seconds(value)))).toEqual([
    "12 ms",
    "3.3 s",
    "59 s",
    "1 min 1 s",
    "1 h 2 min",
    "1 d 1 h",
  ]);
  expect(plain(zh.seconds(61))).toBe("1分钟 1秒");
});

test("times near and far", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(en.ago("2026-11-21T11:58:00Z", now)).toBe("2 minutes ago");
  expect(zh.ago("2026-11-18T12:00:00Z", now)).toBe("3天前");
  expect(en.utc("2026-11-21T11:58:00.123Z")).toBe("2026-11-21 11:58:00.123 UTC");
});

test("what is not known is a dash", () => {
  expect([en.bytes(null), en.seconds(undefined), en.date(""), en.number(Number.NaN), en.time("never")]).toEqual([
    "–",
    "–",
    "–",
    "–",
    "–",
  ]);
});

test("numbers, shares, money, lists", () => {
  expect([en.number(1234567.891), en.percent(0.1234), en.money("12.5", "EUR"), en.money(3, "credits")]).toEqual([
    "1,234,567.89",
    "12.3%",
    "€12.50",
    "3 credits",
  ]);
  expect(en.list(["a", "b", "c"])).toBe("a, b and c");
  expect(zh.list(["hospital", "lab", "银行"])).toBe("hospital、lab 和银行");
  expect([zh.list(["银行", "lab"]), zh.list(["银行", "医院"]), zh.list(["lab"])]).toEqual([
    "银行和 lab",
    "银行和医院",
    "lab",
  ]);
});
