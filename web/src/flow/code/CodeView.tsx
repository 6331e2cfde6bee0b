/** The flow as text: YAML, Python or JSON, made and read by the node, so that nothing changes on the way. */
import { Button, Group, SegmentedControl } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "../../api/client";
import type { FlowProblem } from "../../api/types";
import { recall, remember } from "../../core/remembered";
import { Copy } from "../../ui/Copy";
import { Diagnostic } from "../../ui/Diagnostic";
import { replaceAll } from "../commands";
import type { FlowDoc } from "../document";
import { useProblemSentence } from "../problems/sentences";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import styles from "./CodeView.module.css";
import { convertDoc, convertText, FORMATS, type Format, findings, type Texts } from "./convert";
import { Editor } from "./Editor";
import { forgetTyped, keepTyped, typedIn } from "./typed";

const SETTLE_MS = 500;

const isFormat = (text: string | undefined): text is Format => FORMATS.some((known) => known === text);

export function CodeView() {
  const t = sides.useT();
  const [format, setFormat] = useState<Format>(() => {
    const last = recall("flow.format");
    return isFormat(last) ? last : "yaml";
  });
  const choose = (next: string): void => {
    if (!isFormat(next)) return;
    remember("flow.format", next);
    setFormat(next);
  };
  return (
    <div className={styles.view}>
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          aria-label={t("code.format")}
          data={FORMATS.map((value) => ({ value, label: t(`code.${value}`) }))}
          value={format}
          onChange={choose}
        />
        <span className={styles.lead}>
          <Lead text={t(`code.lead.${format}`)} />
        </span>
      </div>
      <CodeText key={format} format={format} />
    </div>
  );
}

/** What stands between backticks is code. */
function Lead({ text }: { text: string }) {
  return text.split("`").map((part, place) => (place % 2 === 1 ? <code key={part}>{part}</code> : part));
}

/** The text of one format; what is typed stays until it can be read, be it after a change of view. */
function CodeText({ format }: { format: Format }) {
  const t = sides.useT();
  const store = useFlowStore();
  const doc = useFlow((state) => state.doc);
  const made = useTexts(doc);
  const [typed, setTyped] = useState(() => typedIn(store, format));
  const [found, setFound] = useState<FlowProblem[]>([]);
  const [fault, setFault] = useState<Problem>();
  const own = useRef<FlowDoc>(undefined);
  const text = typed ?? made?.texts[format] ?? "";

  const type = (next: string): void => {
    setTyped(next);
    keepTyped(store, format, next);
  };
  const drop = (): void => {
    setTyped(undefined);
    forgetTyped(store, format);
    setFault(undefined);
  };

  // What was typed becomes the document once it settles and can be read.
  useEffect(() => {
    if (typed === undefined) return;
    const stop = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const next = (await convertText(typed, format, stop.signal)).flow as unknown as FlowDoc;
        store.run(replaceAll(next), t("undo.text"), `text:${format}`);
        own.current = store.get().doc;
        forgetTyped(store, format);
        setFault(undefined);
      } catch (thrown) {
        if (!stop.signal.aborted) setFault(asProblem(thrown));
      }
    }, SETTLE_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [typed, format, store, t]);

  // A change from elsewhere brings its own text; unless something unread would be lost.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new document counts
  useEffect(() => {
    if (doc !== own.current && fault === undefined && typedIn(store, format) === undefined) setTyped(undefined);
  }, [doc]);

  useEffect(() => {
    const stop = new AbortController();
    const timer = window.setTimeout(async () => {
      if (text === "") return setFound([]);
      const list = await findings(text, format, stop.signal).catch(() => undefined);
      if (list !== undefined && !stop.signal.aborted) setFound(list);
    }, SETTLE_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [text, format]);

  const elsewhere = fault !== undefined && own.current !== undefined && doc !== own.current;
  const problems = fault?.problems ?? found;
  if (typed === undefined && made !== undefined && made.texts[format] === undefined) {
    return <NotYet problems={made.why} />;
  }
  return (
    <>
      <Editor
        label={t("code.text", { format: t(`code.${format}`) })}
        format={format}
        value={text}
        marks={problems}
        onChange={type}
      />
      <div className={styles.foot}>
        <Status fault={fault} problems={problems} dirty={typed !== undefined && fault !== undefined} />
        <Group gap={6}>
          {typed !== undefined && fault !== undefined && (
            <Button size="compact-sm" variant="default" onClick={drop}>
              {elsewhere ? t("code.take_new") : t("code.drop")}
            </Button>
          )}
          <Copy value={text} what={t("code.copy")} label />
        </Group>
      </div>
    </>
  );
}

interface StatusProps {
  fault: Problem | undefined;
  problems: FlowProblem[];
  dirty: boolean;
}

function Status({ fault, problems, dirty }: StatusProps) {
  const t = sides.useT();
  const sentence = useProblemSentence();
  if (fault !== undefined && (fault.problems ?? []).length === 0) return <Diagnostic problem={fault} compact />;
  if (problems.length === 0) return <p className={styles.ok}>{t("code.ok")}</p>;
  return (
    <div className={styles.problems} role="status">
      {dirty && <p className={styles.kept}>{t("code.kept")}</p>}
      <ul>
        {problems.map((problem, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same problem may come twice
          <li key={place}>
            {problem.line !== null && <strong>{t("code.line", { line: problem.line })} </strong>}
            {sentence(problem)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A flow that has no form yet cannot be written as YAML or Python: what it lacks. */
function NotYet({ problems }: { problems: FlowProblem[] }) {
  const t = sides.useT();
  const sentence = useProblemSentence();
  return (
    <div className={styles.not_yet}>
      <p>{t("code.not_yet")}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem.path.join(".") + problem.code}>{sentence(problem)}</li>
        ))}
      </ul>
    </div>
  );
}

interface Made {
  texts: Texts;
  why: FlowProblem[];
}

/** The texts of the document, made anew some moments after a change; the former ones stay so long. */
function useTexts(doc: FlowDoc): Made | undefined {
  const [made, setMade] = useState<Made>();
  useEffect(() => {
    const stop = new AbortController();
    const timer = window.setTimeout(async () => {
      const next = await convertDoc(doc, stop.signal);
      if (next !== undefined && !stop.signal.aborted) setMade(next);
    }, 150);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [doc]);
  return made;
}
