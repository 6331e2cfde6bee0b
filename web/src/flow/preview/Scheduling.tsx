/** Runs the flow at set times. */
import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { act } from "../../api/hooks";
import { queries } from "../../api/queries";
import { notify } from "../../core/notify";
import { isName } from "../document";
import { sides } from "../sides/texts";
import { asked } from "./asked";
import { cronOf, PLANS, type Plan } from "./cron";
import { Fields, Foot, type FormProps, flowOf, ORDER, useDoing, useIntention } from "./doing";
import styles from "./Preview.module.css";

export function Scheduling({ doc, agreement, hash, choice }: FormProps) {
  const t = sides.useT();
  const [plan, setPlan] = useState<Plan>("daily");
  const [time, setTime] = useState("02:00");
  const [typed, setTyped] = useState("0 2 * * *");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
  const [name, setName] = useState(doc.name);
  const { busy, fault, run } = useDoing();
  const cron = plan === "cron" ? typed : cronOf(plan, time);
  const key = useIntention(hash, agreement, name, cron, zone);
  const add = run(async () => {
    await act("post", "/schedules", { body: { flow: flowOf(doc), agreement, name, cron, timezone: zone } }, key);
    asked.set(undefined);
    notify({ tone: "ok", text: t("act.scheduled", { name }) });
    await queries.invalidateQueries({ queryKey: ["/schedules"] });
  });
  return (
    <>
      <Fields choice={choice}>
        <div className={styles.fields}>
          <TextInput
            label={t("act.schedule_name")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={isName(name) ? undefined : t("name.bad")}
          />
          <Select
            label={t("act.repeats")}
            data={PLANS.map((value) => ({ value, label: t(`plan.${value}`) }))}
            value={plan}
            allowDeselect={false}
            onChange={(next) => setPlan((next ?? "daily") as Plan)}
            comboboxProps={{ withinPortal: true }}
          />
          {plan === "cron" ? (
            <TextInput
              label={t("act.cron")}
              inputWrapperOrder={ORDER}
              description={t("act.cron.help")}
              value={typed}
              spellCheck={false}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          ) : (
            plan !== "hourly" && (
              <TextInput
                type="time"
                label={t("act.time")}
                value={time}
                onChange={(event) => setTime(event.currentTarget.value || "02:00")}
              />
            )
          )}
          <Select
            label={t("act.zone")}
            data={zones(zone)}
            value={zone}
            searchable
            limit={60}
            allowDeselect={false}
            onChange={(next) => setZone(next ?? "UTC")}
            comboboxProps={{ withinPortal: true }}
          />
        </div>
      </Fields>
      <Foot fault={fault}>
        <Button loading={busy} disabled={!isName(name)} onClick={add}>
          {t("act.add_schedule")}
        </Button>
      </Foot>
    </>
  );
}

function zones(own: string): string[] {
  return [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}
