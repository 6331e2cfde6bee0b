/** How a flow begins: which template, with whom, on which data. */
import { Button, Group, Modal, MultiSelect, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import type { DatasetOption } from "../../forms/context";
import { Loading } from "../../ui/Async";
import { Party } from "../../ui/Party";
import type { FlowDoc } from "../document";
import { isName } from "../document";
import { useTheirDatasets } from "../sides/catalogues";
import { sides } from "../sides/texts";
import { chosen } from "./begun";
import { LabelChoice } from "./LabelChoice";
import { named } from "./names";
import { Outside } from "./Outside";
import { Picture } from "./Picture";
import { type Agreed, columnsOf, leftOut, narrowed, settled } from "./presets";
import styles from "./Templates.module.css";
import { type Answers, lacking, likelyKeys, type Table, TEMPLATES, type Template, templateNamed } from "./templates";

/** Help stands below, so that the fields of a row are in one line. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

interface TemplatesProps {
  onPick: (doc: FlowDoc) => void;
  onClose: () => void;
  /** The template that was asked for by a link. */
  first?: string;
  /** The project that the flow is begun in. */
  agreement?: string;
  /** The own dataset that the person came with. */
  dataset?: string;
}

export function Templates({ onPick, onClose, first, agreement, dataset }: TemplatesProps) {
  const t = sides.useT();
  const common = core.useT();
  const me = useMe();
  const [template, setTemplate] = useState<Template | undefined>(() => templateNamed(first));
  return (
    <Modal
      opened
      onClose={onClose}
      size={880}
      title={template === undefined ? t("templates") : t(`template.${template.id}`)}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {me.node === undefined ? (
        <Loading />
      ) : template === undefined ? (
        <Gallery onChoose={setTemplate} />
      ) : (
        <Questions
          key={template.id}
          template={template}
          me={me.node.name}
          agreement={agreement}
          dataset={dataset}
          onBack={() => setTemplate(undefined)}
          onPick={onPick}
        />
      )}
    </Modal>
  );
}

