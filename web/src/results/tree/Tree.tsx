/** Any document, as it is. */
import styles from "./Tree.module.css";

export default function Tree({ value }: { value: unknown }) {
  return (
    <div className={styles.tree} data-raw>
      <Node name={undefined} value={value} open />
    </div>
  );
}

function Node({ name, value, open }: { name: string | undefined; value: unknown; open?: boolean }) {
  const label = name !== undefined && <span className={styles.name}>{name}</span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className={styles.leaf}>
        {label} <span className={styles.value}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const inner = Array.isArray(value) ? value.map((item, at) => [String(at), item] as const) : Object.entries(value);
  return (
    <details className={styles.node} open={open}>
      <summary>
        {label} <span className={styles.size}>{Array.isArray(value) ? `[${inner.length}]` : `{${inner.length}}`}</span>
      </summary>
      {inner.slice(0, 500).map(([key, item]) => (
        <Node key={key} name={key} value={item} />
      ))}
      {inner.length > 500 && <div className={styles.leaf}>…</div>}
    </details>
  );
}
