import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen, within } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { JobDetail } from "../../api/types";
import { core } from "../../core/texts";
import type { TransformDocument } from "../documents";
import fixture from "../fixtures/transform.json";
import { results } from "../texts";
import { viewerOf } from "../viewer";
import "../viewers";
import Transform from "./Transform";

beforeAll(async () => {
  await Promise.all([core.preload(), results.preload()]);
});
afterEach(cleanup);

test("each own column says what is done to it, and with what figures", async () => {
  expect(viewerOf(fixture.kind)).toBeDefined();
  render(
    <MantineProvider env="test">
      <Suspense>
        <Transform document={fixture as TransformDocument} job={{} as JobDetail} step="prepare" />
      </Suspense>
    </MantineProvider>,
  );
  const age = within((await screen.findByText("age")).closest("tr") as HTMLElement);
  expect(age.getAllByText("41.5")).toHaveLength(2);
  expect(age.getByText("12.25")).toBeDefined();
  expect(screen.getByText("stop the job")).toBeDefined();
  expect(screen.getByText("country")).toBeDefined();
  expect(screen.getByText("(value − mean) ÷ standard deviation")).toBeDefined();
});
