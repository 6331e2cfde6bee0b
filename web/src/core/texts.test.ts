import { expect, test } from "vitest";
import { translator } from "./texts";

const en = translator("x", { a: "Hello {name}", n_one: "{count} row", n_other: "{count} rows" }, "en");
const zh = translator("x", { a: "{name}，您好", n_other: "{count} 行" }, "zh");

test("values fill their places, numbers as the language writes them", () => {
  expect(en("a", { name: "Ada" })).toBe("Hello Ada");
  expect(zh("a", { name: "$& Ada" })).toBe("$& Ada，您好");
  expect([en("n", { count: 1 }), en("n", { count: 12000 }), zh("n", { count: 1 })]).toEqual([
    "1 row",
    "12,000 rows",
    "1 行",
  ]);
});

test("what is missing shows itself", () => {
  expect(en("lost")).toBe("x.lost");
  expect(en("a", { other: 1 })).toBe("Hello {name}");
});
