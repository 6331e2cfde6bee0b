/** What the machine of this node has, and how much of it is free now. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { AnswerOf } from "../../api/paths";
import { useFormat } from "../../core/format";
import { Async } from "../../ui/Async";
import { Section } from "../../ui/Section";
import styles from "./Operations.module.css";
import { operations } from "./texts";

type State = AnswerOf<"/node/machine">;

/** From this share on, something is short. */
const FULL = 0.9;

export function Machine() {
  const t = operations.useT();
  const query = useGet("/node/machine", undefined, { staleTime: 10_000 });
  return (
    <Section
      title={t("machine")}
      lead={t("machine.lead")}
      actions={
        <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t("machine.again")}
        </Button>
      }
    >
      <Async query={query} height={90}>
        {(found) => <Gauges found={found} />}
      </Async>
    </Section>
  );
}

function Gauges({ found }: { found: State }) {
  const t = operations.useT();
  const format = useFormat();
  const { memory_bytes: memory, memory_free_bytes: free, disk_bytes: disk, disk_free_bytes: left } = found;
  const of = (part: number, whole: number) => t("machine.free", { free: format.bytes(part), of: format.bytes(whole) });
  const load = t("machine.load_of", { load: format.number(found.load), cpus: found.cpus });
  return (
    <div className={styles.gauges}>
      <Gauge
        name={t("machine.workers")}
        share={found.workers / found.slots}
        text={`${found.workers} / ${found.slots}`}
      />
      {found.load !== null && <Gauge name={t("machine.load")} share={found.load / found.cpus} text={load} />}
      {free !== null && <Gauge name={t("machine.memory")} share={1 - free / memory} text={of(free, memory)} warns />}
      <Gauge name={t("machine.disk")} share={1 - left / disk} text={of(left, disk)} warns />
    </div>
  );
}

/** `share`: of what is there, so much is used. */
function Gauge({ name, share, text, warns }: { name: string; share: number; text: string; warns?: boolean }) {
  return (
    <div className={styles.gauge} data-full={(warns && share > FULL) || undefined}>
      <span>{name}</span>
      <meter min={0} max={1} value={Math.min(1, share)} aria-label={name} />
      <span className={styles.soft}>{text}</span>
    </div>
  );
}
