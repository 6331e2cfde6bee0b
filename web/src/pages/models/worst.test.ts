import { expect, it } from "vitest";
import type { Model } from "../../api/types";
import { worst } from "./page";

const model = (...found: string[]): Model =>
  ({ name: "m", versions: found.map((integrity) => ({ integrity })) }) as unknown as Model;

it("one changed version is not hidden by the others", () => {
  expect(worst(model("intact", "changed", "unknown"))).toBe("changed");
  expect(worst(model("intact", "unknown"))).toBe("unknown");
  expect(worst(model("intact"))).toBe("intact");
});
