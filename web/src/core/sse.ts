/** Server-sent events out of the pieces of text in which they come. */
export interface Told {
  event: string;
  data: string;
  id: string;
}

/** Returns what to feed with text. `on` is called for every event that has data; comments are passed over. */
export function makeReader(on: (told: Told) => void): (text: string) => void {
  let rest = "";
  let event = "";
  let id = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) on({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (name === "event") event = value;
    else if (name === "data") data.push(value);
    else if (name === "id") id = value;
  };
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const each of lines) line(each);
  };
}
