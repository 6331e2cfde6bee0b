import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { queries } from "../api/queries";
import { setLanguage } from "../core/language";
import operators from "./fixtures/operators.json";
import { useSpecWords } from "./spec_words";

const TRAIN = "logistic_regression.train";
function Words() {
  const words = useSpecWords();
  const { title, role, param, option } = words(TRAIN);
  return <p>{[title, role("dealer"), param("epochs"), option("sigmoid", "series"), option("seed", 0)].join(" / ")}</p>;
}
const shown = () =>
  render(
    <QueryClientProvider client={queries}>
      <Words />
    </QueryClientProvider>,
  );

beforeAll(() => vi.stubGlobal("fetch", async () => Response.json({ items: operators, next: null })));
afterEach(() => {
  cleanup();
  setLanguage("en");
});

it("says roles, settings and their values as the Spec does", async () => {
  const spec = operators.find((one) => one.name === TRAIN);
  setLanguage("zh");
  shown();
  const said = (await screen.findByText(new RegExp(spec?.title.zh ?? "?"))).textContent ?? "";
  expect(said).toMatch(/^\p{Script=Han}+ \/ \p{Script=Han}+ \/ \p{Script=Han}+ \/ .*\p{Script=Han}.* \/ 0$/u);
});
