/** What was acted on, with the way to its page where it has one. */
import { useAgreementNames } from "../../api/agreement_names";
import { useJobNames } from "../../api/job_names";
import { to } from "../../core/nav";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import styles from "./Audit.module.css";

const PLACES: Record<string, (name: string) => string> = {
  job: to.job,
  dataset: to.dataset,
  project: to.agreement,
  inbox: to.item,
  model: to.model,
};

interface Named {
  kind: string;
  name: string;
  /** The name of what has an id, as far as it is known here. */
  called: string;
}

/** How subjects are called, and how many names are known by now. */
export function useSubjects(): [(subject: string) => Named, known: number] {
  const [jobs, projects] = [useJobNames(), useAgreementNames()];
  const names: Record<string, ReadonlyMap<string, string>> = { job: jobs, project: projects };
  const named = (subject: string): Named => {
    const at = subject.indexOf(":");
    const [kind, name] = at < 0 ? ["", subject] : [subject.slice(0, at), subject.slice(at + 1)];
    return { kind, name, called: names[kind]?.get(name) ?? name };
  };
  return [named, jobs.size + projects.size];
}

export function Subject({ of }: { of: string }) {
  const { kind, name, called } = useSubjects()[0](of);
  if (kind === "peer") return <Party name={name} size="sm" />;
  const place = PLACES[kind];
  return place === undefined ? (
    <span data-raw title={of}>
      {name}
    </span>
  ) : (
    <Link href={place(name)} title={of}>
      {called === name ? name : <span className={styles.called}>{called}</span>}
      {called !== name && <small className={styles.short}>{name.slice(0, 8)}</small>}
    </Link>
  );
}
