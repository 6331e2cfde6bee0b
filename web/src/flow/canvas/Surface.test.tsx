import { act, cleanup, render } from "@testing-library/react";
import { ReactFlowProvider, useStoreApi } from "@xyflow/react";
import { afterEach, beforeAll, expect, it } from "vitest";
import { joint, specs } from "../fixtures/flows";
import { flow } from "../texts";
import type { Picture } from "./model";
import { Surface } from "./Surface";

beforeAll(() => flow.preload());
afterEach(cleanup);

let api: ReturnType<typeof useStoreApi>;
function Seen() {
  api = useStoreApi();
  return null;
}

it("asks all boxes, wires and ports once for each move of a box", async () => {
  const picture: Picture = { doc: joint(), specs, hues: new Map(), readOnly: false };
  const none: string[] = [];
  await act(async () => {
    render(
      <ReactFlowProvider>
        <Surface picture={picture} selection={none} onSelect={() => {}} onMoved={() => {}}>
          <Seen />
        </Surface>
      </ReactFlowProvider>,
    );
  });
  const move = (x: number) =>
    act(() =>
      api.getState().onNodesChange?.([{ id: "match", type: "position", position: { x, y: 8 }, dragging: true }]),
    );
  move(0);
  let asked = 0;
  const stop = api.subscribe(() => {
    asked += 1;
  });
  for (const x of [8, 16, 24]) move(x);
  stop();
  expect(api.getState().nodeLookup.get("match")?.position.x).toBe(24);
  expect(asked).toBe(3);
});
