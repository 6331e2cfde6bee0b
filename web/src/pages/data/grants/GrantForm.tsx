/** Gives datasets to a partner, or asks a partner for some: one name, or a pattern for many. */
import { Autocomplete, Button, Group, MultiSelect, NumberInput, Select, Textarea } from "@mantine/core";
import { useAct, useGet } from "../../../api/hooks";
import type { Grant, GrantBody } from "../../../api/types";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { core } from "../../../core/texts";
import { DateField } from "../../../dates/DateField";
import { endOf } from "../../../dates/days";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Dialog } from "../../../ui/Dialog";
import { Link } from "../../../ui/Link";
import { useKept } from "../kept";
import { useOperatorChoices } from "../policy/known";
import { data } from "../texts";
import styles from "./grants.module.css";
import { fits } from "./pattern";

interface FormProps {
  side: "given" | "asked";
  peer?: string;
  dataset?: string;
  onClose: () => void;
}
/** What is typed; sent without what is empty. */
interface Typed {
  peer: string;
  dataset: string;
  purpose: string;
  until: string;
  maxJobs: string;
  operators: string[];
  agreement: string;
}
const NOTHING: Typed = { peer: "", dataset: "", purpose: "", until: "", maxJobs: "", operators: [], agreement: "" };

export function GrantForm(props: FormProps) {
  const t = data.useT();
  const title = t(props.side === "given" ? "grant.give" : "grant.request");
  return (
    <Dialog opened onClose={props.onClose} size="lg" title={title}>
      <Form {...props} />
    </Dialog>
  );
}

const bodyOf = (typed: Typed): GrantBody => ({
  peer: typed.peer,
  dataset: typed.dataset.trim(),
  purpose: typed.purpose.trim() || null,
  until: endOf(typed.until),
  max_jobs: typed.maxJobs === "" ? null : Number(typed.maxJobs),
  operators: typed.operators.length > 0 ? typed.operators : null,
  agreement: typed.agreement || null,
});

function Form({ side, peer, dataset, onClose }: FormProps) {
  const t = data.useT();
  const c = core.useT();
  const [kept, keep] = useKept<Typed>(`grant ${side} ${peer ?? ""} ${dataset ?? ""}`);
  const typed = kept ?? { ...NOTHING, peer: peer ?? "", dataset: dataset ?? "" };
  const set = (part: Partial<Typed>): void => keep({ ...typed, ...part });
  const give = useAct("post", "/grants", { invalidates: ["/grants", "/inbox"] });
  const ask = useAct("post", "/grants/requests", { invalidates: ["/grants"], success: t("grant.asked") });
  const act = side === "given" ? give : ask;
  const send = (): void =>
    act.mutate(
      { body: bodyOf(typed) },
      {
        onSuccess: (made: Grant) => {
          keep(undefined);
          if (side === "asked" || made.item === null) onClose();
        },
      },
    );
  if (give.data?.item) return <Given grant={give.data} item={give.data.item} onClose={onClose} />;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <PeerField value={typed.peer} onChange={(value) => set({ peer: value })} />
      <DatasetField side={side} peer={typed.peer} value={typed.dataset} onChange={(value) => set({ dataset: value })} />
      <Textarea
        label={t("purpose")}
        value={typed.purpose}
        autosize
        minRows={2}
        onChange={(event) => set({ purpose: event.currentTarget.value })}
      />
      <LimitFields typed={typed} set={set} />
      {act.error && <Diagnostic problem={act.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {c("cancel")}
        </Button>
        <Button type="submit" loading={act.isPending} disabled={typed.peer === "" || typed.dataset.trim() === ""}>
          {t(side === "given" ? "grant.give" : "grant.request")}
        </Button>
      </Group>
    </form>
  );
}

/** What was given takes effect once it is approved. */
function Given({ grant, item, onClose }: { grant: Grant; item: string; onClose: () => void }) {
  const t = data.useT();
  const c = core.useT();
  return (
    <div className={styles.form} role="status">
      <p>{t("grant.proposed", { name: grant.selector, peer: grant.peer })}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {c("close")}
        </Button>
        <Button component={Link} href={to.item(item)}>
          {t("grant.to_item")}
        </Button>
      </Group>
    </div>
  );
}

function PeerField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = data.useT();
  const peers = useGet("/peers", { query: { limit: 500 } }).data?.items ?? [];
  const names = peers.filter((one) => one.state === "APPROVED").map((one) => one.name);
  return (
    <Select
      label={t("partner")}
      required
      searchable
      data={names}
      value={value || null}
      onChange={(name) => onChange(name ?? "")}
    />
  );
}

interface DatasetProps {
  side: "given" | "asked";
  peer: string;
  value: string;
  onChange: (value: string) => void;
}

/** Names of this node or of the partner, or a pattern; says what the pattern meets. */
function DatasetField({ side, peer, value, onChange }: DatasetProps) {
  const t = data.useT();
  const { can } = useMe();
  const many = { query: { limit: 1000 } };
  const own = useGet("/datasets", many, { enabled: side === "given" }).data?.items;
  const theirs = useGet(
    "/peers/{name}/datasets",
    { path: { name: peer }, ...many },
    { enabled: side === "asked" && peer !== "" && can("peer.explore") },
  ).data?.items;
  const names = (side === "given" ? own : theirs)?.map((one) => one.name) ?? [];
  const met = names.filter((name) => fits(name, value.trim()));
  const help = value.trim() === "" || names.length === 0 ? t("grant.pattern") : t("grant.meets", { count: met.length });
  return (
    <Autocomplete label={t("dataset")} description={help} required data={names} value={value} onChange={onChange} />
  );
}

function LimitFields({ typed, set }: { typed: Typed; set: (part: Partial<Typed>) => void }) {
  const t = data.useT();
  const { can } = useMe();
  const operators = useOperatorChoices();
  const agreements =
    useGet("/agreements", { query: { limit: 500 } }, { enabled: can("agreement.read") }).data?.items ?? [];
  const active = agreements.filter((one) => one.state === "ACTIVE");
  return (
    <>
      <Group grow align="start">
        <DateField label={t("grant.end")} value={typed.until} onChange={(day) => set({ until: day })} />
        <NumberInput
          label={t("grant.max_jobs")}
          min={1}
          value={typed.maxJobs}
          onChange={(value) => set({ maxJobs: String(value) })}
        />
      </Group>
      <MultiSelect
        label={t("operators")}
        placeholder={typed.operators.length === 0 ? t("grant.any_operator") : undefined}
        searchable
        data={operators}
        value={typed.operators}
        onChange={(value) => set({ operators: value })}
      />
      <Select
        label={t("grant.agreement")}
        clearable
        data={active.map((one) => ({ value: one.id, label: one.name }))}
        value={typed.agreement || null}
        onChange={(value) => set({ agreement: value ?? "" })}
      />
    </>
  );
}
