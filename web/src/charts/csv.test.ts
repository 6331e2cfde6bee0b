import { expect, test } from "vitest";
import { csvOf } from "./csv";

const cellOf = (text: string): string => csvOf({ columns: ["a"], rows: [[text]] }).slice("a\r\n".length, -2);

test("a text that a spreadsheet would take for a formula is made plain", () => {
  for (const first of "=+-@＝＋－＠") expect(cellOf(`${first}1`)).toBe(`'${first}1`);
  for (const first of "\t\r\n") expect(cellOf(`${first}=1`)).toBe(`"'${first}=1"`);
  expect(csvOf({ columns: ["a"], rows: [[-1]] })).toBe("a\r\n-1\r\n");
});

test("a cell stays one cell wherever a spreadsheet cuts", () => {
  for (const cut of [",", ";", "\t", "\n", "\r"]) expect(cellOf(`x${cut}=1`)).toBe(`"x${cut}=1"`);
  expect(cellOf('x "y"; z')).toBe('"x ""y""; z"');
});
