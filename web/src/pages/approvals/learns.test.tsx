import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setLanguage } from "../../core/language";
import { core } from "../../core/texts";
import { Learns } from "./Learns";
import { approvals } from "./texts";

beforeEach(async () => {
  setLanguage("en");
  await Promise.all([core.preload(), approvals.preload()]);
});
afterEach(cleanup);

it("a party that is named like something every object inherits is a party like others", () => {
  const line = { step: "match", code: "psi.rows", en: "which rows both have", zh: "哪些行双方都有" };
  render(<Learns of={{ constructor: [line] }} before={{ lab: [] }} me="lab" />);
  expect(screen.getByText("which rows both have")).toBeTruthy();
});
