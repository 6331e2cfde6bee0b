/** The dialogs of the editor: what to connect, what to add, what to go to, which seats to change. */
import { useMemo } from "react";
import { useStore } from "../../core/store";
import { Confirm } from "../../ui/Confirm";
import { iconOf } from "../canvas/icons";
import { useWords, type Words } from "../canvas/words";
import { type FlowDoc, type PortRef, refOf, type Specs, specOf, stepOf, textOf } from "../document";
import { choices, fits, portFits, targets } from "../fits";
import { shelves } from "../palette/shelves";
import { usePalette } from "../palette/usePalette";
import { type End, useFlow, useFlowStore } from "../store";
import { type Choice, Chooser } from "./Chooser";
import { type Question, useEditing } from "./context";
import { Shortcuts } from "./Shortcuts";
import { StepMenu } from "./StepMenu";

export function Questions() {
  const { question } = useEditing();
  const asked = useStore(question);
  const close = (): void => {
    if (question.get() === asked) question.set(undefined);
  };
  switch (asked?.kind) {
    case "connect":
      return <ConnectQuestion step={asked.step} onClose={close} />;
    case "add":
      return <AddQuestion asked={asked} onClose={close} />;
    case "search":
      return <SearchQuestion onClose={close} />;
    case "keys":
      return <Shortcuts onClose={close} />;
    case "offer":
      return <OfferQuestion asked={asked} onClose={close} />;
    case "menu":
      return <StepMenu asked={asked} onClose={close} />;
    default:
      return null;
  }
}

interface Ended {
  onClose: () => void;
}

function ConnectQuestion({ step, onClose }: Ended & { step: string }) {
  const words = useWords();
  const { actions } = useEditing();
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const made = useMemo(() => connections(doc, specs, step, words), [doc, specs, step, words]);
  const pick = (id: string): void => {
    const [from = "", to = ""] = id.split(" ");
    actions.connect(refOf(from), refOf(to));
  };
  const { t } = words;
  return (
    <Chooser
      title={t("connect.title", { step })}
      choices={made}
      nothing={t("connect.nothing")}
      onPick={pick}
      onClose={onClose}
    />
  );
}

/** Every wire that the step could have and has not: its outputs first. */
export function connections(doc: FlowDoc, specs: Specs, step: string, words: Words): Choice[] {
  const spec = specOf(specs, stepOf(doc, step));
  const out = (spec?.outputs ?? []).flatMap((port) => {
    const from = { step, port: port.name };
    return targets(doc, specs, from).map((to) => connection(doc, specs, from, to, words));
  });
  const into = (spec?.inputs ?? []).flatMap((port) => {
    const to = { step, port: port.name };
    return choices(doc, specs, to).map((from) => connection(doc, specs, from, to, words));
  });
  const taken = ({ id }: Choice): string | undefined => {
    const { step: target, port } = refOf(id.slice(id.indexOf(" ") + 1));
    return stepOf(doc, target)?.inputs?.[port];
  };
  const open = [...out, ...into].filter((choice) => taken(choice) !== choice.id.slice(0, choice.id.indexOf(" ")));
  return open.sort((one, other) => Number(taken(one) !== undefined) - Number(taken(other) !== undefined));
}

function connection(doc: FlowDoc, specs: Specs, from: PortRef, to: PortRef, { t, w }: Words): Choice {
  const output = specOf(specs, stepOf(doc, from.step))?.outputs.find((port) => port.name === from.port);
  const input = specOf(specs, stepOf(doc, to.step))?.inputs.find((port) => port.name === to.port);
  const ready = fits(doc, specs, from, to).ok;
  const taken = stepOf(doc, to.step)?.inputs?.[to.port];
  const notes = [
    ready ? undefined : t("connect.reseat"),
    taken === undefined ? undefined : t("connect.replaces", { source: taken }),
  ];
  const detail = [`${w(output?.title)} → ${w(input?.title)}`, ...notes.filter((note) => note !== undefined)].join(
    " · ",
  );
  return { id: `${textOf(from)} ${textOf(to)}`, title: `${textOf(from)} → ${textOf(to)}`, detail, group: "" };
}

