import { expect, it } from "vitest";
import type { Check } from "../../api/types";
import { bySubject, statusOf } from "./DoctorTab";
import { grouped } from "./Fingerprint";

const check = (id: string, status: string, subject: string | null = null): Check => ({
  id,
  subject,
  status,
  text: { zh: "", en: "" },
  found: null,
  expected: null,
  hint: null,
  words: { found: null, expected: null, hint: null },
});

it("sorts checks by what they are about, faults first", () => {
  const told = bySubject([
    check("a", "ok"),
    check("out", "ok", "lab"),
    check("b", "error"),
    check("in", "warning", "lab"),
  ]);
  expect(told.map(([subject, checks]) => [subject, checks.map((each) => each.id)])).toEqual([
    [null, ["b", "a"]],
    ["lab", ["in", "out"]],
  ]);
});

it("an unknown status is a warning", () => expect(statusOf({ status: "odd" })).toBe("warning"));
it("fingerprints are read in groups of four", () => expect(grouped("12345678ab")).toBe("1234 5678 ab"));
