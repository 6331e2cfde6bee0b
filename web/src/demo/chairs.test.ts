import { afterEach, beforeEach, expect, test } from "vitest";
import { placeElsewhere, readChairs, readDemo, readFacts, wayTo } from "./chairs";

const CODE = "t6qZzHn3XSMRHA0HeERoP1kT9AoQxx5-LruCFOneAsY";
const CHAIRS = `hospital.7301.${CODE}~lab.7302.${CODE}`;
const here = { hostname: "127.0.0.1", port: "7301" };
const query = (fields: Record<string, string>) => new URLSearchParams(fields);

const said = document.createElement("meta");
said.name = "tacit-demo";

beforeEach(() => {
  window.localStorage.clear();
  document.head.append(said);
});
afterEach(() => said.remove());

test("chairs are read as a whole or not at all", () => {
  expect(readChairs(CHAIRS)?.map((chair) => chair.name)).toEqual(["hospital", "lab"]);
  for (const wrong of [
    null,
    "",
    "hospital.7301",
    `${CHAIRS}~x`,
    CHAIRS.replace(".7302", ".evil.example"),
    `a.7301.${CODE}`,
  ])
    expect(readChairs(wrong)).toBeUndefined();
});

test("facts are a column and two areas", () => {
  expect(readFacts("diagnosis~0.9843~0.9947")).toEqual({ label: "diagnosis", alone: 0.9843, pooled: 0.9947 });
  expect(readFacts("diagnosis~2~0.9")).toBeUndefined();
});

test("only a page that is one of the chairs, on this machine, believes a link", () => {
  expect(readDemo(query({ chairs: CHAIRS }), here)?.chairs).toHaveLength(2);
  expect(readDemo(query({ chairs: CHAIRS }), { ...here, port: "7309" })).toBeUndefined();
  expect(readDemo(query({ chairs: CHAIRS }), { ...here, hostname: "console.example" })).toBeUndefined();
});

test("a node that does not say that it is a demo's takes no link", () => {
  said.remove();
  expect(readDemo(query({ chairs: CHAIRS }), here)).toBeUndefined();
});

test("the way to another chair tells it all", () => {
  const demo = readDemo(query({ chairs: CHAIRS, facts: "diagnosis~0.9843~0.9947" }), here);
  const lab = demo?.chairs[1];
  if (demo === undefined || lab === undefined) throw new Error("no demo");
  const url = new URL(wayTo(lab, demo, "/jobs/job-1", { lang: "zh" }));
  const told = new URLSearchParams(url.hash.split("?")[1]);
  expect(url.port).toBe("7302");
  expect(Object.fromEntries(told)).toMatchObject({ chairs: CHAIRS, next: "/jobs/job-1", lang: "zh" });
});

test("what only one node has is not looked for at another", () => {
  expect(
    ["/", "/jobs/j-1", "/projects/agr-1", "/data/patients", "/flows/f-1", "/projects/new", "/data/connect"].map(
      placeElsewhere,
    ),
  ).toEqual(["/", "/jobs/j-1", "/projects/agr-1", "/data", "/flows", "/projects", "/data/connect"]);
});
