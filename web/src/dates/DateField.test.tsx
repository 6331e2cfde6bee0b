import { MantineProvider, Modal } from "@mantine/core";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { Suspense, useState } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "../core/language";
import { core } from "../core/texts";
import { DateField } from "./DateField";
import { dates } from "./texts";

let held = "";
const Form = () => {
  const [day, setDay] = useState("");
  held = day;
  return (
    <form aria-label="form">
      <DateField label="Ends" value={day} onChange={setDay} />
      <button type="button" onClick={() => setDay("2030-01-01")}>
        later
      </button>
    </form>
  );
};

async function show(language: "en" | "zh"): Promise<HTMLInputElement> {
  setLanguage(language);
  await Promise.all([core.preload(), dates.preload()]);
  render(
    <MantineProvider env="test">
      <Suspense>
        <Form />
      </Suspense>
    </MantineProvider>,
  );
  return screen.findByRole<HTMLInputElement>("textbox", { name: "Ends" });
}

const type = (field: HTMLInputElement, value: string): void => {
  fireEvent.focus(field);
  fireEvent.change(field, { target: { value } });
};

beforeAll(() => import("./Calendar"), 30_000); // slow machines take their time to read it
beforeEach(() => {
  held = "";
});
afterEach(() => {
  cleanup();
  setLanguage("en");
});

test("a day is read as soon as it is one, and written out when the field is left", async () => {
  const field = await show("en");
  type(field, "2027/3/4");
  expect([held, field.value]).toEqual(["2027-03-04", "2027/3/4"]);
  fireEvent.blur(field);
  expect(field.value).toBe("2027-03-04");
});

test("what is no day is none, is told afterwards, and keeps the form from being sent", async () => {
  const field = await show("en");
  type(field, "2027-02-30");
  expect(screen.queryByText(/such as/)).toBeNull();
  fireEvent.blur(field);
  expect(screen.getByText(/such as 2027-12-31/)).toBeDefined();
  expect([held, field.value, field.checkValidity()]).toEqual(["", "2027-02-30", false]);
  fireEvent.click(screen.getByRole("button", { name: "later" }));
  expect([field.value, field.checkValidity()]).toEqual(["2030-01-01", true]);
});

test("the calendar speaks Chinese where the console does, and gives the day that is chosen", async () => {
  const field = await show("zh");
  expect(field.placeholder).toBe("年-月-日");
  type(field, "2027-03-04");
  fireEvent.click(screen.getByRole("button", { name: "Ends：打开日历" }));
  expect(await screen.findByText("2027年3月")).toBeDefined();
  expect(screen.getByText("一")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "2027年3月9日" }));
  expect([held, field.value]).toEqual(["2027-03-09", "2027-03-09"]);
});

test("a day that a form does not let go comes back", async () => {
  await dates.preload();
  render(
    <MantineProvider env="test">
      <Suspense>
        <DateField label="From" value="2027-03-04" onChange={() => {}} />
      </Suspense>
    </MantineProvider>,
  );
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "From" });
  type(field, "2027-03-0");
  expect(field.value).toBe("2027-03-0");
  type(field, "");
  fireEvent.blur(field);
  expect(field.value).toBe("2027-03-04");
});

test("the calendar takes the focus; Escape closes it, and not the dialog around it", async () => {
  await dates.preload();
  const close = vi.fn();
  render(
    <MantineProvider env="test">
      <Suspense>
        <Modal opened onClose={close} title="Offer">
          <DateField label="Ends" value="2027-03-04" onChange={() => {}} />
        </Modal>
      </Suspense>
    </MantineProvider>,
  );
  fireEvent.click(await screen.findByRole("button", { name: "Calendar for Ends" }));
  const day = await screen.findByRole("button", { name: "4 Mar 2027" });
  await waitFor(() => expect(document.activeElement).toBe(day));
  fireEvent.keyDown(day, { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("button", { name: "4 Mar 2027" })).toBeNull());
  expect(close).not.toHaveBeenCalled();
});
