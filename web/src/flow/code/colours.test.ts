import { expect, test } from "vitest";
import { pieces } from "./colours";

const seen = (text: string, format: "yaml" | "python" | "json"): string[] =>
  pieces(text, format).flatMap(({ text: part, kind }) => (kind === undefined ? [] : [`${kind} ${part}`]));

test("YAML", () => {
  const text =
    "steps:\n- id: train # now\n  params: {epochs: 30, l2: 0.01, stop: true, note: 'a # b'}\n  sha256: 1a2b\n";
  expect(seen(text, "yaml")).toEqual([
    "name steps",
    "name id",
    "comment # now",
    "name params",
    "name epochs",
    "number 30",
    "name l2",
    "number 0.01",
    "name stop",
    "word true",
    "name note",
    "text 'a # b'",
    "name sha256",
  ]);
});

test("Python", () => {
  expect(seen('from tacit import flow\nrows = flow.read("a=b", epochs=3)  # all\n', "python")).toEqual([
    "word from",
    "word import",
    'text "a=b"',
    "name epochs",
    "number 3",
    "comment # all",
  ]);
});

test("JSON, and nothing is lost on the way", () => {
  const text = '{"a": "b: 1", "n": -2.5e3, "z": null}\n';
  expect(seen(text, "json")).toEqual(['name "a"', 'text "b: 1"', 'name "n"', "number -2.5e3", 'name "z"', "word null"]);
  expect(
    pieces(text, "json")
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});