function AddQuestion({ asked, onClose }: Ended & { asked: Extract<Question, { kind: "add" }> }) {
  const { t, w } = useWords();
  const { actions } = useEditing();
  const specs = useFlow((state) => state.specs);
  const doc = useFlow((state) => state.doc);
  const palette = usePalette();
  const made = shelves(palette.runnable, "", w).flatMap((shelf) =>
    shelf.specs
      .filter((spec) => asked.from === undefined || couldJoin(doc, specs, asked.from, spec.name))
      .map((spec): Choice => {
        const Icon = iconOf(spec.group);
        const words = `${spec.name} ${spec.title.en} ${spec.title.zh} ${spec.help.en} ${spec.help.zh}`;
        return {
          id: spec.name,
          title: w(spec.title),
          detail: spec.name,
          group: shelf.title,
          words,
          sign: <Icon size={18} aria-hidden />,
        };
      }),
  );
  const pick = (name: string): void => {
    const spec = specs.get(name);
    if (spec !== undefined) actions.add(spec, { place: asked.place, end: asked.from });
  };
  const title =
    asked.from === undefined
      ? t("add.title")
      : t(asked.from.side === "out" ? "add.after" : "add.before", { port: textOf(asked.from) });
  return <Chooser title={title} choices={made} nothing={t("add.nothing")} onPick={pick} onClose={onClose} />;
}

/** Whether an operator has a port for the other end, whoever sits where. */
export function couldJoin(doc: FlowDoc, specs: Specs, end: End, name: string): boolean {
  const mine = specOf(specs, stepOf(doc, end.step));
  const spec = specs.get(name);
  if (end.side === "out") {
    const port = mine?.outputs.find((one) => one.name === end.port);
    return port !== undefined && (spec?.inputs ?? []).some((input) => portFits(port, input));
  }
  const port = mine?.inputs.find((one) => one.name === end.port);
  return port !== undefined && (spec?.outputs ?? []).some((output) => portFits(output, port));
}

function SearchQuestion({ onClose }: Ended) {
  const { t, w } = useWords();
  const { actions } = useEditing();
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const made = doc.steps.map((step): Choice => {
    const spec = specOf(specs, step);
    const Icon = iconOf(spec?.group);
    const words = `${step.operator} ${JSON.stringify(step.params ?? {})}`;
    const parties = Object.values(step.at).join(", ");
    return {
      id: step.id,
      title: step.id,
      detail: spec === undefined ? step.operator : w(spec.title),
      group: parties,
      words,
      sign: <Icon size={18} aria-hidden />,
    };
  });
  const pick = (id: string): void => {
    actions.select([id]);
    actions.show(id);
  };
  return (
    <Chooser title={t("search.title")} choices={made} nothing={t("search.nothing")} onPick={pick} onClose={onClose} />
  );
}

function OfferQuestion({ asked, onClose }: Ended & { asked: Extract<Question, { kind: "offer" }> }) {
  const { t, w } = useWords();
  const { actions } = useEditing();
  const store = useFlowStore();
  const { doc, specs } = store.get();
  const spec = specOf(specs, stepOf(doc, asked.to.step));
  const before = stepOf(doc, asked.to.step)?.at ?? {};
  const lines = Object.entries(asked.seats).filter(([role, party]) => before[role] !== party);
  const title = (role: string): string => w(spec?.roles.find((one) => one.name === role)?.title) || role;
  return (
    <Confirm
      opened
      onClose={onClose}
      title={t("offer.title")}
      text={
        <>
          <p>{t("offer.text", { from: textOf(asked.from), step: asked.to.step })}</p>
          <ul>
            {lines.map(([role, party]) => (
              <li key={role}>{t("offer.seat", { role: title(role), party, before: before[role] ?? "–" })}</li>
            ))}
          </ul>
        </>
      }
      label={t("offer.take")}
      onConfirm={() => {
        actions.join(asked.from, asked.to, asked.seats);
        onClose();
      }}
    />
  );
}
