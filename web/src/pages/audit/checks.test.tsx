/** What a check has said of one document must not be shown of another. */
import { webcrypto } from "node:crypto";
import { renderHook, waitFor } from "@testing-library/react";
import { beforeAll, expect, it, vi } from "vitest";
import vectors from "../../core/fixtures/vectors.json";
import type { SignedReceipt } from "../../core/receipt";
import { useBrowserChecks } from "./Checks";
import { signedBy } from "./ReceiptParts";

beforeAll(() => {
  vi.stubGlobal("crypto", webcrypto);
});

it("a tampered copy of a receipt that holds is checked by itself", async () => {
  const honest = vectors.receipt as unknown as SignedReceipt;
  const forged = structuredClone(honest); // the same job, the same signatures
  const [party] = Object.keys(forged.receipt.statements);
  Object.assign(forged.receipt.statements[party ?? ""]?.statement ?? {}, { software: "9.9.9" });
  const { result, rerender } = renderHook(({ of }) => useBrowserChecks(of, vectors.fingerprints), {
    initialProps: { of: honest },
  });
  await waitFor(() => expect(result.current).toBeTruthy());
  expect(result.current?.every((check) => check.ok)).toBe(true);
  rerender({ of: forged });
  expect(result.current).toBeUndefined();
  await waitFor(() => expect(result.current).toBeTruthy());
  expect(result.current?.filter((check) => !check.ok).map((check) => check.id)).toContain("statements");
});

it("other keys under the same names are other keys", async () => {
  const honest = vectors.receipt as unknown as SignedReceipt;
  const { result, rerender } = renderHook(({ keys }) => useBrowserChecks(honest, keys), {
    initialProps: { keys: vectors.fingerprints },
  });
  await waitFor(() => expect(result.current).toBeTruthy());
  rerender({ keys: { ...vectors.fingerprints, lab: "0".repeat(64) } });
  await waitFor(() => expect(result.current?.find((check) => check.id === "keys")?.ok).toBe(false));
});

it("a signature that is there is not one that holds", () => {
  const honest = vectors.receipt as unknown as SignedReceipt;
  const wrong = [{ id: "countersignatures" as const, ok: false, found: "lab" }];
  expect(signedBy("lab", honest, null)).toBe("unchecked");
  expect(signedBy("lab", honest, wrong)).toBe("fails");
  expect(signedBy("hospital", honest, wrong)).toBe("holds");
  expect(signedBy("constructor", honest, [{ id: "countersignatures", ok: true }])).toBe("fails");
});
