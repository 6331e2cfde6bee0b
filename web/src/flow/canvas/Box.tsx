/** A step as a box: what it does, who sits where, what goes in and out. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo, useState } from "react";
import type { Port } from "../../api/types";
import { useW } from "../../core/texts";
import { initialsOf } from "../../ui/Party";
import type { FlowStep } from "../document";
import { flow } from "../texts";
import styles from "./Box.module.css";
import { iconOf } from "./icons";
import { useLitPorts } from "./lit";
import { Marks } from "./Marks";
import type { BoxData, BoxNode, Hues } from "./model";
import { Far, Sketch } from "./Sketch";
import { useSketched } from "./sketch";

export const BoxView = memo(function BoxView({ id, data, selected }: NodeProps<BoxNode>) {
  const lit = useLitPorts(id);
  const sketched = useSketched();
  const [pointed, point] = useState(false);
  return (
    <div
      className={styles.box}
      onPointerEnter={() => sketched && point(true)}
      onPointerLeave={() => point(false)}
      data-selected={selected || undefined}
      data-dim={lit === "" || undefined}
      data-bad={data.problems > 0 || data.spec === undefined || undefined}
      data-state={data.state}
      data-diff={data.diff}
    >
      <Strip step={data.step} hues={data.hues} />
      {sketched && !pointed && !lit ? <Sketch data={data} /> : <Detailed id={id} data={data} lit={lit} />}
      <Progress data={data} />
    </div>
  );
});

/** The colours of the organisations that take part, each with its own pattern. */
function Strip({ step, hues }: { step: FlowStep; hues: Hues }) {
  const parties = Object.values(step.at);
  return (
    <div aria-hidden className={styles.strip}>
      {parties.map((party) => (
        <i key={party} data-hue={hues.get(party) ?? 0} />
      ))}
    </div>
  );
}

function Detailed({ id, data, lit }: { id: string; data: BoxData; lit: string | undefined }) {
  return (
    <>
      <Head id={id} data={data} />
      <Seats step={data.step} hues={data.hues} spec={data.spec} />
      <Ports data={data} lit={lit} />
      <Far data={data} />
    </>
  );
}

function Head({ id, data }: { id: string; data: BoxData }) {
  const w = useW();
  const Icon = iconOf(data.spec?.group);
  return (
    <div className={styles.head}>
      <span aria-hidden className={styles.glyph}>
        <Icon size={17} stroke={1.8} />
      </span>
      <span className={styles.titles}>
        <strong>{data.spec === undefined ? data.step.operator : w(data.spec.title)}</strong>
        <code data-raw>{id}</code>
      </span>
      <Marks id={id} data={data} />
    </div>
  );
}

function Seats({ step, hues, spec }: { step: FlowStep; hues: Hues; spec: BoxData["spec"] }) {
  const w = useW();
  const t = flow.useT();
  const seats = Object.entries(step.at);
  const empty = (spec?.roles ?? []).filter((role) => !role.optional && step.at[role.name] === undefined);
  const named = seats.length + empty.length <= 2;
  const titleOf = (name: string): string => w(spec?.roles.find((role) => role.name === name)?.title) || name;
  return (
    <div className={styles.seats}>
      {seats.map(([role, party]) => (
        <span key={role} className={styles.seat} data-hue={hues.get(party) ?? 0} title={`${titleOf(role)}: ${party}`}>
          <i aria-hidden>{initialsOf(party)}</i>
          {named && <b>{party}</b>}
        </span>
      ))}
      {empty.map((role) => (
        <span key={role.name} className={styles.empty} title={t("seat.empty", { role: w(role.title) })}>
          {named || seats.length === 0 ? w(role.title) : "?"}
        </span>
      ))}
    </div>
  );
}

function Ports({ data, lit }: { data: BoxData; lit: string | undefined }) {
  const { inputs, outputs } = data.ports;
  const rows = Math.max(inputs.length, outputs.length);
  return (
    <div className={styles.ports}>
      {Array.from({ length: rows }, (_, place) => (
        <div key={inputs[place]?.name ?? `out ${outputs[place]?.name}`} className={styles.row}>
          <PortView data={data} port={inputs[place]} side="in" lit={lit} />
          <PortView data={data} port={outputs[place]} side="out" lit={lit} />
        </div>
      ))}
    </div>
  );
}

interface PortViewProps {
  data: BoxData;
  port: Port | undefined;
  side: "in" | "out";
  lit: string | undefined;
}

function PortView({ data, port, side, lit }: PortViewProps) {
  const w = useW();
  const t = flow.useT();
  if (port === undefined) return <span />;
  const wired = side === "in" && data.step.inputs?.[port.name] !== undefined;
  const kind = port.kind === "" ? "" : t(`kind.${port.kind as Kind}`);
  const title = [w(port.title), kind, port.optional ? t("port.optional") : ""]
    .filter((text) => text !== "")
    .join(" · ");
  return (
    <span className={styles.port} data-side={side} data-lit={litState(lit, side, port.name)} title={title}>
      <Handle
        type={side === "in" ? "target" : "source"}
        position={side === "in" ? Position.Left : Position.Right}
        id={port.name}
        className={styles.handle}
        data-kind={port.kind}
        data-wired={wired || undefined}
        data-optional={port.optional || undefined}
        isConnectable={!data.readOnly}
      />
      <span className={styles.name}>{w(port.title)}</span>
    </span>
  );
}

type Kind = "table" | "aligned" | "transform" | "model" | "report";

function litState(lit: string | undefined, side: "in" | "out", port: string): "yes" | "no" | undefined {
  if (lit === undefined) return undefined;
  const [way, ports = ""] = lit.split(" ");
  return way === side && ports.split(",").includes(port) ? "yes" : "no";
}

function Progress({ data }: { data: BoxData }) {
  const t = flow.useT();
  if (data.state !== "RUNNING") return null;
  return (
    <progress
      className={styles.progress}
      aria-label={t("box.progress")}
      max={1}
      {...(data.done === undefined ? {} : { value: data.done })}
    />
  );
}
