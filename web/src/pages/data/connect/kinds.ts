/** The kinds of places that data can lie in, and what each needs to be reached. */
import type { Connection, ConnectionBody } from "../../../api/types";

export const KIND_NAMES = ["folder", "postgresql", "mysql", "s3", "http"] as const;
export type KindName = (typeof KIND_NAMES)[number];
export const FIELD_NAMES = [
  "path",
  "host",
  "port",
  "database",
  "user",
  "password",
  "tls",
  "ca",
  "bucket",
  "prefix",
  "endpoint",
  "region",
  "anonymous",
  "access_key",
  "secret_key",
  "session_token",
  "url",
  "token",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
export interface Field {
  name: FieldName;
  type?: "number" | "switch" | "tls";
  secret?: boolean;
  needed?: boolean;
  /** Behind "more". */
  rare?: boolean;
  example?: string;
}

const database = (port: string): Field[] => [
  { name: "host", needed: true, example: "db.example" },
  { name: "port", type: "number", example: port },
  { name: "database", needed: true },
  { name: "user", needed: true },
  { name: "password", secret: true },
  { name: "tls", type: "tls", rare: true },
  { name: "ca", rare: true, example: "/etc/ssl/own-ca.pem" },
];

export const KINDS: Record<KindName, Field[]> = {
  folder: [{ name: "path", needed: true, example: "/data/exports" }],
  postgresql: database("5432"),
  mysql: database("3306"),
  s3: [
    { name: "bucket", needed: true },
    { name: "access_key", secret: true },
    { name: "secret_key", secret: true },
    { name: "endpoint", example: "https://minio.example:9000" },
    { name: "prefix", rare: true },
    { name: "region", rare: true, example: "eu-central-1" },
    { name: "session_token", secret: true, rare: true },
    { name: "anonymous", type: "switch", rare: true },
  ],
  http: [
    { name: "url", needed: true, example: "https://host.example/people.parquet" },
    { name: "user" },
    { name: "password", secret: true },
    { name: "token", secret: true },
    { name: "ca", rare: true, example: "/etc/ssl/own-ca.pem" },
  ],
};

export const isDatabase = (kind: string): boolean => kind === "postgresql" || kind === "mysql";
/** What a form holds: texts, and "yes" for switches. */
export type Values = Partial<Record<FieldName, string>>;

const DATA_FILE = /[^/\\]\.(csv|tsv|parquet|arrow|feather|ipc)(\.gz)?$/i;

/** A place is a folder; whoever names a file in it means that folder, and that file. */
export function parted(kind: KindName, { path, ...others }: Values): { values: Values; file?: string } {
  const whole = path?.trim() ?? "";
  if (kind !== "folder" || !DATA_FILE.test(whole)) return { values: { path, ...others } };
  const cut = whole.lastIndexOf("/");
  return { values: { path: whole.slice(0, Math.max(cut, 1)), ...others }, file: whole.slice(cut + 1) };
}

/** After what a new connection may be named. */
export const namesakeOf = (kind: KindName, values: Values): string =>
  parted(kind, values).values.path ?? values.database ?? values.bucket ?? "";

/** The fields that must be filled and are not. */
export const missingOf = (kind: KindName, values: Values): FieldName[] =>
  KINDS[kind].filter((field) => field.needed && !values[field.name]?.trim()).map((field) => field.name);

/** As the API takes them: options, and secrets apart. */
export function splitValues(
  kind: KindName,
  values: Values,
): Pick<ConnectionBody, "options"> & { secrets: Record<string, string> } {
  const options: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const field of KINDS[kind]) {
    const value = field.secret ? values[field.name] : values[field.name]?.trim();
    if (!value) continue;
    if (field.secret) secrets[field.name] = value;
    else options[field.name] = field.type === "number" ? Number(value) : field.type === "switch" ? true : value;
  }
  return { options, secrets };
}

/** The values of a form for a connection that is there; its secrets stay at the node. */
export function valuesOf(options: Record<string, unknown>): Values {
  const known = FIELD_NAMES.filter((name) => options[name] !== undefined && options[name] !== false);
  return Object.fromEntries(known.map((name) => [name, options[name] === true ? "yes" : String(options[name])]));
}

/** Where it is, in one line. */
export function placeOf({ kind, options }: Pick<Connection, "kind" | "options">): string {
  const { path, host, port, database: base, bucket, prefix, url } = valuesOf(options as Record<string, unknown>);
  if (kind === "folder") return path ?? "";
  if (kind === "s3") return `s3://${[bucket, prefix].filter(Boolean).join("/")}`;
  if (kind === "http") return url ?? "";
  return `${host}${port === undefined ? "" : `:${port}`}/${base}`;
}