function Gallery({ onChoose }: { onChoose: (template: Template) => void }) {
  const t = sides.useT();
  return (
    <>
      <p className={styles.lead}>{t("templates.lead")}</p>
      <ul className={styles.gallery}>
        {TEMPLATES.map((template) => (
          <li key={template.id}>
            <button type="button" className={styles.card} onClick={() => onChoose(template)}>
              <Picture template={template.id} />
              <span className={styles.name}>{t(`template.${template.id}`)}</span>
              <span className={styles.about}>{t(`template.${template.id}.about`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface QuestionsProps extends Pick<TemplatesProps, "agreement" | "dataset"> {
  template: Template;
  me: string;
  onBack: () => void;
  onPick: (doc: FlowDoc) => void;
}

function Questions({ template, me, agreement, dataset, onBack, onPick }: QuestionsProps) {
  const t = sides.useT();
  const common = core.useT();
  const agreed = useAgreed(agreement);
  const form = useAnswers(template, me, agreed, dataset);
  const { answers } = form;
  const lack = lacking(template, answers);
  const taken = useTaken();
  const make = async (): Promise<void> => {
    const made = template.build(narrowed(template, form, answers));
    const doc = template.id === "blank" ? made : await named(made, template.id, taken, agreed?.name);
    chosen.set(template.id);
    onPick(doc);
  };
  return (
    <form
      className={styles.questions}
      onSubmit={(event) => {
        event.preventDefault();
        if (lack === undefined) void make();
      }}
    >
      <p className={styles.lead}>{t(`template.${template.id}.about`)}</p>
      <Partners template={template} form={form} />
      {template.id !== "blank" && <TableChoice form={form} party={me} template={template} />}
      {template.id !== "blank" &&
        answers.partners.map((partner) => (
          <TableChoice key={partner} form={form} party={partner} template={template} />
        ))}
      {template.model !== "none" && <ModelChoice template={template} form={form} />}
      <Outside agreed={agreed} answers={answers} />
      <Group justify="space-between" mt="sm">
        <Button variant="default" onClick={onBack}>
          {common("back")}
        </Button>
        <Group gap="md">
          {lack !== undefined && (
            <span className={styles.lack} role="status">
              {t(`lacking.${lack}`)}
            </span>
          )}
          <Button type="submit" disabled={lack !== undefined}>
            {t("templates.make")}
          </Button>
        </Group>
      </Group>
    </form>
  );
}

interface Form {
  answers: Answers;
  peers: string[];
  change: (part: Partial<Answers>) => void;
  setTable: (party: string, table: Table) => void;
  datasets: (party: string) => DatasetOption[] | undefined;
}

/** The answers so far; what only one answer can be is answered. */
function useAnswers(template: Template, me: string, agreed?: Agreed, brought?: string): Form {
  const peers = usePeers();
  const [given, setGiven] = useState<Partial<Answers>>({});
  const known = useDatasetsOf(me, peers);
  const datasets = (party: string): DatasetOption[] | undefined => known.get(party);
  return {
    answers: settled(template, { me, peers, datasets, agreed, brought }, given),
    peers,
    change: (part) => setGiven((before) => ({ ...before, ...part })),
    setTable: (party, table) => setGiven((before) => ({ ...before, tables: { ...before.tables, [party]: table } })),
    datasets,
  };
}

function useAgreed(id: string | undefined): Agreed | undefined {
  const me = useMe();
  const { data } = useGet("/agreements", undefined, { enabled: id !== undefined && me.can("agreement.read") });
  return data?.items.find((agreement) => agreement.id === id);
}

/** The names that flows and jobs of this node bear already. */
function useTaken(): ReadonlySet<string> {
  const me = useMe();
  const flows = useGet("/flows", { query: { limit: 500 } }, { enabled: me.can("flow.read") });
  const jobs = useGet("/jobs", { query: { limit: 500 } }, { enabled: me.can("job.read") });
  const all = [...(flows.data?.items ?? []), ...(jobs.data?.items ?? [])];
  return new Set(all.map(({ name }) => name));
}

function usePeers(): string[] {
  const me = useMe();
  const { data } = useGet("/peers", undefined, { enabled: me.can("peer.read") });
  return (data?.items ?? []).map((peer) => peer.name);
}

function useDatasetsOf(own: string, peers: string[]): Map<string, DatasetOption[]> {
  const me = useMe();
  const { data } = useGet("/datasets", undefined, { enabled: me.can("dataset.read") });
  const theirs = useTheirDatasets(me.can("peer.explore") ? peers : []);
  return new Map([...theirs, ...(data === undefined ? [] : [[own, data.items] as [string, DatasetOption[]]])]);
}

function Partners({ template, form }: { template: Template; form: Form }) {
  const t = sides.useT();
  const { answers, peers, change } = form;
  const { most } = template.partners;
  const name = ({ option }: { option: { value: string } }): ReactNode => <Party name={option.value} size="sm" />;
  return (
    <div className={styles.fields}>
      {most === 1 ? (
        <Select
          label={t("ask.partner")}
          inputWrapperOrder={ORDER}
          description={t("ask.partner.help")}
          withAsterisk
          data={peers}
          value={answers.partners[0] ?? null}
          renderOption={name}
          nothingFoundMessage={t("ask.no_peers")}
          onChange={(partner) =>
            change({
              partners: partner === null ? [] : [partner],
              ...(partner === answers.dealer ? { dealer: undefined } : {}),
            })
          }
          comboboxProps={{ withinPortal: true }}
        />
      ) : (
        <MultiSelect
          label={t("ask.partners")}
          inputWrapperOrder={ORDER}
          description={t("ask.partners.help")}
          withAsterisk={template.partners.least > 0}
          data={peers}
          value={answers.partners}
          maxValues={most}
          renderOption={name}
          nothingFoundMessage={t("ask.no_peers")}
          onChange={(partners) => change({ partners })}
          comboboxProps={{ withinPortal: true }}
        />
      )}
      {template.dealer && (
        <Select
          label={t("ask.dealer")}
          inputWrapperOrder={ORDER}
          description={t("ask.dealer.help")}
          withAsterisk
          data={peers.filter((peer) => !answers.partners.includes(peer))}
          value={answers.dealer ?? null}
          renderOption={name}
          nothingFoundMessage={t("ask.no_peers")}
          onChange={(dealer) => change({ dealer: dealer ?? undefined })}
          comboboxProps={{ withinPortal: true }}
        />
      )}
    </div>
  );
}

const EMPTY: Table = { dataset: "", keys: [] };

function TableChoice({ form, party, template }: { form: Form; party: string; template: Template }) {
  const t = sides.useT();
  const format = useFormat();
  const { answers, datasets, setTable } = form;
  const found = datasets(party);
  const table = own(answers.tables, party) ?? EMPTY;
  const mine = party === answers.me;
  const known = columnsOf(form, party, table.dataset);
  const out = leftOut(template, known, table);
  const columns = known.map((column) => column.name);
  const other = mine ? answers.partners[0] : answers.me;
  const otherTable = own(answers.tables, other ?? "");
  const theirs = datasets(other ?? "")?.find((option) => option.name === otherTable?.dataset)?.columns;
  const choose = (dataset: string): void => {
    const names = found?.find((option) => option.name === dataset)?.columns.map((column) => column.name) ?? [];
    const keys = likelyKeys(names, otherTable?.keys.length ? otherTable.keys : theirs?.map((column) => column.name));
    setTable(party, { dataset, keys: names.length === 0 ? table.keys : keys });
  };
  return (
    <fieldset className={styles.table}>
      <legend>
        <Party name={party} />
      </legend>
      <div className={styles.fields}>
        {found === undefined ? (
          <TextInput
            label={t("ask.dataset")}
            inputWrapperOrder={ORDER}
            description={t("ask.away")}
            withAsterisk
            value={table.dataset}
            onChange={(event) => setTable(party, { ...table, dataset: event.currentTarget.value })}
          />
        ) : (
          <Select
            label={t("ask.dataset")}
            withAsterisk
            searchable
            data={found.map((option) => option.name)}
            value={table.dataset === "" ? null : table.dataset}
            nothingFoundMessage={t("ask.no_datasets")}
            onChange={(dataset) => choose(dataset ?? "")}
            comboboxProps={{ withinPortal: true }}
          />
        )}
        <Keys table={table} columns={columns} onChange={(keys) => setTable(party, { ...table, keys })} />
        {mine && template.label !== "none" && (
          <LabelChoice
            template={template}
            table={table}
            columns={known}
            onChange={(changed) => setTable(party, changed)}
          />
        )}
      </div>
      {out.length > 0 && <p className={styles.lack}>{t("ask.left_out", { columns: format.list(out) })}</p>}
    </fieldset>
  );
}

function Keys({ table, columns, onChange }: { table: Table; columns: string[]; onChange: (keys: string[]) => void }) {
  const t = sides.useT();
  if (columns.length === 0) {
    return (
      <TextInput
        label={t("ask.keys")}
        inputWrapperOrder={ORDER}
        description={t("ask.keys.help")}
        withAsterisk
        value={table.keys.join(", ")}
        onChange={(event) =>
          onChange(
            event.currentTarget.value
              .split(",")
              .map((name) => name.trim())
              .filter((name) => name !== ""),
          )
        }
      />
    );
  }
  return (
    <MultiSelect
      label={t("ask.keys")}
      inputWrapperOrder={ORDER}
      description={t("ask.keys.help")}
      withAsterisk
      data={columns}
      value={table.keys}
      maxValues={8}
      searchable
      onChange={onChange}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function ModelChoice({ template, form }: { template: Template; form: Form }) {
  const t = sides.useT();
  const me = useMe();
  const { answers, change } = form;
  const saved = useGet("/models", undefined, { enabled: template.model === "saved" && me.can("model.read") });
  const value = answers.model ?? "";
  if (template.model === "saved") {
    return (
      <Select
        label={t("ask.model")}
        withAsterisk
        data={(saved.data?.items ?? []).map((model) => model.name)}
        value={value === "" ? null : value}
        nothingFoundMessage={t("ask.no_models")}
        onChange={(model) => change({ model: model ?? undefined })}
        comboboxProps={{ withinPortal: true }}
      />
    );
  }
  return (
    <TextInput
      label={t("ask.new_model")}
      inputWrapperOrder={ORDER}
      description={t("ask.new_model.help")}
      withAsterisk
      value={value}
      error={value === "" || isName(value) ? undefined : t("name.bad")}
      onChange={(event) => change({ model: event.currentTarget.value })}
    />
  );
}
