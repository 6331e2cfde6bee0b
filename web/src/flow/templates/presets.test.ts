import { describe, expect, test } from "vitest";
import type { DatasetOption } from "../../forms/context";
import { type Agreed, type Around, narrowed, outsiders, settled } from "./presets";
import { lacking, type Template, templateNamed } from "./templates";

const table = (name: string, ...columns: [string, string][]): DatasetOption => ({
  name,
  columns: columns.map(([column, type]) => ({ name: column, type })),
});
const CATALOGUES: Record<string, DatasetOption[]> = {
  hospital: [
    table("patients", ["patient_id", "text"], ["age", "integer"], ["ill", "boolean"], ["left", "text"]),
    table("rooms", ["room_no", "integer"]),
  ],
  lab: [table("tests", ["sample", "text"], ["patient_id", "text"]), table("own", ["code", "text"])],
  notary: [],
};
const agreed: Agreed = {
  id: "agr-1",
  name: "Study",
  members: ["hospital", "lab"],
  datasets: { hospital: ["patients"], lab: ["tests"] },
};
const around = (more: Partial<Around> = {}): Around => ({
  me: "hospital",
  peers: ["lab", "notary"],
  datasets: (party) => CATALOGUES[party],
  ...more,
});
const train = templateNamed("train") as Template;
const psi = templateNamed("psi") as Template;

describe("answers that only can be one", () => {
  test("come from the project: its partner, its datasets, their common key, and who is left as dealer", () => {
    const answers = settled(train, around({ agreed }), {});
    expect(answers.partners).toEqual(["lab"]);
    expect(answers.dealer).toBe("notary");
    expect(answers.tables).toEqual({
      hospital: { dataset: "patients", keys: ["patient_id"] },
      lab: { dataset: "tests", keys: ["patient_id"] },
    });
    expect(outsiders(agreed, answers)).toEqual(["notary"]);
  });

  test("without a project: the one partner who publishes data, and no dataset among several", () => {
    const answers = settled(psi, around(), {});
    expect(answers.partners).toEqual(["lab"]);
    expect(answers.tables).toEqual({});
    expect(outsiders(undefined, answers)).toEqual([]);
  });

  test("the only partner is the partner, also while its catalogue is not known", () => {
    expect(settled(psi, around({ peers: ["lab"], datasets: () => undefined }), {}).partners).toEqual(["lab"]);
  });

  test("several partners with data: nobody is chosen", () => {
    expect(settled(psi, around({ peers: ["lab", "hospital2"], datasets: () => CATALOGUES.lab }), {}).partners).toEqual(
      [],
    );
  });

  test("the dataset that was brought, with a key that fits the partner's", () => {
    const { tables } = settled(psi, around({ brought: "patients" }), {
      tables: { lab: { dataset: "tests", keys: [] } },
    });
    expect(tables.hospital).toEqual({ dataset: "patients", keys: ["patient_id"] });
  });

  test("nothing is answered for a partner that is named like something every object inherits", () => {
    const peers = ["constructor"];
    const datasets = (party: string) => (party === "hospital" ? CATALOGUES.hospital : CATALOGUES.lab);
    const project = { ...agreed, members: ["hospital", ...peers] };
    const answers = settled(psi, around({ peers, datasets, agreed: project }), { partners: peers });
    expect(Object.keys(answers.tables)).toEqual(["hospital"]);
    expect(lacking(psi, answers)).toBe("dataset");
  });

  test("what was answered by hand stays", () => {
    const given = { partners: ["notary"], tables: { hospital: { dataset: "rooms", keys: ["room_no"] } } };
    const answers = settled(train, around({ agreed }), given);
    expect(answers.partners).toEqual(["notary"]);
    expect(answers.dealer).toBe("lab");
    expect(answers.tables.hospital).toEqual({ dataset: "rooms", keys: ["room_no"] });
  });
});

test("a model reads only what it can use: keys and numbers; a match reads all", () => {
  const answers = settled(train, around({ agreed }), {});
  const { tables } = narrowed(train, around(), answers);
  expect(tables.hospital?.columns).toEqual(["patient_id", "age", "ill"]);
  expect(tables.lab?.columns).toEqual(["patient_id"]);
  const [reading] = train.build({ ...answers, tables }).steps;
  expect(reading?.params).toMatchObject({ columns: ["patient_id", "age", "ill"], keys: ["patient_id"] });
  expect(narrowed(psi, around(), answers)).toEqual(answers);
});

test("a label of two words is read, with the word that counts as 1", () => {
  const hospital = { dataset: "patients", keys: ["patient_id"], label: "left", positive: "yes" };
  const answers = settled(train, around({ agreed }), { tables: { hospital } });
  const [reading] = train.build(narrowed(train, around(), answers)).steps;
  expect(reading?.params).toEqual(hospital);
  const unsaid = { ...answers, tables: { ...answers.tables, hospital: { ...hospital, positive: "" } } };
  expect(lacking(train, unsaid)).toBe("positive");
});
