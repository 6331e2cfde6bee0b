import { expect, it } from "vitest";
import { translator } from "./texts";
import { visible } from "./visible";

it.each([
  ["pay \u202etfel\u202c", "pay ⟨U+202E⟩tfel⟨U+202C⟩"],
  ["lab\u200b", "lab⟨U+200B⟩"],
  ["\u2066x\u2069\ufeff\u00ad", "⟨U+2066⟩x⟨U+2069⟩⟨U+FEFF⟩⟨U+00AD⟩"],
  ["a\u{e0041}b\u0000\u001b[31m", "a⟨U+E0041⟩b⟨U+0000⟩⟨U+001B⟩[31m"],
])("what nobody sees is shown: %j", (text, shown) => expect(visible(text)).toBe(shown));

it("words of any script stay as they are", () => {
  for (const text of ["联合风控\n目的：研究", "مستشفى", "👩‍⚕️", "a\tb"]) expect(visible(text)).toBe(text);
});

it("holds for everything that a text is filled with", () => {
  const t = translator("x", { "x.y": "{who} asks" }, "en");
  expect(t("x.y", { who: "lab\u202e" })).toBe("lab⟨U+202E⟩ asks");
});
