import { afterEach, expect, test } from "vitest";
import { escaped, htmlOf, json } from "./html";

afterEach(() => {
  document.body.replaceChildren();
  document.head.replaceChildren();
});

function article(inner: string): HTMLElement {
  const made = document.createElement("article");
  made.innerHTML = inner;
  document.body.append(made);
  return made;
}

const svg = '<svg width="10" height="10"><path d="M0 0"/></svg>';
const parts = { title: "A <b> & c", language: "en", receipt: { text: "</script><script>alert(1)</script>" } };

test("charts become drawings, controls and links go", () => {
  const html = htmlOf(
    article(
      `<h1>Report</h1><img data-chart alt="Loss" src="data:image/svg+xml,${encodeURIComponent(svg)}">` +
        `<button>Save</button><a href="#/jobs">all jobs</a><p data-no-export>not this</p>`,
    ),
    parts,
  );
  expect(html).toContain('<svg role="img" aria-label="Loss" width="10"');
  expect(html).not.toContain("<button");
  expect(html).not.toContain("href=");
  expect(html).toContain("all jobs");
  expect(html).not.toContain("not this");
});

test("nothing in the file runs, and the receipt cannot break out", () => {
  const html = htmlOf(article("<h1>Report</h1><script>alert(2)</script>"), parts);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain('<script type="application/json" id="receipt">');
  expect(html).toContain("<title>A &lt;b&gt; &amp; c</title>");
  const text = /id="receipt">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  expect(JSON.parse(text)).toEqual(parts.receipt);
});

test("a caption stays inside of its attribute, whatever it says", () => {
  const caption = `$' $& $\` "><img src=x onerror=alert(1)>`;
  const image = document.createElement("img");
  image.setAttribute("data-chart", "");
  image.alt = caption;
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  const html = htmlOf(article(image.outerHTML), parts);
  const read = new DOMParser().parseFromString(html, "text/html");
  expect(read.querySelector("svg")?.getAttribute("aria-label")).toBe(caption);
  expect(read.querySelector("img")).toBeNull();
});

test("the file lets nothing in and sends nothing out", () => {
  const html = htmlOf(article("<h1>Report</h1>"), parts);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  for (const part of ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]) expect(policy).toContain(part);
});

test("names of columns and groups are texts in a drawing, too", async () => {
  const { svgOf } = await import("../charts/print");
  const name = `</text><script>alert(1)</script><image href="x" onload="alert(2)"/>"'&`;
  const drawing = svgOf(
    {
      legend: { data: [name] },
      xAxis: { type: "category", name, data: [name] },
      yAxis: { type: "value", name },
      series: [{ type: "bar", name, data: [1], label: { show: true, formatter: () => name } }],
    },
    400,
    200,
  );
  const image = `<img data-chart alt="x" src="data:image/svg+xml,${encodeURIComponent(drawing)}">`;
  const read = new DOMParser().parseFromString(htmlOf(article(image), parts), "text/html");
  expect(read.querySelectorAll("svg script, svg image, svg [onload]")).toHaveLength(0);
  expect(read.querySelector("svg")?.textContent).toContain("alert(1)");
});

test("only styles that mean something come along", () => {
  const style = document.createElement("style");
  style.textContent =
    ":root { --text: black } .used { color: red } .unused { color: blue } @media print { .used { margin: 0 } }";
  document.head.append(style);
  const html = htmlOf(article('<p class="used">x</p>'), parts);
  expect(html).toContain("--text");
  expect(html).toContain(".used");
  expect(html).not.toContain(".unused");
});

test("texts are written as texts", () => {
  expect(escaped('<a href="x">&')).toBe("&lt;a href=&quot;x&quot;&gt;&amp;");
  expect(json({ a: "<" })).toContain("\\u003c");
});
