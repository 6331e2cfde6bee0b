import { MantineProvider, Menu } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Router } from "wouter";
import { queries } from "../api/queries";
import { setLanguage } from "../core/language";
import { go, usePath, useSearchText } from "../core/location";
import { remember } from "../core/remembered";
import { core } from "../core/texts";
import { keepTour } from "./progress";
import Tour from "./Tour";
import TourItem from "./TourItem";
import { tour } from "./texts";

const { port } = window.location;
const CHAIRS = ["hospital", "lab"].map((name, place) => `${name}.${Number(port) + place}.${"c".repeat(24)}`);
const mark = document.createElement("meta");
mark.name = "tacit-demo";

beforeEach(async () => {
  setLanguage("en");
  await Promise.all([core.preload(), tour.preload()]);
  document.head.append(mark);
  remember("demo", `chairs=${CHAIRS.join("~")}`);
  go("/");
});
afterEach(() => {
  cleanup();
  mark.remove();
  window.localStorage.clear();
});

const show = (at: string) => {
  keepTour(at, "/");
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Suspense>
            <Tour />
            <Menu opened>
              <Menu.Dropdown>
                <TourItem />
              </Menu.Dropdown>
            </Menu>
          </Suspense>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );
};
const card = () => screen.queryByRole("complementary", { name: "Tour of the demo" });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

test("the card folds into its button, and out of it again", async () => {
  show("3c~~");
  expect([await screen.findByRole("button", { name: "Tour 4/4" }), card()]).toEqual([expect.anything(), null]);
  press("Tour 4/4");
  expect(document.activeElement).toBe(card());
  press("Fold the tour away");
  expect(card()).toBeNull();
  expect(document.activeElement?.textContent).toBe("Tour 4/4");
});

test("a tour that is closed is gone, button and all, until it is asked for in the menu", async () => {
  show("3o~~");
  await screen.findByRole("button", { name: "Tour 4/4" });
  press("Close the tour");
  expect([card(), screen.queryByRole("button", { name: "Tour 4/4" })]).toEqual([null, null]);
  fireEvent.click(await screen.findByText("Tour of the demo"));
  expect(card()).not.toBeNull();
});

test("it lies open on Home alone, and elsewhere only where it was asked for", async () => {
  show("1o~~");
  await screen.findByRole("button", { name: "Tour 2/4" });
  expect(card()).not.toBeNull();
  act(() => go("/projects/agr-1"));
  expect(card()).toBeNull();
  press("Tour 2/4");
  expect(card()).not.toBeNull();
  act(() => go("/data"));
  act(() => go("/projects/agr-1"));
  expect(card()).toBeNull();
});
