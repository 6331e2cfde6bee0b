/** Every word that a person reads is in both languages, used, and nowhere else. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { ALLOWED, DYNAMIC } from "./allowed";

const SOURCES = join(import.meta.dirname, "../src");
const SPOKEN = new Set([
  "title",
  "label",
  "placeholder",
  "alt",
  "aria-label",
  "description",
  "caption",
  "lead",
  "text",
  "hint",
  "children",
]);
const HAN = /\p{Script=Han}/u;
const LETTER = /\p{L}/u;
const PLACEHOLDER = /\{(\w+)\}/g;
/** Half-width marks where Chinese ones belong. */
const HALF = /\p{Script=Han}[,;:!?()]|[,;:!?()]\p{Script=Han}|\p{Script=Han}\.(\s|$)/u;
/** Words of others, and the glossary's; what the node says follows tests/node/test_server_words.py. */
const INSTEAD: [RegExp, string][] = [
  [/(?<![项条])目的/, "用途"],
  [/伙伴|对端/, "合作方"],
  [/合同|契约|协议书/, "合约"],
  [/(?<!\p{Script=Han})作业/u, "任务"],
  [/工作流/, "流程"],
  [/收据|回执/, "凭证"],
  [/组织/, "机构"],
  [/拥有者|所有者/, "持有方"],
  [/作用域|权限域/, "权限范围"],
  [/数据源/, "连接"],
  [/安全模型/, "安全模式"],
  [/组件/, "算子"],
  [/模版/, "模板"],
  [/帐/, "账"],
  [/登陆/, "登录"],
];

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const all = files(SOURCES);
const named = (path: string): string => relative(SOURCES, path).split(sep).join("/");
const code = all.filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.d\.ts$/.test(path));
const areas = all
  .filter((path) => path.endsWith(`${sep}texts${sep}en.json`))
  .map((path) => path.slice(0, -"/en.json".length));
const texts = (folder: string, language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));
const base = (key: string): string => key.replace(/_(one|other)$/, "");
const placeholders = (text: string): string =>
  [...new Set([...text.matchAll(PLACEHOLDER)].map((hit) => hit[1]))].sort().join();

describe.each(areas.map((folder) => [named(folder), folder]))("%s", (_name, folder) => {
  const [en, zh] = [texts(folder, "en"), texts(folder, "zh")];

  test("has the same keys in both languages", () => {
    expect([...new Set(Object.keys(zh).map(base))].sort()).toEqual([...new Set(Object.keys(en).map(base))].sort());
  });

  test("has plurals where its language has them", () => {
    const lonely = Object.keys(en).filter((key) => key.endsWith("_one") && !(`${base(key)}_other` in en));
    expect([...lonely, ...Object.keys(zh).filter((key) => key.endsWith("_one"))]).toEqual([]);
  });

  test("says the same with the same placeholders", () => {
    const wrong = Object.entries(en).filter(([key, text]) => {
      if (key.endsWith("_one")) return false; // "one file" may do without its number
      return placeholders(zh[key] ?? zh[`${key}_other`] ?? "") !== placeholders(text);
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  test("leaves nothing empty and nothing untranslated", () => {
    const bare = Object.entries({ ...en, ...zh }).filter(([, text]) => text.trim() === "");
    const foreign = Object.entries(zh).filter(([key, text]) => {
      const words = text.replace(PLACEHOLDER, "");
      return (
        LETTER.test(words) &&
        !HAN.test(words) &&
        text === en[key] &&
        /[a-z]{3}/.test(words) &&
        !ALLOWED.same.includes(text)
      );
    });
    const mixed = Object.entries(en).filter(([, text]) => HAN.test(text) && !ALLOWED.same.includes(text));
    expect([...bare, ...foreign, ...mixed].map(([key]) => key)).toEqual([]);
  });

  test("has the glossary's words and Chinese punctuation in Chinese", () => {
    expect(Object.entries(zh).flatMap(([key, text]) => wrongIn(text).map((wrong) => `${key}: ${wrong}`))).toEqual([]);
  });

  test("is used", () => {
    const unused = Object.keys(en)
      .map(base)
      .filter((key) => !used(key, named(folder)));
    expect([...new Set(unused)]).toEqual([]);
  });
});

function wrongIn(text: string): string[] {
  const words = INSTEAD.filter(([wrong]) => wrong.test(text)).map(([wrong, right]) => `${wrong.source} is ${right}`);
  return HALF.test(text) ? [...words, `half-width in ${text}`] : words;
}

/** All string literals and template shapes in the code. */
const literals = new Set<string>();
const shapes: RegExp[] = [];
const spoken: string[] = [];
for (const path of code) {
  const text = readFileSync(path, "utf8");
  look(
    ts.createSourceFile(
      path,
      text,
      ts.ScriptTarget.Latest,
      true,
      path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    ),
    named(path),
  );
}

function used(key: string, area: string): boolean {
  if (literals.has(key) || shapes.some((shape) => shape.test(key))) return true;
  return (DYNAMIC[area] ?? []).some((prefix) => key.startsWith(prefix));
}

function look(node: ts.Node, path: string): void {
  if (ts.isStringLiteralLike(node)) literals.add(node.text);
  if (ts.isTemplateExpression(node)) shapes.push(shapeOf(node));
  if (ts.isJsxText(node) && LETTER.test(node.text)) spoken.push(`${path}: ${node.text.trim()}`);
  if (ts.isJsxAttribute(node)) lookAtAttribute(node, path);
  if (ts.isPropertyAssignment(node) && isTextOfNotify(node)) say(node.initializer, path);
  if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) say(node.expression, path);
  ts.forEachChild(node, (child) => look(child, path));
}

/** Of the shape `state.${x}`; a template of placeholders only fits no key. */
function shapeOf(node: ts.TemplateExpression): RegExp {
  const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const parts = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].map(quoted);
  return parts.join("").length < 2 ? /^\b$/ : new RegExp(`^${parts.join(".+")}$`);
}

function lookAtAttribute(node: ts.JsxAttribute, path: string): void {
  if (!SPOKEN.has(node.name.getText()) || node.initializer === undefined) return;
  const value = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer;
  if (value !== undefined) say(value, path);
}

function isTextOfNotify(node: ts.PropertyAssignment): boolean {
  return (
    node.name.getText() === "text" &&
    ts.isCallExpression(node.parent.parent) &&
    node.parent.parent.expression.getText() === "notify"
  );
}

function say(value: ts.Node, path: string): void {
  if (ts.isStringLiteralLike(value) && LETTER.test(value.text)) spoken.push(`${path}: ${value.text}`);
}

test("no word stands in the code", () => {
  expect(spoken.filter((found) => !ALLOWED.spoken.some((allowed) => found.endsWith(`: ${allowed}`)))).toEqual([]);
});

test("no Chinese stands in the code", () => {
  expect(code.filter((path) => HAN.test(readFileSync(path, "utf8"))).map(named)).toEqual([]);
});

test("few things are allowed to be the same in both languages", () => {
  expect(ALLOWED.same.length + ALLOWED.spoken.length).toBeLessThanOrEqual(60);
});
