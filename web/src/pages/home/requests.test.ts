import { expect, test } from "vitest";
import type { InboxItem } from "../../api/types";
import { type Bundle, bundled } from "./requests";

const item = (id: string, kind: string, by: string): InboxItem => ({ id, kind, requested_by: by }) as InboxItem;

test("three requests of one partner are one line, in the place of the first", () => {
  const items = [
    item("1", "job", "peer:shop"),
    item("2", "grant", "peer:shop"),
    item("3", "grant", "peer:bank"),
    item("4", "grant", "peer:shop"),
    item("5", "grant", "peer:shop"),
    item("6", "grant", "mei"),
  ];
  const shown = bundled(items);
  expect(shown.map((one) => ("peer" in one ? one.peer : one.id))).toEqual(["1", "shop", "3", "6"]);
  expect((shown[1] as Bundle).items.map((one) => one.id)).toEqual(["2", "4", "5"]);
});
