import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { makeStore, type Store, useStore } from "../../core/store";
import { useReturningFocus } from "./focus";

function Stage({ question }: { question: Store<string | undefined> }) {
  useReturningFocus(question);
  const asked = useStore(question);
  return (
    <main>
      <div role="application" tabIndex={-1} />
      <button type="button">tool</button>
      {asked !== undefined && <input aria-label="field" />}
    </main>
  );
}
const turn = () => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
afterEach(cleanup);

it("goes back to what opened the dialog, else to the canvas", async () => {
  const question = makeStore<string | undefined>(undefined);
  render(<Stage question={question} />);
  screen.getByRole("button").focus();
  for (const wanted of [screen.getByRole("button"), screen.getByRole("application")]) {
    act(() => question.set("add"));
    screen.getByLabelText("field").focus();
    act(() => question.set(undefined));
    await turn();
    expect(document.activeElement).toBe(wanted);
    wanted.blur();
  }
});
