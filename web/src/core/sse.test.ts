import { expect, test } from "vitest";
import { makeReader, type Told } from "./sse";

function read(...pieces: string[]): Told[] {
  const told: Told[] = [];
  const feed = makeReader((one) => told.push(one));
  for (const piece of pieces) feed(piece);
  return told;
}

test("an event has a name, data and an id", () => {
  expect(read('id: 7\nevent: log\ndata: {"a":1}\n\n')).toEqual([{ event: "log", data: '{"a":1}', id: "7" }]);
});

test("events come in any pieces", () => {
  const text = "id: 7\r\nevent: log\r\ndata: one\r\ndata: two\r\n\r\nevent: state\r\ndata: three\r\n\r\n";
  const whole = read(text);
  expect(read(...text)).toEqual(whole);
  expect(whole.map((told) => told.data)).toEqual(["one\ntwo", "three"]);
});

test("the last id stays until there is another", () => {
  expect(read("id: 7\ndata: a\n\n", "data: b\n\n").map((told) => told.id)).toEqual(["7", "7"]);
});

test("comments keep the line alive and say nothing", () => {
  expect(read(": keep-alive\n\n", ": keep-alive\n\n")).toEqual([]);
});
