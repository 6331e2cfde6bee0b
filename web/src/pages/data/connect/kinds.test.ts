import { expect, test } from "vitest";
import { missingOf, parted, placeOf, splitValues, valuesOf } from "./kinds";

test("secrets are kept apart from options", () => {
  const values = { host: " db.example ", port: "5432", database: "crm", user: "reader", password: " x " };
  expect(splitValues("postgresql", values)).toEqual({
    options: { host: "db.example", port: 5432, database: "crm", user: "reader" },
    secrets: { password: " x " },
  });
});

test("what is needed is told", () => {
  expect(missingOf("mysql", { host: "db", user: " " })).toEqual(["database", "user"]);
});

test("a connection becomes a form and a line", () => {
  const options = { bucket: "lake", prefix: "exports", anonymous: true };
  expect(valuesOf(options)).toEqual({ bucket: "lake", prefix: "exports", anonymous: "yes" });
  expect(placeOf({ kind: "s3", options })).toBe("s3://lake/exports");
  expect(placeOf({ kind: "postgresql", options: { host: "db", database: "crm" } })).toBe("db/crm");
});

test("whoever names a file means its folder", () => {
  expect(parted("folder", { path: " /own/people.csv " })).toEqual({ values: { path: "/own" }, file: "people.csv" });
  expect(parted("folder", { path: "/people.parquet" })).toEqual({ values: { path: "/" }, file: "people.parquet" });
  for (const path of ["/own", "/own/", "/own/.csv", "/own/people.parquet/"]) {
    expect(parted("folder", { path })).toEqual({ values: { path } });
  }
  expect(parted("http", { url: "https://a/b.csv" })).toEqual({ values: { url: "https://a/b.csv" } });
});
