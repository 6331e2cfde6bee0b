/** Who worked on which step when: a bar for each party and attempt. */
import type { JobDetail } from "../../api/types";
import { useFormat } from "../../core/format";
import { initialsOf, useHue } from "../../ui/Party";
import { useNow } from "./now";
import { useOperatorTitle } from "./operators";
import styles from "./Timeline.module.css";
import { jobs } from "./texts";
import { type Scale, type Span, scaleOf, ticksOf } from "./timeline";

export function Timeline({ job, spans }: { job: JobDetail; spans: Span[] }) {
  const t = jobs.useT();
  const now = useNow(spans.some((span) => span.to === null));
  const title = useOperatorTitle();
  const scale = scaleOf(spans, now);
  if (scale === null) return <p className={styles.none}>{t("timeline.none")}</p>;
  const steps = job.steps.filter((step) => spans.some((span) => span.step === step.id));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.box} aria-label={t("timeline")} tabIndex={0}>
      <div className={styles.plan}>
        <Axis scale={scale} />
        <ol className={styles.steps}>
          {steps.map((step) => (
            <li key={step.id} className={styles.step}>
              <div className={styles.name}>
                <span className={styles.id}>{step.id}</span>
                <span className={styles.operator}>{title(step.operator)}</span>
              </div>
              <div className={styles.lanes}>
                <Grid scale={scale} />
                {Object.keys(job.parties).map((party) => (
                  <Lane
                    key={party}
                    party={party}
                    spans={spans.filter((span) => span.step === step.id && span.party === party)}
                    scale={scale}
                    now={now}
                  />
                ))}
              </div>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

const share = (at: number, { start, end }: Scale): number => (100 * (at - start)) / (end - start);

function Axis({ scale }: { scale: Scale }) {
  const format = useFormat();
  return (
    <div className={styles.axis} aria-hidden>
      {ticksOf(scale).map((second) => (
        <span key={second} style={{ left: `${share(scale.start + second * 1000, scale)}%` }}>
          {second === 0 ? "0" : format.seconds(second)}
        </span>
      ))}
    </div>
  );
}

function Grid({ scale }: { scale: Scale }) {
  return (
    <div className={styles.grid} aria-hidden>
      {ticksOf(scale).map((second) => (
        <i key={second} style={{ left: `${share(scale.start + second * 1000, scale)}%` }} />
      ))}
    </div>
  );
}

function Lane({ party, spans, scale, now }: { party: string; spans: Span[]; scale: Scale; now: number }) {
  const t = jobs.useT();
  const format = useFormat();
  const hue = useHue()(party);
  if (spans.length === 0) return null;
  return (
    <div className={styles.lane}>
      {spans.map((span) => {
        const end = span.to ?? now;
        const left = share(span.from, scale);
        const words = t(`span.${span.state}`, {
          party,
          seconds: format.seconds((end - span.from) / 1000),
          attempt: span.attempt,
        });
        return (
          <div
            key={span.attempt}
            className={styles.bar}
            data-hue={hue}
            data-state={span.state}
            role="img"
            aria-label={words}
            title={words}
            style={{ left: `${left}%`, width: `${Math.max(0.4, share(end, scale) - left)}%` }}
          >
            <span aria-hidden>{initialsOf(party)}</span>
          </div>
        );
      })}
    </div>
  );
}
