import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setLanguage } from "../core/language";
import { core } from "../core/texts";
import { type DisclosedLine, Disclosures } from "./Disclosures";

const line: DisclosedLine = { step: "match", code: "psi.rows", en: "which rows both have", zh: "哪些行双方都有" };

beforeEach(async () => {
  setLanguage("en");
  await core.preload();
});
afterEach(cleanup);

test("a party that is named like something every object inherits is a party like others", () => {
  const lines = { constructor: [line] };
  render(<Disclosures of={lines} diffTo={{ lab: [line] }} />);
  expect(screen.getAllByText("which rows both have")).toHaveLength(2);
  cleanup();
  render(<Disclosures of={{ lab: [] }} diffTo={lines} />);
  expect(screen.getAllByText("which rows both have")).toHaveLength(1);
});
